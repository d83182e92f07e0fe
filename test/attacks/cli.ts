import { spawn } from "node:child_process";
import { Command, InvalidArgumentError, Option } from "commander";

/** Runs the attacks from the command line: as few as a test run does, or many. */

const wholeNumber = (text: string): string => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number, such as 5000.");
  return text;
};

/** Number of requests of a long run. */
const LONG = "20000";

const check = new Command("npm run check:attacks --")
  .description("sends hostile requests to a server of its own, and looks at every answer")
  .allowExcessArguments(false)
  .showHelpAfterError()
  .option("--long", `sends ${LONG} requests`)
  .option("--cases <number>", "sends so many requests", wholeNumber)
  .option("--seed <number>", "repeats the run that printed it", wholeNumber)
  .addOption(
    new Option("--project <database>", "on the embedded database, or on PostgreSQL at TEST_DATABASE_URL")
      .choices(["pglite", "postgres"])
      .default("pglite"),
  )
  .parse();
const { long, cases, seed, project } = check.opts<{
  long?: boolean;
  cases?: string;
  seed?: string;
  project: string;
}>();
const many = cases ?? (long ? LONG : undefined);

spawn("npx", ["vitest", "run", "--project", project, "test/attacks"], {
  stdio: "inherit",
  env: {
    ...process.env,
    ATTACKS_FIGURES: "true",
    ...(many !== undefined && { ATTACKS_CASES: many }),
    ...(seed !== undefined && { ATTACKS_SEED: seed }),
  },
}).on("exit", (code) => {
  process.exitCode = code ?? 1;
});
