import { execFileSync } from "node:child_process";
import { Command, Option } from "commander";
import { poolerMissing } from "../support/pooler.ts";
import { Cluster, programs } from "./cluster.ts";
import { ends } from "./ends.ts";
import { ask, Instance, killAll, makeKey } from "./instance.ts";
import { load } from "./load.ts";
import { races } from "./races.ts";
import { refusals } from "./refusals.ts";
import { rolling } from "./rolling.ts";
import { Broken } from "./traffic.ts";
import type { Scenario, World } from "./world.ts";

/** Breaks everything that the server uses, and looks at what callers are told and what is kept. */

const all: readonly Scenario[] = [...refusals, ...ends, ...races, ...rolling, ...load];

const command = new Command("npm run check:faults --")
  .description(
    "starts a PostgreSQL and servers of its own, breaks them while clients read and write, and says which promises held",
  )
  .allowExcessArguments(false)
  .showHelpAfterError()
  .option("--long", "more rounds, 10 000 requests through the rolling restart; some ten minutes")
  .addOption(new Option("--short", "the most telling scenarios; some ninety seconds").conflicts("long"))
  .option("--only <words>", "the scenarios whose names have these words")
  .option("--list", "prints the names of the scenarios")
  .parse();
const {
  long = false,
  short = false,
  only = "",
  list = false,
} = command.opts<{ long?: boolean; short?: boolean; only?: string; list?: boolean }>();

const say = (text: string) => process.stdout.write(`${text}\n`);
const chosen = all.filter((scenario) => scenario.name.includes(only) && (!short || scenario.short));

async function main(): Promise<number> {
  if (list) {
    for (const { name } of chosen) say(name);
    return 0;
  }
  if (chosen.length === 0) {
    process.stderr.write(`no scenario has "${only}" in its name: --list prints them\n`);
    return 1;
  }
  const bin = programs();
  if (bin === null) {
    process.stderr.write(
      "PostgreSQL's programs are not installed (/usr/lib/postgresql/*/bin): apt-get install -y postgresql\n",
    );
    return 1;
  }
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
  const cluster = await Cluster.make(bin);
  const interrupt = () => {
    killAll();
    cluster.removeNow();
    process.exit(130);
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  process.once("uncaughtException", (error) => {
    process.stderr.write(`${error.stack}\n`);
    killAll();
    cluster.removeNow();
    process.exit(1);
  });
  let broken = 0;
  let skipped = 0;
  try {
    const first = await Instance.start({ DATABASE_URL: cluster.url, DATABASE_WAIT_MS: "30000" });
    await first.stop();
    const key = await makeKey(cluster.url, "Faults");
    for (const [at, { name, run }] of chosen.entries()) {
      if (poolerMissing !== null && name.startsWith("PgBouncer")) {
        skipped += 1;
        say(`left out  ${name}: ${poolerMissing} (apt-get install -y pgbouncer)`);
        continue;
      }
      const world: World = {
        cluster,
        long,
        key,
        name: `s${at}`,
        serve: (env = {}, program) => Instance.start({ DATABASE_URL: cluster.url, ...env }, program),
        ask: (instance, query, variables) => ask(instance.url, key, query, variables),
      };
      const began = performance.now();
      try {
        const figures = await run(world);
        say(`held      ${name}\n    ${figures} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        broken += 1;
        say(`BROKEN    ${name}\n    ${error instanceof Broken ? error.message : (error as Error).stack}`);
        await cluster.start().catch(() => undefined);
      } finally {
        killAll();
      }
    }
  } finally {
    killAll();
    await cluster.remove();
  }
  say(`${chosen.length - broken - skipped} promises held, ${broken} broken, ${skipped} left out`);
  return broken > 0 ? 1 : 0;
}

process.exit(await main());
