import pg from "pg";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import {
  makeFiles,
  openThrowaway,
  postgres,
  postgresAnswers,
  tables,
  writeMigration,
} from "../support/migrations.ts";

/** Migrations on PostgreSQL with several processes, long reads and a lost connection. */

// PGlite takes seconds to make its files, and the drift check starts two of them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(!postgresAnswers)("several processes on one PostgreSQL", () => {
  let database: Database;
  beforeEach(async () => {
    database = await openThrowaway();
  });
  const others: pg.Pool[] = [];
  afterEach(async () => {
    await Promise.all(others.splice(0).map((pool) => pool.end()));
    await database.close();
  });

  const otherPool = (options: pg.PoolConfig = {}) => {
    const pool = new pg.Pool({ ...database.pool.options, ...options });
    others.push(pool);
    return pool;
  };

  test("three starts at once apply each migration once, each with a single connection", async () => {
    const files = await makeFiles({
      "20260101000000_slow": "SELECT pg_sleep(0.5); CREATE TABLE slow (id int);",
      "20260102000000_quick": "CREATE TABLE quick (id int);",
    });
    const starts = [1, 2, 3].map(() => applyMigrations(otherPool({ max: 1 }), false, files));

    const applied = await Promise.all(starts);

    expect(applied.flat().sort()).toEqual(["20260101000000_slow", "20260102000000_quick"]);
    const { rows } = await database.pool.query("SELECT migration_name FROM _prisma_migrations ORDER BY 1");
    expect(rows.map((row) => row.migration_name)).toEqual(["20260101000000_slow", "20260102000000_quick"]);
  });

  test("a migration may take longer than requests may", async () => {
    const files = await makeFiles({ "20260101000000_slow": "SELECT pg_sleep(0.8);" });
    const starts = [1, 2].map(() => applyMigrations(otherPool({ statement_timeout: 300 }), false, files));

    expect((await Promise.all(starts)).flat()).toEqual(["20260101000000_slow"]);
  });

  test("a migration that waits behind a long read gives up rather than hold up everyone", async () => {
    const files = await makeFiles({ "20260101000000_one": "CREATE TABLE one (id int);" });
    await applyMigrations(database.pool, false, files);
    await writeMigration(files, "20260102000000_two", "ALTER TABLE one ADD COLUMN two int;");
    const reader = await otherPool().connect();
    await reader.query("BEGIN; SELECT * FROM one");

    await expect(applyMigrations(database.pool, false, files)).rejects.toThrow(
      /20260102000000_two.*lock timeout/s,
    );
    await reader.query("COMMIT");
    reader.release();
    expect(await applyMigrations(database.pool, false, files)).toEqual(["20260102000000_two"]);
  });
});

describe.skipIf(!postgresAnswers)("a migration whose connection is cut", () => {
  test("is rolled back and says so, and applies the next time", async () => {
    const database = await openThrowaway();
    onTestFinished(() => database.close());
    const files = await makeFiles({
      "20260101000000_cut": "CREATE TABLE one (id int); SELECT pg_advisory_xact_lock(7242099);",
    });
    const admin = new pg.Client({
      ...postgres,
      database: String(new URL(database.pool.options.connectionString ?? "").pathname.slice(1)),
    });
    await admin.connect();
    onTestFinished(() => admin.end());
    await admin.query("SELECT pg_advisory_lock(7242099)");
    const applying = applyMigrations(database.pool, false, files);
    const failed = expect(applying).rejects.toThrow(/20260101000000_cut failed and was rolled back/);
    // Whoever works on it, and whoever keeps others from it meanwhile.
    await vi.waitFor(async () => {
      const { rows } = await admin.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity AS a
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7242099 AND NOT granted)`,
      );
      expect(rows.length).toBeGreaterThan(1);
    }, 20_000);
    await failed;
    await admin.query("SELECT pg_advisory_unlock(7242099)");
    expect(await tables(database.pool)).toEqual([]);
    expect(await applyMigrations(database.pool, false, files)).toEqual(["20260101000000_cut"]);
  });
});
