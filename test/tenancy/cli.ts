import { spawn } from "node:child_process";
import { Command, InvalidArgumentError, Option } from "commander";

/** Runs the walk over the whole schema from the command line: broader than in a test run, or complete. */

const wholeNumber = (text: string): string => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number, such as 42.");
  return text;
};

const pattern = (text: string): string => {
  try {
    new RegExp(text);
  } catch {
    throw new InvalidArgumentError("It must be a regular expression, such as ^Query\\.contacts$.");
  }
  return text;
};

const walk = new Command("npm run check:tenancy --")
  .description(
    "asks every field and argument of the schema as everybody who may call, and looks for what they may not learn or change",
  )
  .allowExcessArguments(false)
  .showHelpAfterError()
  .option("--long", "every caller says everything everywhere, which takes hours")
  .addOption(
    new Option(
      "--faults",
      "shows for each fault planted in the sources that the walk notices it, and nothing else",
    ).conflicts(["long", "seed", "about", "project"]),
  )
  .option("--seed <number>", "repeats the run that printed it", wholeNumber)
  .option("--about <pattern>", "only these fields, such as ^Query\\.contacts$", pattern)
  .addOption(
    new Option("--project <database>", "on the embedded database, or on PostgreSQL at TEST_DATABASE_URL")
      .choices(["pglite", "postgres"])
      .default("pglite"),
  )
  .parse();
const { long, faults, seed, about, project } = walk.opts<{
  long?: boolean;
  faults?: boolean;
  seed?: string;
  about?: string;
  project: string;
}>();

const suite = faults
  ? ["--project", "alone", "test/tenancy/faults.test.ts"]
  : ["--project", project, "test/tenancy/walk.test.ts"];

spawn("npx", ["vitest", "run", ...suite], {
  stdio: "inherit",
  env: {
    ...process.env,
    TENANCY_FIGURES: "true",
    TENANCY_SHARE: long ? "all" : "broad",
    ...(faults && { TENANCY_FAULTS: "all" }),
    TENANCY_SEED: seed ?? String(Math.floor(Math.random() * 1e9)),
    ...(about !== undefined && { TENANCY_ABOUT: about }),
  },
}).on("exit", (code) => {
  process.exitCode = code ?? 1;
});
