import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { newerNode, path } from "./servers/commands.ts";
import { CONNECTIONS, openContest, playRound } from "./servers/contest.ts";
import { openExplainer } from "./servers/explain.ts";
import { generatePlainClient } from "./servers/generate.ts";
import { measureImports } from "./servers/imports.ts";
import { explainWorkloads, planTable } from "./servers/plans.ts";
import {
  goalsOf,
  goalTable,
  importRows,
  machine,
  median,
  type Row,
  ratioOf,
  round,
  rowsOf,
  startRows,
  table,
} from "./servers/report.ts";
import { measureBesideSlow } from "./servers/slow.ts";
import { soak } from "./servers/soak.ts";
import { measureStarts } from "./servers/starts.ts";
import { letters, serverNames } from "./servers/types.ts";
import { dropWorld, openWorld } from "./servers/world.ts";

/**
 * The product beside PostGraphile, a plain server of the same libraries, and a floor of hand-written SQL: over the
 * same rows, by turns, in one run. Ratios are what counts.
 *
 * --full              a million contacts, two million deals, five million activities; otherwise 40 000 contacts
 * --size N            so many contacts instead
 * --rounds N          rounds over all workloads (5)
 * --seconds N         seconds of each server in each workload of each round (3)
 * --workloads abc…    some of a to j (all of them)
 * --soak N            also N minutes of workload a at 80 % of its peak
 * --drop              drop the database at the end; otherwise the next run of the same size takes it
 * --dry               write no results
 *
 * BENCH_DATABASE_URL: a server on which a superuser may make databases.
 */

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    size: { type: "string" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    workloads: { type: "string", default: "abcdefghij" },
    soak: { type: "string", default: "0" },
    drop: { type: "boolean", default: false },
    dry: { type: "boolean", default: false },
  },
});
const size = Number(values.size ?? (values.full ? 1_000_000 : 40_000));
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const server = process.env.BENCH_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";
const say = (text: string) => process.stdout.write(`${text}\n`);
const asked = (letter: string) => values.workloads.includes(letter);

const admin = new pg.Client(server);
try {
  await admin.connect();
} catch (error) {
  process.stderr.write(
    `No PostgreSQL answers at ${server} (${(error as Error).message}).\n` +
      "Set BENCH_DATABASE_URL to one where a superuser may make databases, such as\n" +
      "postgresql://postgres:password@127.0.0.1:5432/postgres; PostgreSQL 14 or newer, with pg_trgm.\n",
  );
  process.exit(1);
}
const { rows: versions } = await admin.query<{ server_version: string }>("SHOW server_version");
const names = serverNames.filter((name) => name !== "postgraphile" || newerNode() !== null);
if (names.length < serverNames.length) say("PostGraphile is left out: it needs Node.js 22 or newer.");

await generatePlainClient();
const world = await openWorld(admin, server, size, say);
// Whatever is asked for, the request of workload a is what starts, slow readers and the soak use.
const playing = letters.filter((letter) => asked(letter) || (letter === "a" && asked("j")));
const contest = await openContest(world, { names, letters: playing, say });
const rows: Row[] = [];
try {
  await readPlans();
  await playRound(contest, playing, -1, Math.min(seconds, 2), () => undefined);
  say("warm");
  for (let at = 0; at < rounds; at += 1) await playRound(contest, playing, at, seconds, say);
  rows.push(...rowsOf(contest));
  if (asked("j")) await part("j", async () => rows.push(...(await slowRows())));
  const peak = rows.find(
    ({ workload, server: name }) => workload === "a" && name === "rolograph",
  )?.throughput;
  const entry = contest.entries.find(({ letter, server: name }) => letter === "a" && name === "rolograph");
  const soaked =
    Number(values.soak) > 0 && peak && entry
      ? await soak(entry.caller.running, entry.caller.sendings, peak, Number(values.soak))
      : null;
  if (soaked) say(`soak: ${JSON.stringify(soaked)}`);
  if (asked("i")) {
    await part("i", async () =>
      rows.push(...startRows(await measureStarts(world, rounds, names.includes("postgraphile"), say))),
    );
  }
  if (asked("h")) {
    const count = size < 200_000 ? 20_000 : 100_000;
    await part("h", async () => rows.push(...importRows(await measureImports(server, count, 3))));
  }
  const goals = goalsOf(contest, rows, soaked);
  say(`\n${table(rows)}\n\n${goalTable(goals)}`);
  const report = {
    date: new Date().toISOString(),
    machine: machine(versions[0]?.server_version ?? "", size),
    data: world.counts,
    connections: CONNECTIONS,
    rounds,
    seconds,
    statementsCountedBy: "a proxy before PostgreSQL, outside of what is timed; transaction control counts",
    rows,
    goals,
    soak: soaked,
  };
  if (!values.dry) {
    await mkdir(path("../results"), { recursive: true });
    await writeFile(path("../results/latest.json"), `${JSON.stringify(report, null, 2)}\n`);
  }
} finally {
  await contest.close();
  if (values.drop) await dropWorld(admin, size);
  await admin.end();
}

/** The plans of the workloads that read, written beside the results. */
async function readPlans() {
  const entries = contest.entries.filter(
    ({ letter, server: name }) => name === "rolograph" && "abcdef".includes(letter),
  );
  const explainer = await openExplainer(world.url, contest.options.get("rolograph"));
  try {
    const { text, summaries } = await explainWorkloads(explainer, entries);
    say(planTable(summaries));
    if (!values.dry) await writeFile(path("../results/plans.txt"), text);
    return summaries;
  } finally {
    await explainer.close();
  }
}

/** A part that fails takes nothing from what the others found. */
async function part(letter: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(`${letter}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

/** Workload j, by turns. */
async function slowRows(): Promise<Row[]> {
  const found = new Map<string, Row[]>(names.filter((name) => name !== "plain").map((name) => [name, []]));
  for (let at = 0; at < Math.max(1, Math.ceil(rounds / 2)); at += 1) {
    for (const [name, own] of found) {
      const measured = await measureBesideSlow(contest, name, seconds);
      if (!measured) continue;
      say(`round ${at + 1} j ${name.padEnd(12)} ${measured.throughput.toFixed(1).padStart(8)}/s`);
      const { peakMiB, requests: _, ...figures } = measured;
      own.push({
        ...figures,
        workload: "j",
        server: name,
        statements: null,
        rssMiB: peakMiB,
        ofFloor: null,
        ofPeer: null,
      });
    }
  }
  const speeds = (name: string) => (found.get(name) ?? []).map(({ throughput }) => throughput ?? 0);
  return [...found].flatMap(([name, own]) => {
    const figure = (of: "throughput" | "p50" | "p99" | "cpuMs" | "rssMiB") =>
      round(median(own.map((row) => row[of] ?? Number.NaN)));
    const against = (other: string) =>
      ratioOf(
        speeds(name).flatMap((speed, at) => (speeds(other)[at] ? [speed / (speeds(other)[at] ?? 1)] : [])),
      );
    const [first] = own;
    if (!first) return [];
    return {
      ...first,
      throughput: figure("throughput"),
      p50: figure("p50"),
      p99: figure("p99"),
      cpuMs: figure("cpuMs"),
      rssMiB: figure("rssMiB"),
      ofFloor: against("floor"),
      ofPeer: against("postgraphile"),
    };
  });
}
