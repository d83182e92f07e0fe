import { readConfig } from "../config.ts";
import type { Database } from "../db/database.ts";
import { prepareDatabase } from "../db/migrate/prepare.ts";
import { openDatabase } from "../db/open/database.ts";
import { CommandError } from "./run.ts";

/** Opens the configured database, runs work, and closes it in any case. Applies no migrations. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * The same for work that writes: migrations are applied first.
 *
 * @throws CommandError if the database is read-only
 */
export const withMigrated = <T>(work: (database: Database) => Promise<T>): Promise<T> =>
  withDatabase(async (database) => {
    const { readOnly } = await prepareDatabase(database);
    if (readOnly) {
      throw new CommandError(
        "DATABASE_URL points to a read-only database, such as a standby: use its primary",
      );
    }
    return work(database);
  });
