import { mkdir, writeFile } from "node:fs/promises";
import pg from "pg";
import { findPostgres } from "./servers/cluster.ts";
import { newerNode, path } from "./servers/commands.ts";
import { end, endWhenInterrupted } from "./servers/ending.ts";
import { generatePlainClient } from "./servers/generate.ts";
import { measure } from "./servers/measure.ts";
import { ALL, readOptions } from "./servers/options.ts";
import { profileWorkload } from "./servers/profile.ts";
import { writeReadme } from "./servers/readme.ts";
import { busiest, goalTable, machine, revision, table } from "./servers/report.ts";
import { type Letter, serverNames } from "./servers/types.ts";
import { dropWorld, openWorld } from "./servers/world.ts";

/**
 * The product beside PostGraphile, a plain server of the same libraries, and a floor of hand-written SQL: over the
 * same rows, by turns, in one run. Ratios are what counts.
 *
 * --small             40 000 contacts, as without it: for a laptop
 * --full              a million contacts, two million deals, five million activities, and ten minutes of --soak
 * --size N            so many contacts instead
 * --rounds N          rounds over all workloads (5)
 * --seconds N         seconds of each server in each workload of each round (3)
 * --workloads abc…    some of a to j; results are only written of all of them
 * --soak N            also N minutes of workload a at 80 % of its peak
 * --profile d         where the product's time goes in this workload, instead of all that
 * --drop              drop the database at the end; otherwise the next run of the same size takes it
 * --dry               write no results
 *
 * BENCH_DATABASE_URL: a server on which a superuser may make databases. Without it the one that answers at
 * 127.0.0.1:5432; where none does, one that is started for this run, if PostgreSQL is installed.
 */

endWhenInterrupted();
const say = (text: string) => process.stdout.write(`${text}\n`);
const options = readOptions(process.argv.slice(2));
const server = await findPostgres(say);
const admin = new pg.Client(server);
await admin.connect();
const { rows: versions } = await admin.query<{ server_version: string }>("SHOW server_version");
const names = serverNames.filter((name) => name !== "postgraphile" || newerNode() !== null);
if (names.length < serverNames.length) say("PostGraphile is left out: it needs Node.js 22 or newer.");
const started = await revision();
const world = await openWorld(admin, server, options.size, say);

if (options.profile !== null) {
  for (const letter of options.profile)
    await profileWorkload(world, letter as Letter, Math.max(options.seconds, 5), say);
} else {
  await generatePlainClient();
  const { plans, complete, ...found } = await measure(world, server, names, options, say);
  const report = {
    date: new Date().toISOString(),
    revision: started,
    machine: machine(versions[0]?.server_version ?? ""),
    data: world.counts,
    ...found,
    plans: plans.summaries,
  };
  say(`\n${table(report.rows)}\n\n${goalTable(report.goals)}\n\n${busiest(report.rows)}`);
  if (options.dry || !complete || options.workloads !== ALL || names.length < serverNames.length) {
    say("No results are written: that takes all workloads of all servers in one run, without --dry.");
  } else {
    await mkdir(path("../results"), { recursive: true });
    await writeFile(path("../results/plans.txt"), plans.text);
    await writeFile(path("../results/latest.json"), `${JSON.stringify(report, null, 2)}\n`);
    await writeReadme(report);
    say("written: bench/results/latest.json, bench/results/plans.txt and the table in README.md");
  }
}
if (options.drop) await dropWorld(admin, options.size);
await admin.end();
await end();
