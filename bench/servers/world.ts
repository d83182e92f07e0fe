import type pg from "pg";
import type { Database } from "../../src/db/database.ts";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { copyRows } from "../filters/copy.ts";
import { loadWorld, readWorld, type World } from "./world-data.ts";

/** The database under the servers: kept from an earlier run, or made. */

/** Goes up when the data change, so that a database that was kept is made anew. */
const DATA_VERSION = 1;

/** What a database is for: what is measured in one does not change the other. */
export type Purpose = "servers" | "growth";

const databaseName = (size: number, purpose: Purpose) => `rolograph_bench_${purpose}_${size}`;

/** A database that the next run takes again. */
export interface Kept {
  readonly name: string;
  /** Says what is in it; a database with another mark is made anew. */
  readonly mark: string;
  load(database: Database, url: string): Promise<void>;
}

/** Opens a database that was kept, or makes and fills it, and lets it be read. */
export async function openKept<Found>(
  admin: pg.Client,
  server: string,
  { name, mark, load }: Kept,
  read: (database: Database, url: string) => Promise<Found>,
): Promise<Found> {
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
  const { rows } = await admin.query<{ mark: string | null }>(
    "SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = $1",
    [name],
  );
  const kept = rows[0]?.mark === mark;
  if (!kept) {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name}`);
  }
  const database = await openDatabase({ kind: "postgres", url, poolSize: 2, statementTimeout: 600_000 });
  try {
    await applyMigrations(database.pool, false);
    if (!kept) {
      await load(database, url);
      await admin.query(`COMMENT ON DATABASE ${name} IS '${mark}'`);
    }
    return await read(database, url);
  } finally {
    await database.close();
  }
}

/**
 * Opens the benchmark's database, or makes it.
 *
 * @param size contacts of both organizations together
 */
export const openWorld = (
  admin: pg.Client,
  server: string,
  size: number,
  say: (text: string) => void,
  purpose: Purpose = "servers",
): Promise<World> =>
  openKept(
    admin,
    server,
    {
      name: databaseName(size, purpose),
      mark: `servers ${DATA_VERSION}`,
      load: (database, url) => loadWorld(database, url, { size, put: copyRows, say }),
    },
    (database, url) => readWorld(database, url, size),
  );

export const dropWorld = (admin: pg.Client, size: number, purpose: Purpose = "servers") =>
  admin.query(`DROP DATABASE IF EXISTS ${databaseName(size, purpose)} WITH (FORCE)`);
