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

/** Every goal, those too that this run has no figures for. */
export function goalsOf({ entries }: Contest, rows: readonly Row[], soak: Soak | null): Goal[] {
  const own = (letter: string) => roundsOf(entries, letter, "rolograph");
  const against = (letter: string, server: ServerName, of: keyof Measured = "throughput") =>
    median(compare(own(letter), roundsOf(entries, letter, server), of));
  const between = (one: string, other: string) => median(compare(own(one), own(other), "p50"));
  const times = (workload: string, server: string) =>
    1 / (rows.find((row) => row.workload === workload && row.server === server)?.ofFloor ?? Number.NaN);
  const growth = soak?.growth ?? Number.NaN;
  return [
    atLeast("a", 1.3, "PostGraphile's throughput", against("a", "postgraphile")),
    atLeast("a", 0.6, "the floor's throughput", against("a", "floor")),
    atMost("a", 0.55, "PostGraphile's CPU a request", against("a", "postgraphile", "cpuMs")),
    atMost("b", 1.5, "the latency of a", between("b", "a")),
    atLeast("c", 1.2, "PostGraphile's throughput", against("c", "postgraphile")),
    atLeast("d", 1.2, "PostGraphile's throughput", against("d", "postgraphile")),
    atMost("e", 3, "the time of raw keyset SQL", 1 / against("e", "floor")),
    atMost("f", 1.5, "the latency of c", between("f", "c")),
    atLeast("g", 0.5, "the throughput of the floor's single UPDATE", against("g", "floor")),
    atMost("h", 4, "the time of COPY", times("h", "rolograph")),
    atMost("i", 3, "hello-world's start, on PostgreSQL", times("i", "rolograph")),
    atMost("i", 6, "hello-world's start, embedded", times("i", "rolograph embedded")),
    goal(
      "soak",
      "memory grows by less than 0.05 of it over the last half, at 80 % of a's peak",
      growth,
      growth < 0.05,
    ),
  ];
}
