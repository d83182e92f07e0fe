import { spawn } from "node:child_process";
import { Command, InvalidArgumentError, Option } from "commander";

/** The walk over the whole schema, as short as in every run of the tests, or long. */

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
  .option("--seed <number>", "repeats the run that printed it", wholeNumber)
  .option("--about <pattern>", "only these fields, such as ^Query\\.contacts$", pattern)
  .addOption(
    new Option("--project <database>", "on the embedded database, or on PostgreSQL at TEST_DATABASE_URL")
      .choices(["pglite", "postgres"])
      .default("pglite"),
  )
  .parse();
const { long, seed, about, project } = walk.opts<{
  long?: boolean;
  seed?: string;
  about?: string;
  project: string;
}>();

spawn("npx", ["vitest", "run", "--project", project, "test/tenancy/walk.test.ts"], {
  stdio: "inherit",
  env: {
    ...process.env,
    TENANCY_FIGURES: "true",
    ...(long && { TENANCY_LONG: "true" }),
    TENANCY_SEED: seed ?? String(Math.floor(Math.random() * 1e9)),
    ...(about !== undefined && { TENANCY_ABOUT: about }),
  },
}).on("exit", (code) => {
  process.exitCode = code ?? 1;
});
