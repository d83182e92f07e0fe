import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { applyMigrations, type MigrationFiles, migrationStatus } from "../../src/db/migrate/migrate.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { makeFiles, openThrowaway, postgresAnswers, tables, writeMigration } from "../support/migrations.ts";

/** Applying migrations, and their status. */

// PGlite takes seconds to make its files, and the drift check starts two of them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.each([
  { place: "PGlite", open: () => openDatabase({ kind: "memory" }), runs: true },
  { place: "PostgreSQL", open: openThrowaway, runs: postgresAnswers },
])("migrations on $place", ({ open, runs }) => {
  let database: Database;
  let pool: pg.Pool;
  const apply = (files?: MigrationFiles) => applyMigrations(pool, database.embedded, files);

  beforeAll(async () => {
    if (!runs) return;
    database = await open();
    pool = database.pool;
  });
  afterAll(() => database?.close());
  beforeEach(async ({ skip }) => {
    if (!runs) skip("no PostgreSQL at 127.0.0.1:5432");
    await pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  });
  afterEach(async () => {
    if (!runs) return;
    // Whatever a migration did or failed to do, its connection comes back as it was.
    const { rows } = await pool.query(
      `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement,
         (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks`,
    );
    expect(rows).toEqual([{ lock: "0", statement: database.embedded ? "0" : "30s", locks: 0 }]);
  });

  test("the repository's migrations apply once, and the next start finds nothing to do", async () => {
    const names = (await readdir("prisma/migrations")).filter((name) => !name.endsWith(".toml")).sort();

    expect(await apply()).toEqual(names);
    expect(await apply()).toEqual([]);
    expect(await tables(pool)).toContain("contact");
    expect(await migrationStatus(pool)).toEqual({
      applied: names,
      pending: [],
      failed: [],
      edited: [],
      missing: [],
    });
  });

  test("the table of migrations is the one that `prisma migrate deploy` makes and fills", async () => {
    const files = await makeFiles({ "20260101000000_one": "CREATE TABLE one (id int);" });
    await apply(files);

    const { rows: columns } = await pool.query(
      `SELECT column_name || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN '!' ELSE '' END AS is
       FROM information_schema.columns
       JOIN pg_attribute ON attrelid = '_prisma_migrations'::regclass AND attname = column_name
       WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    );
    expect(columns.map((column) => column.is)).toEqual([
      "id character varying(36)!",
      "checksum character varying(64)!",
      "finished_at timestamp with time zone",
      "migration_name character varying(255)!",
      "logs text",
      "rolled_back_at timestamp with time zone",
      "started_at timestamp with time zone!",
      "applied_steps_count integer!",
    ]);
    const { rows } = await pool.query("SELECT * FROM _prisma_migrations");
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash("sha256").update("CREATE TABLE one (id int);").digest("hex"),
        finished_at: expect.any(Date),
        migration_name: "20260101000000_one",
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        applied_steps_count: 1,
      },
    ]);
    expect(Math.abs(rows[0].finished_at - Date.now())).toBeLessThan(60_000);
  });

  test("functions, triggers and texts may hold semicolons", async () => {
    const files = await makeFiles({
      "20260101000000_function": `
        CREATE TABLE note (text text DEFAULT 'a; b');
        CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.text := upper(NEW.text) || ';';
          RETURN NEW;
        END;
        $$;
        CREATE TRIGGER shout BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION shout();
        INSERT INTO note DEFAULT VALUES; -- a comment; with one
      `,
    });

    await apply(files);

    expect((await pool.query("SELECT text FROM note")).rows).toEqual([{ text: "A; B;" }]);
  });

  test("a migration that fails half-way leaves nothing, is named, and applies once it is repaired", async () => {
    const files = await makeFiles({
      "20260101000000_good": "CREATE TABLE good (id int);",
      "20260102000000_bad": "CREATE TABLE half (id int);\nINSERT INTO half VALUES (1);\nSELECT nonsense();",
      "20260103000000_later": "CREATE TABLE later (id int);",
    });

    await expect(apply(files)).rejects.toMatchObject({
      name: "MigrationError",
      message: expect.stringMatching(/20260102000000_bad.*function nonsense\(\) does not exist/s),
    });
    expect(await tables(pool)).toEqual(["good"]);
    expect(await migrationStatus(pool, files)).toMatchObject({
      applied: ["20260101000000_good"],
      pending: ["20260102000000_bad", "20260103000000_later"],
    });

    await expect(apply(files), "still broken").rejects.toThrow("20260102000000_bad");
    await writeMigration(files, "20260102000000_bad", "CREATE TABLE half (id int);");
    expect(await apply(files)).toEqual(["20260102000000_bad", "20260103000000_later"]);
    expect(await tables(pool)).toEqual(["good", "half", "later"]);
    expect(await migrationStatus(pool, files)).toMatchObject({ pending: [], failed: [], edited: [] });
  });

  test("a failure reads as PostgreSQL worded it, without the engine's own trace", async () => {
    const files = await makeFiles({ "20260101000000_bad": "SELECT 1;\nSELECT nonsense();" });

    const error: unknown = await apply(files).catch((thrown: unknown) => thrown);

    expect(String(error)).not.toMatch(/\.rs:|wasm|connector/);
    expect(String(error)).toContain("nonsense() does not exist");
  });

  test("a migration that a process died in is run again", async () => {
    const files = await makeFiles({ "20260101000000_one": "CREATE TABLE one (id int);" });
    await apply(files);
    await pool.query(
      "UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0; DROP TABLE one",
    );

    expect(await apply(files)).toEqual(["20260101000000_one"]);
    expect(await tables(pool)).toEqual(["one"]);
  });

  test("a migration and the note that it is finished are kept together or not at all", async () => {
    // The trigger stands for a process that dies between the two.
    const files = await makeFiles({
      "20260101000000_table": "CREATE TABLE counter (id int);",
      "20260102000000_count": "INSERT INTO counter VALUES (1);",
    });
    await apply(files);
    await pool.query(`
      DELETE FROM counter; DELETE FROM _prisma_migrations WHERE migration_name LIKE '%count';
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died'; END $$;
      CREATE TRIGGER die BEFORE UPDATE ON _prisma_migrations FOR EACH ROW EXECUTE FUNCTION die();`);
    await expect(apply(files)).rejects.toThrow();
    expect((await pool.query("SELECT * FROM counter")).rows).toEqual([]);
    await pool.query("DROP FUNCTION die CASCADE");

    expect(await apply(files)).toEqual(["20260102000000_count"]);
    expect((await pool.query("SELECT * FROM counter")).rows).toEqual([{ id: 1 }]);
  });

  test("a migration that was edited or removed after it was applied shows in the status", async () => {
    const files = await makeFiles({
      "20260101000000_edited": "CREATE TABLE one (id int);",
      "20260102000000_removed": "CREATE TABLE two (id int);",
    });
    await apply(files);
    await writeMigration(files, "20260101000000_edited", "CREATE TABLE three (id int);");
    await rm(join(files.migrations, "20260102000000_removed"), { recursive: true });

    expect(await migrationStatus(pool, files)).toMatchObject({
      edited: ["20260101000000_edited"],
      missing: ["20260102000000_removed"],
      pending: [],
    });
  });
});
