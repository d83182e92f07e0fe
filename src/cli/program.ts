import { Command } from "commander";
import { sourceStack } from "../server/stacks.ts";
import { warnOfStaleBuild } from "../server/stale-build.ts";
import { operatorWords, UsageError } from "./run.ts";

/** The commands of the program, each with the name of its npm script. */
const commands: Readonly<Record<string, readonly [description: string, load: () => Promise<Command>]>> = {
  start: [
    "serves; settings are environment variables, which README.md lists",
    () => import("./start.ts").then((module) => module.start),
  ],
  key: [
    "creates an organization with its owner and first key, or another key",
    () => import("./key.ts").then((module) => module.key),
  ],
  import: [
    "imports contacts or leads from a CSV file",
    () => import("./import.ts").then((module) => module.imports),
  ],
  export: [
    "exports contacts, leads or deals as CSV or JSON lines",
    () => import("./export.ts").then((module) => module.exports),
  ],
  demo: [
    "seeds the demo organizations and prints a new key to each",
    () => import("./demo.ts").then((module) => module.demo),
  ],
  purge: [
    "erases records that have been in the trash for 30 days",
    () => import("./purge.ts").then((module) => module.purging),
  ],
  "db:migrate": [
    "applies the pending migrations",
    () => import("./migrate.ts").then((module) => module.migrate),
  ],
  "db:template": [
    "prepares what new embedded databases are made from; part of npm run build",
    () => import("./migrate.ts").then((module) => module.template),
  ],
  "db:status": [
    "lists applied and missing migrations of the database",
    () => import("./migrate.ts").then((module) => module.status),
  ],
  "db:new": [
    "writes a migration from the existing ones to prisma/schema.prisma",
    () => import("./migrate.ts").then((module) => module.create),
  ],
  "db:check": [
    "checks whether migrations and schema agree",
    () => import("./migrate.ts").then((module) => module.check),
  ],
  schema: [
    "writes the files that are generated from the code",
    () => import("./schema.ts").then((module) => module.schemaFiles),
  ],
};

/** The command that runs by default. */
const USUAL = "start";

/** The program, with only the requested command loaded. */
export interface Program {
  readonly program: Command;
  readonly running: Command;
}

/** @param argv as in `process.argv` */
export async function buildProgram(argv: readonly string[]): Promise<Program> {
  const [, , first = USUAL] = argv;
  const named = Object.hasOwn(commands, first) ? first : USUAL;
  const program = new Command("rolograph")
    .description(
      "A GraphQL gateway over contacts and leads. npm start serves it; npm run <command> does the rest.",
    )
    .showHelpAfterError()
    .configureHelp({ commandUsage: usageOf })
    .helpCommand(false);
  let running = program;
  for (const [name, [description, load]] of Object.entries(commands)) {
    const command = name === named ? await load() : new Command(name);
    if (name === named) running = command;
    command.description(description).copyInheritedSettings(program);
    program.addCommand(command, { isDefault: name === USUAL });
  }
  return { program, running };
}

/**
 * Runs the program. `--help` and wrong arguments print the usage and do nothing else. Mistakes of the operator are
 * printed without a stack, other errors with one; both exit with code 1.
 */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const { program, running } = await buildProgram(argv);
  if (running.name() !== USUAL) warnOfStaleBuild();
  // Node.js prints an error that nobody catches, and ends.
  process.on("uncaughtExceptionMonitor", (error) => {
    if (error instanceof Error && error.stack) error.stack = sourceStack(error.stack);
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    // Exits with code 1, after the message and the usage.
    if (error instanceof UsageError) running.error(`error: ${error.message}`);
    process.stderr.write(`${tell(error)}\n`);
    // Ends what still runs, such as a server that is half started.
    process.exit(1);
  }
}

/** The usage of a command, as an npm script, since that is how it is run. */
function usageOf(command: Command): string {
  if (command.parent === null) return "npm run <command> -- [options]";
  const name = command.name();
  const typed = name === USUAL ? "npm start" : `npm run ${name}`;
  const words = command.usage().replace("[options]", "").trim();
  const options = command.options.length > 0 ? " [options]" : "";
  return words + options === "" ? typed : `${typed} -- ${words}${words && options}`.trimEnd();
}

function tell(error: unknown): string {
  if ((error as { code?: unknown }).code === "EADDRINUSE") {
    return "PORT is in use by another program: set PORT to a free one, or to 0 for any.";
  }
  const words = operatorWords(error);
  if (words !== null) return words;
  return error instanceof Error && error.stack ? sourceStack(error.stack) : String(error);
}
