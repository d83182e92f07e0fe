import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { applyMigrations, createMigration, findDrift, migrationStatus } from "../db/migrate/migrate.ts";
import { openDatabase } from "../db/open/database.ts";
import { runCommand } from "./run.ts";

const usage = `npm run db:migrate             apply the pending migrations
npm run db:new -- <name>       write the migration that takes the existing ones to prisma/schema.prisma
npm run db:new -- <name> --empty   write one to fill by hand
npm run db:status              what the database has, and what it lacks
npm run db:check               whether migrations and schema agree`;

const say = (text: string) => process.stdout.write(`${text}\n`);

async function withDatabase<T>(
  work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { empty: { type: "boolean", default: false } },
  });
  const [command, ...words] = positionals;
  switch (command) {
    case "apply": {
      const names = await withDatabase(({ pool, embedded }) => applyMigrations(pool, embedded));
      say(names.length === 0 ? "nothing to apply" : names.map((name) => `applied ${name}`).join("\n"));
      return 0;
    }
    case "new": {
      if (words.length === 0) break;
      const path = await createMigration(words.join("_"), values);
      say(
        path === null
          ? "migrations and schema agree: nothing to write (--empty writes one all the same)"
          : `wrote ${path}`,
      );
      return 0;
    }
    case "status": {
      const status = await withDatabase(({ pool }) => migrationStatus(pool));
      for (const [state, names] of Object.entries(status))
        for (const name of names) say(`${state.padEnd(8)} ${name}`);
      return status.pending.length + status.edited.length + status.missing.length > 0 ? 1 : 0;
    }
    case "check": {
      const drift = await findDrift();
      say(
        drift === ""
          ? "migrations and schema agree"
          : `prisma/schema.prisma is ahead of the migrations by:\n\n${drift}`,
      );
      return drift === "" ? 0 : 1;
    }
  }
  say(usage);
  return 2;
}

runCommand(main);
