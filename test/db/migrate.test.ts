import { createHash, randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import type { Database } from "../../src/db/database.ts";
import {
  applyMigrations,
  createMigration,
  findDrift,
  type MigrationFiles,
  migrationStatus,
} from "../../src/db/migrate/migrate.ts";
import { openDatabase } from "../../src/db/open/database.ts";

// PGlite takes seconds to make its files, and the drift check starts two of them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const postgres = { host: "127.0.0.1", port: 5432, user: "postgres", database: "postgres" };
const postgresAnswers = await new pg.Pool({ ...postgres, connectionTimeoutMillis: 1000 })
  .query("SELECT 1")
  .then(() => true)
  .catch(() => false);

/** A directory of migrations and a schema of the test's own, gone when it ends. */
async function makeFiles(scripts: Record<string, string> = {}): Promise<MigrationFiles> {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-migrations-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const files = { migrations: join(directory, "migrations"), schema: join(directory, "schema.prisma") };
  await cp("prisma/schema.prisma", files.schema);
  await mkdir(files.migrations);
  for (const [name, sql] of Object.entries(scripts)) await writeMigration(files, name, sql);
  return files;
}

async function writeMigration(files: MigrationFiles, name: string, sql: string): Promise<void> {
  await mkdir(join(files.migrations, name), { recursive: true });
  await writeFile(join(files.migrations, name, "migration.sql"), sql);
}

const tables = async (pool: pg.Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
  );
  return rows.map((row) => row.relname).filter((name) => name !== "_prisma_migrations");
};

async function openThrowaway(): Promise<Database> {
  const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Pool({ ...postgres, max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  const url = `postgresql://postgres@127.0.0.1:5432/${name}`;
  const database = await openDatabase({ kind: "postgres", url, poolSize: 2, statementTimeout: 30_000 });
  return {
    ...database,
    close: async () => {
      await database.close();
      // The server notices that a connection is gone a moment after the client.
      await vi.waitFor(() => admin.query(`DROP DATABASE ${name}`), { timeout: 5_000 });
      await admin.end();
    },
  };
}

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

describe("the drift check", () => {
  test("the migrations make what the schema says", async () => {
    expect(await findDrift()).toBe("");
  });

  test("a column that no migration makes is reported, and the migration made from it closes the gap", async () => {
    const files = await makeFiles();
    await cp("prisma/migrations", files.migrations, { recursive: true });
    const schema = await readFile(files.schema, "utf8");
    await writeFile(files.schema, schema.replace("model Tag {", "model Tag {\n  shape String?"));

    expect(await findDrift(files)).toBe('-- AlterTable\nALTER TABLE "tag" ADD COLUMN     "shape" TEXT;');

    const path = await createMigration("Tag: a shape", {}, files);
    expect(path).toMatch(/\/\d{14}_tag_a_shape\/migration\.sql$/);
    expect(await readFile(String(path), "utf8")).toContain('ADD COLUMN     "shape" TEXT');
    expect(await findDrift(files)).toBe("");
    expect(await createMigration("nothing", {}, files)).toBeNull();
    expect(await createMigration("by_hand", { empty: true }, files)).toMatch(/_by_hand\/migration\.sql$/);
  });

  test("a column that only the migrations know is reported too", async () => {
    const files = await makeFiles();
    await cp("prisma/migrations", files.migrations, { recursive: true });
    await writeMigration(files, "29990101000000_extra", "ALTER TABLE tag ADD COLUMN shape text;");

    expect(await findDrift(files)).toContain('DROP COLUMN "shape"');
  });

  test("a migration that cannot be replayed is named", async () => {
    const files = await makeFiles({ "20260101000000_bad": "SELECT nonsense();" });

    await expect(findDrift(files)).rejects.toMatchObject({
      name: "MigrationError",
      message: expect.stringMatching(/20260101000000_bad.*nonsense\(\) does not exist/s),
    });
  });
});
