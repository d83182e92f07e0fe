import { readmeAgrees, reportOf, resultsOf, writeReadme } from "./servers/readme.ts";
import { codeChanged } from "./servers/report.ts";

/**
 * Writes the README's tables out of results/latest.json and results/small.json. With --check says whether they stand
 * there, and whether the figures are not much older than the code that they speak of.
 */

/** Days that the code may be newer than the figures. */
const MOST_DAYS = 28;
const DAY = 86_400_000;

const complain = (text: string) => {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
};

for (const results of resultsOf.values()) {
  const report = await reportOf(results);
  if (!process.argv.includes("--check")) {
    await writeReadme(results, report);
    continue;
  }
  if (!(await readmeAgrees(results, report)))
    complain(`README.md and bench/results/${results}.json disagree: npx tsx bench/table.ts`);
  const changed = await codeChanged();
  const days = changed === null ? 0 : (changed.getTime() - new Date(report.date).getTime()) / DAY;
  if (days > MOST_DAYS) {
    const how = results === "latest" ? "--full" : "--small";
    complain(
      `bench/results/${results}.json is ${Math.floor(days)} days older than the code: npm run bench -- ${how}`,
    );
  }
}
