import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { onTestFinished, vi } from "vitest";
import type { Database } from "../../src/db/database.ts";
import type { MigrationFiles } from "../../src/db/migrate/migrate.ts";
import { openDatabase } from "../../src/db/open/database.ts";

/** Separate migrations and databases, for tests. */

export const postgres = { host: "127.0.0.1", port: 5432, user: "postgres", database: "postgres" };
export const postgresAnswers = await new pg.Pool({ ...postgres, connectionTimeoutMillis: 1000 })
  .query("SELECT 1")
  .then(() => true)
  .catch(() => false);

/** A directory of migrations and a schema for one test, deleted when the test ends. */
export async function makeFiles(scripts: Record<string, string> = {}): Promise<MigrationFiles> {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-migrations-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const files = { migrations: join(directory, "migrations"), schema: join(directory, "schema.prisma") };
  await cp("prisma/schema.prisma", files.schema);
  await mkdir(files.migrations);
  for (const [name, sql] of Object.entries(scripts)) await writeMigration(files, name, sql);
  return files;
}

export async function writeMigration(files: MigrationFiles, name: string, sql: string): Promise<void> {
  await mkdir(join(files.migrations, name), { recursive: true });
  await writeFile(join(files.migrations, name, "migration.sql"), sql);
}

export const tables = async (pool: pg.Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
  );
  return rows.map((row) => row.relname).filter((name) => name !== "_prisma_migrations");
};

/** A new database on PostgreSQL, which `close` drops. */
export async function openThrowaway(): Promise<Database> {
  const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Pool({ ...postgres, max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  const url = `postgresql://postgres@127.0.0.1:5432/${name}`;
  const database = await openDatabase({ kind: "postgres", url, poolSize: 2, statementTimeout: 30_000 });
  return {
    ...database,
    close: async () => {
      await database.close();
      // PostgreSQL notices the end of a connection a moment later than its client.
      await vi.waitFor(() => admin.query(`DROP DATABASE ${name}`), { timeout: 5_000 });
      await admin.end();
    },
  };
}
