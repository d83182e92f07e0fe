import type { Contest, Entry } from "./contest.ts";
import { middle, rangeOf, round } from "./figures.ts";
import type { ImportTurn } from "./imports.ts";
import type { Measured } from "./load.ts";
import type { Row } from "./result.ts";
import type { Starter } from "./starts.ts";
import type { ServerName } from "./types.ts";

/** What was measured, as rows: one of each server in each workload. */

/** The rounds of one server in one workload, by their number. */
export type Rounds = ReadonlyMap<number, Measured>;

/** One figure of two entries, divided round by round. */
export function compare(one: Rounds | undefined, other: Rounds | undefined, of: keyof Measured): number[] {
  if (!one || !other) return [];
  return [...one].flatMap(([at, measured]) => {
    const beside = other.get(at);
    return beside ? [measured[of] / beside[of]] : [];
  });
}

/** A row of what was measured round by round, beside the floor and PostGraphile in the same rounds. */
export function rowOf(
  { workload, server }: Pick<Row, "workload" | "server">,
  rounds: Rounds,
  { floor, peer }: { readonly floor: Rounds | undefined; readonly peer: Rounds | undefined },
): Row {
  const all = [...rounds.values()];
  const figure = (of: keyof Measured) => middle(all.map((measured) => measured[of]));
  const [floors, peers] = [compare(rounds, floor, "throughput"), compare(rounds, peer, "throughput")];
  return {
    workload,
    server,
    throughput: figure("throughput"),
    p50: figure("p50"),
    p99: figure("p99"),
    cpuMs: figure("cpuMs"),
    statements: null,
    rssMiB: figure("peakMiB"),
    ofFloor: middle(floors),
    ofPeer: middle(peers),
    spread: {
      throughput: rangeOf(all.map(({ throughput }) => throughput)),
      ofFloor: rangeOf(floors),
      ofPeer: rangeOf(peers),
    },
    loadShare: figure("loadShare"),
  };
}

export const roundsOf = (entries: readonly Entry[], letter: string, server: ServerName): Rounds | undefined =>
  entries.find((entry) => entry.letter === letter && entry.server === server)?.rounds;

/** Workloads a to g. */
export const rowsOf = ({ entries }: Contest, workloads: string): Row[] =>
  entries
    .filter(({ letter }) => workloads.includes(letter))
    .map(({ letter, server, rounds, sampled, failure }) => ({
      ...rowOf({ workload: letter, server }, rounds, {
        floor: roundsOf(entries, letter, "floor"),
        peer: roundsOf(entries, letter, "postgraphile"),
      }),
      statements: sampled.requests > 0 ? round(sampled.sent.length / sampled.requests) : null,
      ...(failure !== null && { failure }),
    }));

const blank = {
  throughput: null,
  p50: null,
  p99: null,
  cpuMs: null,
  statements: null,
  rssMiB: null,
  loadShare: null,
};

/** Workload i: ofFloor is hello-world's time as a share of this one's. */
export function startRows(times: ReadonlyMap<Starter, readonly number[]>): Row[] {
  const hello = times.get("hello") ?? [];
  const peer = times.get("postgraphile") ?? [];
  const shares = (base: readonly number[], own: readonly number[]) =>
    own.flatMap((time, at) => (base[at] === undefined ? [] : [base[at] / time]));
  return [...times]
    .filter(([, own]) => own.length > 0)
    .map(([name, own]) => ({
      ...blank,
      workload: "i",
      server: name,
      p50: middle(own.map((seconds) => seconds * 1000)),
      ofFloor: middle(shares(hello, own)),
      ofPeer: middle(shares(peer, own)),
      spread: {
        throughput: null,
        ofFloor: rangeOf(shares(hello, own)),
        ofPeer: rangeOf(shares(peer, own)),
      },
    }));
}

/** Workload h: its floor is COPY. */
export function importRows(turns: readonly ImportTurn[]): Row[] {
  const speeds = (of: "importSeconds" | "copySeconds") => turns.map((turn) => turn.rows / turn[of]);
  const shares = turns.map(({ importSeconds, copySeconds }) => copySeconds / importSeconds);
  return [
    { server: "rolograph", own: speeds("importSeconds"), ratios: shares },
    { server: "floor", own: speeds("copySeconds"), ratios: turns.map(() => 1) },
  ].map(({ server, own, ratios }) => ({
    ...blank,
    workload: "h",
    server,
    throughput: middle(own),
    ofFloor: middle(ratios),
    ofPeer: null,
    spread: { throughput: rangeOf(own), ofFloor: rangeOf(ratios), ofPeer: null },
  }));
}
