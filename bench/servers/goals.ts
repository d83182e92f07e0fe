import type { Contest } from "./contest.ts";
import { median, round } from "./figures.ts";
import type { Measured } from "./load.ts";
import type { Goal, Row, Soak } from "./result.ts";
import { compare, roundsOf } from "./rows.ts";
import type { ServerName } from "./types.ts";

/** The goals of the project for its speed, as ratios in one run. */

/** NaN, as the middle of nothing is, for what was not measured. */
const goal = (workload: string, text: string, value: number, met: boolean): Goal =>
  Number.isNaN(value)
    ? { workload, goal: text, value: null, met: null }
    : { workload, goal: text, value: round(value), met };

const atLeast = (workload: string, factor: number, what: string, value: number) =>
  goal(workload, `at least ${factor} × ${what}`, value, value >= factor);
const atMost = (workload: string, factor: number, what: string, value: number) =>
  goal(workload, `at most ${factor} × ${what}`, value, value <= factor);

const atMostStatements = (workload: string, most: number, value: number) =>
  goal(workload, `at most ${most} statement${most === 1 ? "" : "s"}`, value, value <= most);

/** Every goal, those too that this run has no figures for. */
export function goalsOf({ entries }: Contest, rows: readonly Row[], soak: Soak | null): Goal[] {
  const own = (letter: string) => roundsOf(entries, letter, "rolograph");
  const against = (letter: string, server: ServerName, of: keyof Measured = "throughput") =>
    median(compare(own(letter), roundsOf(entries, letter, server), of));
  const times = (workload: string, server: string) =>
    1 / (rows.find((row) => row.workload === workload && row.server === server)?.ofFloor ?? Number.NaN);
  const besidePeer = (workload: string, server: string) =>
    rows.find((row) => row.workload === workload && row.server === server)?.ofPeer ?? Number.NaN;
  const growth = soak?.growth ?? Number.NaN;
  // Of slow readers there are only the rows.
  const slow = (server: ServerName) => rows.find((row) => row.workload === "j" && row.server === server);
  const slowCpu = (slow("rolograph")?.cpuMs ?? Number.NaN) / (slow("postgraphile")?.cpuMs ?? Number.NaN);
  const sent = (letter: string) =>
    rows.find((row) => row.workload === letter && row.server === "rolograph")?.statements ?? Number.NaN;
  const beside = (letter: string, throughput: number, floor: number, statements: number, cpu: number) => [
    atLeast(letter, throughput, "PostGraphile's throughput", against(letter, "postgraphile")),
    atLeast(letter, floor, "the floor's throughput", against(letter, "floor")),
    atMost(letter, cpu, "PostGraphile's CPU a request", against(letter, "postgraphile", "cpuMs")),
    atMostStatements(letter, statements, sent(letter)),
  ];
  return [
    ...beside("a", 1.3, 0.6, 1, 0.6),
    ...beside("b", 1.3, 0.6, 1, 0.6),
    ...beside("c", 1.5, 0.7, 2, 0.7),
    ...beside("d", 1.2, 0.4, 1, 0.7),
    // Of a page alone: 1 / 2.5 of the floor is 2.5 times the time of raw keyset SQL.
    ...beside("e", 1.2, 0.4, 1, 0.7),
    ...beside("f", 1.5, 0.7, 2, 0.7),
    // The floor is a single UPDATE.
    ...beside("g", 1, 0.5, 2, 1),
    atLeast("j", 1.3, "PostGraphile's throughput", slow("rolograph")?.ofPeer ?? Number.NaN),
    atLeast("j", 0.6, "the floor's throughput", slow("rolograph")?.ofFloor ?? Number.NaN),
    atMost("j", 0.6, "PostGraphile's CPU a request", slowCpu),
    atMost("h", 3, "the time of COPY", times("h", "rolograph")),
    atLeast("i", 1, "PostGraphile's speed of starting", besidePeer("i", "rolograph")),
    atMost("i", 2, "hello-world's start, on PostgreSQL", times("i", "rolograph")),
    atMost("i", 3, "hello-world's start, embedded", times("i", "rolograph embedded")),
    goal(
      "soak",
      "memory grows by less than 0.05 of it over the last half, at 80 % of a's peak",
      growth,
      growth < 0.05,
    ),
  ];
}
