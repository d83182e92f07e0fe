import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { applyMigrations } from "../db/migrate/migrate.ts";
import { type Database, openDatabase } from "../db/open/database.ts";

/** What a process that serves and one that looks after such have in common. */

/** Tells whoever started it, on standard output. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Opens the configured database; what breaks its idle connections is logged. */
export const openConfigured = ({ database }: Config, logger: Logger): Promise<Database> =>
  openDatabase(database, {
    onConnectionError: (error) => logger.warn({ error: error.message }, "an idle database connection broke"),
  });

/** Applies the pending migrations and says which. */
export async function migrate({ pool, embedded }: Database): Promise<void> {
  for (const name of await applyMigrations(pool, embedded)) say(`Applied migration ${name}`);
}

/** Where the server answers. */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}/graphql`;
