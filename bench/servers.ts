import { mkdir, writeFile } from "node:fs/promises";
import pg from "pg";
import { findPostgres } from "./servers/cluster.ts";
import { newerNode, path } from "./servers/commands.ts";
import { end, endWhenInterrupted } from "./servers/ending.ts";
import { generatePlainClient } from "./servers/generate.ts";
import { measure } from "./servers/measure.ts";
import { ALL, readOptions } from "./servers/options.ts";
import { profileWorkload } from "./servers/profile.ts";
import { resultsOf, writeReadme } from "./servers/readme.ts";
import { busiest, goalTable, machine, revision, table } from "./servers/report.ts";
import { type Letter, serverNames } from "./servers/types.ts";
import { dropWorld, openWorld } from "./servers/world.ts";

/**
 * The product beside PostGraphile, a plain server of the same libraries, and a floor of hand-written SQL: over the
 * same rows, by turns, in one run. Ratios are what counts.
 * `npm run bench -- --help` says what it can be asked to do.
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
  const results = resultsOf.get(options.size);
  if (
    !results ||
    options.dry ||
    !complete ||
    options.workloads !== ALL ||
    names.length < serverNames.length
  ) {
    say(
      "No results are written: that takes all workloads of all servers in one run, --small or --full, without --dry.",
    );
  } else {
    await mkdir(path("../results"), { recursive: true });
    const plansFile = results === "latest" ? "plans.txt" : `${results}-plans.txt`;
    await writeFile(path(`../results/${plansFile}`), plans.text);
    await writeFile(path(`../results/${results}.json`), `${JSON.stringify(report, null, 2)}\n`);
    await writeReadme(results, report);
    say(`written: bench/results/${results}.json, bench/results/${plansFile} and the table in README.md`);
  }
}
if (options.drop) await dropWorld(admin, options.size);
await admin.end();
await end();
