import type { Logger } from "pino";
import type { Config } from "../config.ts";
import type { Database } from "../db/database.ts";
import { prepareDatabase } from "../db/migrate/prepare.ts";
import { openDatabase } from "../db/open/database.ts";

/** Start-up steps that are the same for a single server, a worker and the primary process of several workers. */

/** Prints to standard output. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Opens the configured database; errors of its idle connections are logged. */
export const openConfigured = ({ database }: Config, logger: Logger): Promise<Database> =>
  openDatabase(database, {
    onConnectionError: (error) => logger.warn({ error: error.message }, "an idle database connection broke"),
    onDeaf: (reason) =>
      logger.warn(
        { reason },
        "changes of keys and members cannot be heard: each request looks up its caller",
      ),
  });

/** Prepares the database, and prints which migrations were applied and what the database cannot do. */
export async function prepare(database: Database, logger: Logger): Promise<void> {
  const { applied, readOnly, warnings } = await prepareDatabase(database);
  for (const name of applied) say(`Applied migration ${name}`);
  for (const warning of warnings) logger.warn(warning);
  if (!readOnly) return;
  say(
    "The database is a read-only standby: queries are answered, mutations are refused with SERVICE_UNAVAILABLE.",
  );
  say("Imports, bulk changes and purges wait until it is writable; migrations are applied to its primary.");
}

/** The URL of the server. */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}/graphql`;

/** The id of no organization. */
const NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000";

/**
 * Loads Prisma's query compiler and graphql-jit, and reads no row. Without this they would load during later
 * queries: a process that has answered `/ready` with 200 would then answer nothing for a moment.
 */
export async function warmUp({ prisma }: Pick<Database, "prisma">): Promise<void> {
  await Promise.all([
    import("graphql-jit"),
    prisma.contact
      .findMany({
        where: { orgId: NO_ORGANIZATION, deletedAt: null, activities: { some: {} } },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        select: { id: true, name: true },
        take: 1,
      })
      // Requests find out that the database is away, and answer so.
      .catch(() => undefined),
  ]);
}
