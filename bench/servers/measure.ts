import { CONNECTIONS, type Contest, openContest, playRound } from "./contest.ts";
import { openExplainer } from "./explain.ts";
import { goalsOf } from "./goals.ts";
import { measureImports } from "./imports.ts";
import type { Options } from "./options.ts";
import { explainWorkloads, planTable } from "./plans.ts";
import type { Row, Soak } from "./result.ts";
import { importRows, rowsOf, startRows } from "./rows.ts";
import { measureSlow } from "./slow.ts";
import { soak } from "./soak.ts";
import { measureStarts } from "./starts.ts";
import { letters, type ServerName } from "./types.ts";
import type { World } from "./world-data.ts";

/** Rows of an import, where the world has as many contacts. */
const IMPORT_ROWS = 100_000;
const IMPORT_TURNS = 3;

/** One run: everything that is asked for, part after part. */
export async function measure(
  world: World,
  server: string,
  names: readonly ServerName[],
  { size, rounds, seconds, workloads, soak: minutes }: Options,
  say: (text: string) => void,
) {
  let complete = true;
  /** A part that fails takes nothing from what the others found. */
  const part = async <Result>(what: string, work: () => Promise<Result>): Promise<Result | null> => {
    try {
      return await work();
    } catch (error) {
      say(`${what}: ${(error as Error).message}`);
      process.exitCode = 1;
      complete = false;
      return null;
    }
  };
  const asked = (letter: string) => workloads.includes(letter);
  // Slow readers send the request of workload a.
  const playing = letters.filter((letter) => asked(letter) || (letter === "a" && asked("j")));
  const contest = await openContest(world, { names: playing.length > 0 ? names : [], letters: playing, say });
  const rows: Row[] = [];
  let soaked: Soak | null = null;
  const imported = Math.min(IMPORT_ROWS, size);
  try {
    const plans = await explain(world, contest);
    say(planTable(plans.summaries));
    say("warming up");
    await playRound(contest, playing, -1, Math.min(seconds, 2), () => undefined);
    const measured = playing.filter(asked);
    for (let at = 0; at < rounds; at += 1) await playRound(contest, measured, at, seconds, say);
    rows.push(...rowsOf(contest, workloads));
    if (asked("j")) {
      const turns = Math.ceil(rounds / 2);
      rows.push(...((await part("j", () => measureSlow(contest, turns, seconds, say))) ?? []));
    }
    const of = (workload: string) =>
      rows.find((row) => row.workload === workload && row.server === "rolograph");
    if (minutes > 0)
      soaked = await part("soak", () => soak(world, of("a")?.throughput ?? null, minutes, say));
    if (asked("i")) {
      const times = await part("i", () => measureStarts(world, rounds, names.includes("postgraphile"), say));
      if (times) rows.push(...startRows(times));
    }
    if (asked("h")) {
      const turns = await part("h", () => measureImports(server, imported, IMPORT_TURNS, say));
      if (turns) rows.push(...importRows(turns));
    }
    const goals = goalsOf(contest, rows, soaked);
    return {
      importRows: imported,
      connections: CONNECTIONS,
      rounds,
      seconds,
      rows,
      goals,
      soak: soaked,
      plans,
      complete,
    };
  } finally {
    await contest.close();
  }
}

/** The plans of the workloads that read. */
async function explain(world: World, { entries, options }: Contest) {
  const explainer = await openExplainer(world.url, options.get("rolograph"));
  try {
    return await explainWorkloads(
      explainer,
      entries.filter(({ letter, server: name }) => name === "rolograph" && letter !== "g"),
    );
  } finally {
    await explainer.close();
  }
}
