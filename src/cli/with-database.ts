import { readConfig } from "../config.ts";
import { applyMigrations } from "../db/migrate/migrate.ts";
import { type Database, openDatabase } from "../db/open/database.ts";

/** Opens the configured database for some work, and closes it whatever becomes of the work. Nothing is migrated. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The same for work on records: the pending migrations are applied before it. */
export const withMigrated = <T>(work: (database: Database) => Promise<T>): Promise<T> =>
  withDatabase(async (database) => {
    await applyMigrations(database.pool, database.embedded);
    return work(database);
  });
