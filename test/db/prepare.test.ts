import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { prepareDatabase } from "../../src/db/migrate/prepare.ts";
import { type DatabaseHooks, openDatabase } from "../../src/db/open/database.ts";
import { type Found, problemsOf } from "../../src/db/open/inspect.ts";
import { newId } from "../../src/lib/typeid.ts";
import { admin, databaseUrl, postgresAnswers } from "../support/program.ts";

/** What a start looks at before it says that it is ready: the server, its sessions, its migrations, its columns. */

const sound: Found = {
  version: 150_020,
  encoding: "UTF8",
  readOnly: false,
  schema: "public",
  isolation: "read committed",
  strings: "on",
  limited: true,
};

test.each([
  [{}, []],
  [{ version: 140_000 }, []],
  [{ version: 130_022 }, ["It is PostgreSQL 13; 14 or newer is needed."]],
  [
    { version: 90_624, encoding: "LATIN1" },
    [expect.stringContaining("PostgreSQL 9;"), expect.stringContaining("LATIN1")],
  ],
  [{ schema: null }, [expect.stringContaining("look for tables in no schema that exists")]],
  [{ strings: "off" }, ["Its standard_conforming_strings is off and must be on."]],
])("of a database with %o it says %o", (other, said) => {
  expect(problemsOf({ ...sound, ...other })).toEqual(said);
});

/** A database of its own, with settings of its own. */
async function make(...settings: string[]) {
  const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
  await admin(`CREATE DATABASE ${name}`);
  onTestFinished(() => admin(`DROP DATABASE ${name} WITH (FORCE)`));
  const set = (setting: string) => admin(`ALTER DATABASE ${name} SET ${setting}`);
  for (const setting of settings) await set(setting);
  const url = databaseUrl(name);
  const start = async (address = url, hooks: DatabaseHooks = {}) => {
    const database = await openDatabase(
      { kind: "postgres", url: address, poolSize: 2, statementTimeout: 20_000 },
      hooks,
    );
    try {
      return { ...(await prepareDatabase(database)), moment: await thereAndBack(database) };
    } finally {
      await database.close();
    }
  };
  return { url, set, start };
}

const noon = new Date("2026-07-01T12:00:00.123Z");

/** A moment as it is stored, told by the database as a number, and as it is read. */
async function thereAndBack({ prisma, pool }: Awaited<ReturnType<typeof openDatabase>>) {
  const id = newId();
  await prisma.organization.create({
    data: { id, name: "Moments", mode: "TEST", cursorSecret: new Uint8Array(32), createdAt: noon },
  });
  const { createdAt } = await prisma.organization.findUniqueOrThrow({ where: { id } });
  const { rows } = await pool.query(
    "SELECT (extract(epoch FROM created_at) * 1000)::float8 AS at FROM organization WHERE id = $1",
    [id],
  );
  return { stored: rows[0].at, read: createdAt.toISOString() };
}
const exact = { stored: noon.getTime(), read: noon.toISOString() };

describe.skipIf(!(await postgresAnswers()))("on PostgreSQL", () => {
  test("moments are exact whatever zone and format the database, the address or the session is in", async () => {
    const { url, start } = await make(
      "timezone TO 'America/New_York'",
      "datestyle TO 'German'",
      "bytea_output TO escape",
    );
    expect(await start()).toMatchObject({ applied: expect.arrayContaining([]), warnings: [], moment: exact });
    expect(await start()).toMatchObject({ applied: [], moment: exact });
    expect(await start(`${url}?options=-c%20TimeZone%3DAsia/Kolkata%20-c%20DateStyle%3DSQL`)).toMatchObject({
      moment: exact,
    });
    expect(await start(url, { session: { TimeZone: "Asia/Kolkata" } })).toMatchObject({ moment: exact });
    await expect(start(url, { session: { DateStyle: "German" } })).rejects.toThrow(
      "It returns the timestamp 2026-07-01T12:00:00.123Z as a text that is not in ISO 8601",
    );
  }, 60_000);

  test("sessions that look elsewhere or isolate otherwise are refused before a table is made", async () => {
    const { url, start } = await make(
      "search_path TO pg_temp, public",
      "default_transaction_isolation TO serializable",
    );
    await expect(start()).rejects.toThrow(
      /^This database cannot be used\. Its sessions look for tables in pg_temp_\d+, .* The isolation of its transactions is serializable and must be read committed: reset default_transaction_isolation/,
    );
    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    const { rows } = await client.query(
      "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'",
    );
    expect(rows).toEqual([{ tables: 0 }]);
  });

  test("a database of a newer version, a missing column and a standby are reported at the start", async () => {
    const { url, set, start } = await make("default_transaction_read_only TO on");
    await expect(start()).rejects.toThrow(
      /^This database can only be read, and lacks \d{14}_init, .*: apply the migrations/,
    );
    await set("default_transaction_read_only TO off");
    await start();

    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    await client.query("ALTER TABLE contact RENAME COLUMN linkedin_url TO linkedin");
    await expect(start()).rejects.toThrow(
      /but this database lacks contact\.linkedin_url\. .*restore it from a backup/,
    );
    await client.query("ALTER TABLE contact RENAME COLUMN linkedin TO linkedin_url");

    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29991231000000_future', now())`,
    );
    await expect(start()).rejects.toThrow(
      "this database has migrations that this version does not know: 29991231000000_future. A newer version has opened it",
    );
  }, 60_000);
});
