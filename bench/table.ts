import { latest, readmeAgrees, writeReadme } from "./servers/readme.ts";

/**
 * Writes the README's table out of results/latest.json; with --check only says whether it stands there.
 */
const report = await latest();
if (!process.argv.includes("--check")) await writeReadme(report);
else if (!(await readmeAgrees(report))) {
  process.stderr.write("README.md and bench/results/latest.json disagree: npx tsx bench/table.ts\n");
  process.exitCode = 1;
}
