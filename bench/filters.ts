import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { cases } from "./filters/cases.ts";
import { openWorld } from "./filters/data.ts";
import { judge, listSpread, plans, summary, table } from "./filters/report.ts";
import { median, type Prepared, Runner } from "./filters/run.ts";

/**
 * The contact filter against the best SQL that was found by hand for the same questions, on the same tables, in one
 * run and by turns.
 *
 * --size     contacts of the large organization (500000); the small one has a tenth
 * --rounds   rounds over all cases (15)
 * --cases    only the cases whose name has one of these words, with commas between
 * --keep     leave the database for the next run of the same size
 * --dry      write no results
 *
 * BENCH_DATABASE_URL: a server on which a superuser may make and drop databases.
 */

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "500000" },
    rounds: { type: "string", default: "15" },
    cases: { type: "string", default: "" },
    keep: { type: "boolean", default: false },
    dry: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const server = process.env.BENCH_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Runs of a case in one round: more of the quick ones, whose noise is large beside them. */
const runsOf = ({ times }: Prepared): number => {
  const slowest = Math.max(...[times.product, times.hand, times.request].map((list) => median(list)), 0);
  return slowest < 20 ? 4 : slowest < 100 ? 2 : 1;
};

const world = await openWorld(server, Number(values.size), values.keep, say);
const runner = await Runner.open(world);
try {
  const words = values.cases.split(",").filter(Boolean);
  const chosen = cases.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const prepared: Prepared[] = [];
  for (const one of chosen) prepared.push(await runner.prepare(one, 5));
  say(`${prepared.length} cases answer the same in every spelling`);
  for (let round = 0; round < rounds; round += 1) {
    for (const one of prepared) {
      const runs = round === 0 ? 1 : runsOf(one);
      for (let run = 0; run < runs; run += 1) await runner.measure(one, round + run);
    }
  }
  const results = prepared.map(judge);
  say(table(results));
  const lists = listSpread(results);
  if (lists) {
    const { slowest, fastest, ratio, goal, met } = lists;
    say(
      `slowest list (${slowest}) / fastest (${fastest}): ${ratio}, goal ${goal}, ${met ? "met" : "MISSED"}`,
    );
  }
  if (!values.dry) {
    const directory = new URL("results/", import.meta.url);
    await mkdir(directory, { recursive: true });
    const data = await summary(runner, results, rounds);
    await writeFile(new URL("filters.json", directory), `${JSON.stringify(data, null, 2)}\n`);
    const missed = [];
    for (const [at, one] of prepared.entries()) if (!results[at]?.met) missed.push(await plans(runner, one));
    await writeFile(new URL("filters-plans.txt", directory), missed.join("\n"));
  }
} finally {
  await runner.close();
  await world.close();
}
