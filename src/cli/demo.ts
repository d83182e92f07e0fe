import { readConfig } from "../config.ts";
import { applyMigrations } from "../db/migrate/migrate.ts";
import { openDatabase } from "../db/open/database.ts";
import { createDemoKey, seedDemo } from "../demo/demo.ts";
import { runCommand } from "./run.ts";

/** Seeds the demo organizations into the configured database and prints a new key to each. */
runCommand(async () => {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const database = await openDatabase(readConfig(process.env).database);
  try {
    await applyMigrations(database.pool, database.embedded);
    for (const demo of await seedDemo(database, say))
      say(`API key for ${demo.name}: ${await createDemoKey(database, demo)}`);
    return 0;
  } finally {
    await database.close();
  }
});
