import { cpus, release, totalmem } from "node:os";
import type { Contest, Entry } from "./contest.ts";
import type { ImportTurn } from "./imports.ts";
import type { Measured } from "./load.ts";
import type { Soak } from "./soak.ts";
import type { Starter } from "./starts.ts";
import type { ServerName } from "./types.ts";

/** Figures to rows, rows to a table and to what they say about the goals. */

/** The middle of some ratios, one a round, and the least and the greatest of them. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row {
  readonly workload: string;
  readonly server: string;
  /** Requests a second; of an import, rows a second. */
  readonly throughput: number | null;
  /** Milliseconds. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Milliseconds of the server's CPU a request. */
  readonly cpuMs: number | null;
  /** Statements a request. */
  readonly statements: number | null;
  readonly rssMiB: number | null;
  /** Throughput as a share of the floor's, and of PostGraphile's, round by round. */
  readonly ofFloor: Ratio | null;
  readonly ofPeer: Ratio | null;
  /** Why there are no figures. */
  readonly failure?: string;
}

export interface Goal {
  readonly workload: string;
  readonly what: string;
  readonly goal: number;
  readonly found: number;
  readonly met: boolean;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

export const round = (value: number): number => Number(value.toPrecision(3));

export function ratioOf(values: readonly number[]): Ratio | null {
  if (values.length === 0) return null;
  return { median: round(median(values)), min: round(Math.min(...values)), max: round(Math.max(...values)) };
}

type Rounds = ReadonlyMap<number, Measured>;

/** One figure of two entries, divided round by round. */
function compare(one: Rounds | undefined, other: Rounds | undefined, of: keyof Measured): number[] {
  if (!one || !other) return [];
  return [...one].flatMap(([at, measured]) => {
    const beside = other.get(at);
    return beside ? [measured[of] / beside[of]] : [];
  });
}

const roundsOf = (entries: readonly Entry[], letter: string, server: ServerName): Rounds | undefined =>
  entries.find((entry) => entry.letter === letter && entry.server === server)?.rounds;

export function rowsOf({ entries }: Contest): Row[] {
  return entries.map(({ letter, server, rounds, sampled, failure }) => {
    const figure = (of: keyof Measured) =>
      rounds.size > 0 ? round(median([...rounds.values()].map((measured) => measured[of]))) : null;
    const against = (other: ServerName) =>
      ratioOf(compare(rounds, roundsOf(entries, letter, other), "throughput"));
    return {
      workload: letter,
      server,
      throughput: figure("throughput"),
      p50: figure("p50"),
      p99: figure("p99"),
      cpuMs: figure("cpuMs"),
      statements: sampled.requests > 0 ? round(sampled.sent.length / sampled.requests) : null,
      rssMiB: figure("peakMiB"),
      ofFloor: against("floor"),
      ofPeer: against("postgraphile"),
      ...(failure !== null && { failure }),
    };
  });
}

const blank = { throughput: null, p50: null, p99: null, cpuMs: null, statements: null, rssMiB: null };

/** Workload i: p50 in milliseconds; ofFloor is hello-world's time as a share of this one's. */
export function startRows(times: ReadonlyMap<Starter, readonly number[]>): Row[] {
  const hello = times.get("hello") ?? [];
  const peer = times.get("postgraphile") ?? [];
  const shares = (base: readonly number[], own: readonly number[]) =>
    ratioOf(own.flatMap((time, at) => (base[at] === undefined ? [] : [base[at] / time])));
  return [...times]
    .filter(([, own]) => own.length > 0)
    .map(([name, own]) => ({
      ...blank,
      workload: "i",
      server: name,
      p50: round(median(own) * 1000),
      ofFloor: shares(hello, own),
      ofPeer: shares(peer, own),
    }));
}

export function importRows(turns: readonly ImportTurn[]): Row[] {
  const speed = (of: "importSeconds" | "copySeconds") =>
    round(median(turns.map((turn) => turn.rows / turn[of])));
  const ratio = ratioOf(turns.map(({ importSeconds, copySeconds }) => copySeconds / importSeconds));
  return [
    {
      ...blank,
      workload: "h",
      server: "rolograph",
      throughput: speed("importSeconds"),
      ofFloor: ratio,
      ofPeer: null,
    },
    {
      ...blank,
      workload: "h",
      server: "floor",
      throughput: speed("copySeconds"),
      ofFloor: ratioOf([1]),
      ofPeer: null,
    },
  ];
}

/** Of how many times, and whether a goal asks for at least or at most so many. */
const atLeast = (workload: string, what: string, goal: number, found: number): Goal => ({
  workload,
  what: `${what} ≥ ${goal}`,
  goal,
  found: round(found),
  met: found >= goal,
});
const atMost = (workload: string, what: string, goal: number, found: number): Goal => ({
  workload,
  what: `${what} ≤ ${goal}`,
  goal,
  found: round(found),
  met: found <= goal,
});

export function goalsOf(contest: Contest, rows: readonly Row[], soak: Soak | null): Goal[] {
  const { entries } = contest;
  const own = (letter: string) => roundsOf(entries, letter, "rolograph");
  const against = (letter: string, server: ServerName, of: keyof Measured = "throughput") =>
    median(compare(own(letter), roundsOf(entries, letter, server), of));
  const between = (one: string, other: string) => median(compare(own(one), own(other), "p50"));
  const shareOf = (workload: string, server: string) =>
    rows.find((row) => row.workload === workload && row.server === server)?.ofFloor?.median ?? Number.NaN;
  return [
    atLeast("a", "throughput of PostGraphile's", 1.3, against("a", "postgraphile")),
    atLeast("a", "throughput of the floor's", 0.6, against("a", "floor")),
    atMost("a", "CPU of PostGraphile's", 0.55, against("a", "postgraphile", "cpuMs")),
    atMost("b", "latency of a's", 1.5, between("b", "a")),
    atLeast("c", "throughput of PostGraphile's", 1.2, against("c", "postgraphile")),
    atLeast("d", "throughput of PostGraphile's", 1.2, against("d", "postgraphile")),
    atMost("e", "time of raw keyset SQL", 3, 1 / against("e", "floor")),
    atMost("f", "latency of c's", 1.5, between("f", "c")),
    atLeast("g", "throughput of the floor's UPDATE", 0.5, against("g", "floor")),
    atMost("h", "time of COPY", 4, 1 / shareOf("h", "rolograph")),
    atMost("i", "start of hello-world, PostgreSQL", 3, 1 / shareOf("i", "rolograph")),
    atMost("i", "start of hello-world, embedded", 6, 1 / shareOf("i", "rolograph embedded")),
    ...(soak ? [atMost("soak", "growth of memory over the last half", 0.05, soak.growth)] : []),
  ].filter(({ found }) => !Number.isNaN(found));
}

const cell = (value: number | null): string => (value === null ? "" : String(value));
const spread = (ratio: Ratio | null): string =>
  ratio === null ? "" : `${ratio.median} (${ratio.min}–${ratio.max})`;

export function table(rows: readonly Row[]): string {
  const heads = "workload,server,/s,p50 ms,p99 ms,CPU ms,statements,MiB,of floor,of PostGraphile".split(",");
  const cells = [...rows]
    .sort((left, right) => (left.workload < right.workload ? -1 : left.workload > right.workload ? 1 : 0))
    .map((row) => [
      row.workload,
      row.failure ? `${row.server}: ${row.failure.slice(0, 60)}` : row.server,
      ...[row.throughput, row.p50, row.p99, row.cpuMs, row.statements, row.rssMiB].map(cell),
      spread(row.ofFloor),
      spread(row.ofPeer),
    ]);
  const widths = heads.map((head, at) =>
    Math.max(...[heads, ...cells].map((line) => line[at]?.length ?? head.length)),
  );
  return [heads, ...cells]
    .map((line) =>
      line
        .map((text, at) => (at < 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const goalTable = (goals: readonly Goal[]): string =>
  goals
    .map(
      ({ workload, what, found, met }) =>
        `${workload.padEnd(5)} ${what.padEnd(46)} ${found}  ${met ? "met" : "MISSED"}`,
    )
    .join("\n");

/** What the figures were taken on; nothing that names the machine. */
export const machine = (postgres: string, size: number) => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${release()}`,
  node: process.version,
  postgres,
  contacts: size,
});
