import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MigrationList, SchemaFilter } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { root } from "../../root.ts";
import { allModels } from "../models.ts";
import { endTransaction, makePool, takeConnection } from "../open/connections.ts";

/**
 * Creates and applies migrations with Prisma's schema engine as WebAssembly: no binary is downloaded, and the table
 * `_prisma_migrations` is the one that `prisma migrate deploy` reads and writes.
 */

/** Loaded only when there is something to apply or to compare: most starts have nothing. */
const loadEngine = () => import("./schema-engine.ts");

/** Views, which are models in the Prisma schema so that relations can refer to them; migrations create them by hand. */
const views = allModels.flatMap(([, { kind, table }]) => (kind === "view" ? [table] : []));
const everything: SchemaFilter = {
  externalTables: views.map((view) => `public.${view}`),
  externalEnums: [],
};

/** Paths of migrations and schema; tests use others. */
export interface MigrationFiles {
  /** Directory of the migrations. */
  readonly migrations: string;
  /** Path of the Prisma schema. */
  readonly schema: string;
}

const repository: MigrationFiles = {
  migrations: join(root, "prisma/migrations"),
  schema: join(root, "prisma/schema.prisma"),
};

/** A migration cannot be applied. It was rolled back. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** Advisory lock keys: our own, an arbitrary number shared by all processes, and the one that `prisma migrate` uses. */
const LOCK_KEYS = [7_242_001, 72_707_369];

/**
 * Applies the pending migrations, each entirely or not at all. Several processes may start at once: on PostgreSQL an
 * advisory lock lets one of them work while the others wait and then find nothing to do. A migration that failed
 * before is tried again, since it was rolled back.
 *
 * @param embedded true for PGlite, which has one session and needs no lock
 * @returns the names of the applied migrations
 * @throws MigrationError naming the migration that failed and why, or the migrations that this version does not know
 */
export async function applyMigrations(
  pool: pg.Pool,
  embedded: boolean,
  files = repository,
): Promise<string[]> {
  const list = await readMigrations(files);
  const { pending, missing } = await statusOf(pool, list);
  if (missing.length > 0) {
    throw new MigrationError(
      `this database has migrations that this version does not know: ${missing.join(", ")}. ` +
        "A newer version has opened it: start that one, or restore a backup from before.",
    );
  }
  if (pending.length === 0) return [];
  if (embedded) return runPending(pool, list);
  // A pool of two connections: one holds the lock while the other works, whatever the size and limits of the main
  // pool.
  const own = makePool({ ...pool.options, max: 2, statement_timeout: 0 });
  try {
    const holder = await takeConnection(own);
    try {
      // Transaction locks, not session locks: a pooler gives the session to another client after each transaction.
      await holder.client.query(
        `BEGIN; SET LOCAL lock_timeout = '10min'; SET LOCAL statement_timeout = 0;
         SET LOCAL idle_in_transaction_session_timeout = 0;
         ${LOCK_KEYS.map((key) => `SELECT pg_advisory_xact_lock(${key});`).join(" ")}`,
      );
      return await runPending(own, list);
    } finally {
      // This transaction only holds the locks; if ROLLBACK fails, the transaction and its locks are gone already.
      await endTransaction(holder, "ROLLBACK").catch(() => undefined);
    }
  } finally {
    await own.end();
  }
}

async function runPending(pool: pg.Pool, list: MigrationList): Promise<string[]> {
  const { pending, failed } = await statusOf(pool, list);
  if (pending.length === 0) return [];
  const { ScriptError, withEngine } = await loadEngine();
  return withEngine(pool, async (engine) => {
    for (const migrationName of failed) await engine.markMigrationRolledBack({ migrationName });
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: list,
      filters: everything,
    });
    return appliedMigrationNames;
  }).catch(async (error: unknown) => {
    if (!(error instanceof ScriptError)) throw error;
    const { failed: names } = await statusOf(pool, list);
    throw new MigrationError(
      `migration ${names[0] ?? error.migration} failed and was rolled back: ${error.message}`,
    );
  });
}

/** The state of a database's migrations, as names. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Failed and rolled back; also in `pending`. */
  readonly failed: readonly string[];
  /** Applied, and changed in the directory since. */
  readonly edited: readonly string[];
  /** Applied, and no longer in the directory. */
  readonly missing: readonly string[];
}

/** Compares a database with the directory. One query. */
export async function migrationStatus(pool: pg.Pool, files = repository): Promise<MigrationStatus> {
  return statusOf(pool, await readMigrations(files));
}

interface MigrationRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

async function statusOf(pool: pg.Pool, { migrationDirectories }: MigrationList): Promise<MigrationStatus> {
  const rows = await pool
    .query<MigrationRow>(
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    )
    .then((result) => result.rows)
    .catch((error: unknown) => {
      if (error instanceof pg.DatabaseError && error.code === "42P01") return [];
      throw error;
    });
  const finished = new Map(
    rows.filter((row) => row.finished_at).map((row) => [row.migration_name, row.checksum]),
  );
  const checksums = new Map(
    migrationDirectories.map(({ path, migrationFile: { content } }) => [
      path,
      createHash("sha256").update(content.value).digest("hex"),
    ]),
  );
  const names = [...checksums.keys()];
  return {
    applied: names.filter((name) => finished.has(name)),
    pending: names.filter((name) => !finished.has(name)),
    failed: rows.filter((row) => !row.finished_at).map((row) => row.migration_name),
    edited: names.filter((name) => finished.has(name) && finished.get(name) !== checksums.get(name)),
    missing: [...finished.keys()].filter((name) => !checksums.has(name)),
  };
}

/**
 * Writes a migration from the existing ones to the schema.
 *
 * @param name a few words, for the directory's name
 * @param options.empty write one even if there is nothing to change, to be filled in by hand
 * @returns the path of the new file, or null if there is nothing to change
 */
export async function createMigration(
  name: string,
  options: { readonly empty?: boolean } = {},
  files = repository,
): Promise<string | null> {
  const script = await findDrift(files);
  if (script === "" && !options.empty) return null;
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const directory = join(files.migrations, `${stamp}_${name.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`);
  await mkdir(directory, { recursive: true });
  await writeFile(join(files.migrations, "migration_lock.toml"), lockfile);
  const path = join(directory, "migration.sql");
  await writeFile(path, `${script}\n`, { flag: "wx" });
  return path;
}

/** The SQL that would turn the result of the migrations into the schema; empty if they agree. */
export async function findDrift(files = repository): Promise<string> {
  const list = await readMigrations(files);
  const schema = await readSchema(files);
  const { ScriptError, withShadowEngine } = await loadEngine();
  return withShadowEngine(async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: "migrations", ...list },
      to: { tag: "schemaDatamodel", ...schema },
      script: true,
      exitCode: null,
      filters: everything,
    });
    const script = (stdout ?? "").trim();
    return script === "-- This is an empty migration." ? "" : script;
  }).catch((error: unknown) => {
    if (!(error instanceof ScriptError)) throw error;
    throw new MigrationError(`migration ${error.migration} cannot be replayed: ${error.message}`);
  });
}

const lockfile = `# Please do not edit this file manually
# It should be added in your version-control system (e.g., Git)
provider = "postgresql"
`;

async function readMigrations({ migrations }: MigrationFiles): Promise<MigrationList> {
  const entries = await readdir(migrations, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: migrations,
    lockfile: { path: "migration_lock.toml", content: lockfile },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(join(migrations, name, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}

async function readSchema({ schema }: MigrationFiles) {
  return { files: [{ path: "schema.prisma", content: await readFile(schema, "utf8") }] };
}
