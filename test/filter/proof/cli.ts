import { spawn } from "node:child_process";
import { Command, InvalidArgumentError, Option } from "commander";

/** Runs the proof of the filter from the command line: with more cases, or with the cases of an earlier run. */

const wholeNumber = (text: string): string => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number, such as 50000.");
  return text;
};

const proof = new Command("npm run test:filters --")
  .description("compares random filters with what plain TypeScript finds in the same records")
  .allowExcessArguments(false)
  .showHelpAfterError()
  .option("--cases <number>", "filters to compare", wholeNumber, "50000")
  .option("--seed <number>", "repeats the run that printed it", wholeNumber)
  .addOption(new Option("--project <database>", "on one database alone").choices(["pglite", "postgres"]))
  .addOption(
    new Option(
      "--faults",
      "shows for each fault planted in the filter that the proof notices it, and nothing else",
    ).conflicts(["cases", "seed", "project"]),
  )
  .parse();
const { cases, seed, project, faults } = proof.opts<{
  cases: string;
  seed?: string;
  project?: string;
  faults?: boolean;
}>();

const chosen = project === undefined ? [] : ["--project", project];
const suite = faults
  ? ["--project", "alone", "test/filter/mutants.test.ts"]
  : [...chosen, "test/filter/proof.test.ts"];
spawn("npx", ["vitest", "run", ...suite], {
  stdio: "inherit",
  env: {
    ...process.env,
    FILTER_CASES: cases,
    ...(faults && { FILTER_FAULTS: "all" }),
    ...(seed !== undefined && { FILTER_SEED: seed }),
  },
}).on("exit", (code) => {
  process.exitCode = code ?? 1;
});
