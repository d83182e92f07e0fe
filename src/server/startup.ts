import type { Logger } from "pino";
import type { Config } from "../config.ts";
import type { Database } from "../db/database.ts";
import { prepareDatabase } from "../db/migrate/prepare.ts";
import { openDatabase } from "../db/open/database.ts";

/** What a process that serves and one that looks after such have in common. */

/** Prints to standard output. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Opens the configured database; what breaks its idle connections is logged. */
export const openConfigured = ({ database }: Config, logger: Logger): Promise<Database> =>
  openDatabase(database, {
    onConnectionError: (error) => logger.warn({ error: error.message }, "an idle database connection broke"),
  });

/** Makes the database ready, and says what was done for it and what it cannot do. */
export async function prepare(database: Database, logger: Logger): Promise<void> {
  const { applied, readOnly, warnings } = await prepareDatabase(database);
  for (const name of applied) say(`Applied migration ${name}`);
  for (const warning of warnings) logger.warn(warning);
  if (!readOnly) return;
  say(
    "The database can only be read, as a standby: queries are answered, every mutation with SERVICE_UNAVAILABLE.",
  );
  say("Imports, bulk changes and purges wait until it can be written; migrations are its primary's.");
}

/** Where the server answers. */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}/graphql`;
