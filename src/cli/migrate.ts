import { Command } from "commander";
import { createMigration, findDrift, migrationStatus } from "../db/migrate/migrate.ts";
import { prepareDatabase } from "../db/migrate/prepare.ts";
import { writeTemplate } from "../db/open/template.ts";
import { say } from "./run.ts";
import { withDatabase } from "./with-database.ts";

export const migrate = new Command("db:migrate").action(async () => {
  const { applied: names } = await withDatabase(prepareDatabase);
  say(names.length === 0 ? "nothing to apply" : names.map((name) => `applied ${name}`).join("\n"));
});

/** Exits with code 1 unless the database has exactly the migrations of this version. */
export const status = new Command("db:status").action(async () => {
  const found = await withDatabase(({ pool }) => migrationStatus(pool));
  for (const [state, names] of Object.entries(found))
    for (const name of names) say(`${state.padEnd(8)} ${name}`);
  if (found.pending.length + found.edited.length + found.missing.length > 0) process.exitCode = 1;
});

export const template = new Command("db:template").action(writeTemplate);

export const create = new Command("db:new")
  .argument("<name...>", "a few words, for the directory's name")
  .option("--empty", "writes one to fill in by hand, even if there is nothing to change")
  .action(async (words: string[], { empty = false }: { empty?: boolean }) => {
    const path = await createMigration(words.join("_"), { empty });
    say(
      path === null
        ? "migrations and schema agree: nothing to write (use --empty to write one anyway)"
        : `wrote ${path}`,
    );
  });

/** Exits with code 1 if migrations and schema differ. */
export const check = new Command("db:check").action(async () => {
  const drift = await findDrift();
  say(
    drift === ""
      ? "migrations and schema agree"
      : `prisma/schema.prisma is ahead of the migrations by:\n\n${drift}`,
  );
  if (drift !== "") process.exitCode = 1;
});
