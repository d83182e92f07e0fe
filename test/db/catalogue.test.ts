import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { type Embedded, startEmbedded } from "../../src/db/open/embedded.ts";
import { testDatabase } from "../support/database.ts";

/**
 * What keeps organizations apart in the database itself, read from its catalogue: a table that a later migration
 * adds is checked without being named here.
 */

const notTenants = ["organization", "app_user", "user_identity", "_prisma_migrations"];

/** Each finds what breaks its rule; $1 is the tables without an organization. */
const rules = {
  "every tenant table has an org_id that is never null": `
    SELECT table_name AS offender FROM tenant
    WHERE NOT EXISTS (SELECT FROM pg_attribute
                      WHERE attrelid = tenant.oid AND attname = 'org_id' AND attnotnull AND atttypid = 'uuid'::regtype)`,

  "every tenant table has a primary key": `
    SELECT table_name AS offender FROM tenant
    WHERE NOT EXISTS (SELECT FROM pg_index WHERE indrelid = tenant.oid AND indisprimary)`,

  "every primary key and unique index starts with org_id": `
    SELECT indexrelid::regclass::text AS offender
    FROM pg_index JOIN tenant ON tenant.oid = indrelid
    WHERE indisunique AND (SELECT attname FROM pg_attribute WHERE attrelid = indrelid AND attnum = indkey[0])
                          IS DISTINCT FROM 'org_id'`,

  "every foreign key between tenant tables pairs org_id with org_id": `
    SELECT conname::text AS offender
    FROM pg_constraint
    JOIN tenant AS child ON child.oid = conrelid
    JOIN tenant AS parent ON parent.oid = confrelid
    WHERE contype = 'f' AND NOT EXISTS (
      SELECT FROM unnest(conkey, confkey) AS pair(here, there)
      JOIN pg_attribute AS ours ON ours.attrelid = conrelid AND ours.attnum = here
      JOIN pg_attribute AS theirs ON theirs.attrelid = confrelid AND theirs.attnum = there
      WHERE ours.attname = 'org_id' AND theirs.attname = 'org_id')`,

  "every tenant table refers to its organization": `
    SELECT table_name AS offender FROM tenant
    WHERE NOT EXISTS (
      SELECT FROM pg_constraint
      WHERE contype = 'f' AND conrelid = tenant.oid AND confrelid = to_regclass('organization')
        AND conkey = (SELECT array_agg(attnum) FROM pg_attribute WHERE attrelid = tenant.oid AND attname = 'org_id'))`,

  // Without one, every delete or key change in the parent reads the whole child table.
  "every foreign key has an index that begins with its columns": `
    SELECT conname::text AS offender
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT FROM pg_index
      WHERE indrelid = conrelid AND indpred IS NULL AND indisvalid
        AND (SELECT array_agg(key ORDER BY key) FROM unnest((indkey::int2[])[0:cardinality(conkey) - 1]) AS key)
          = (SELECT array_agg(key ORDER BY key) FROM unnest(conkey) AS key))`,
} as const;

type Rule = keyof typeof rules;

/** For each rule what breaks it, made on purpose, and how the check names it. */
const offences: Record<Rule, { sql: string; offender: string }> = {
  "every tenant table has an org_id that is never null": {
    sql: "CREATE TABLE offence (org_id uuid, id uuid PRIMARY KEY)",
    offender: "offence",
  },
  "every tenant table has a primary key": {
    sql: "CREATE TABLE offence (org_id uuid NOT NULL, id uuid NOT NULL)",
    offender: "offence",
  },
  "every primary key and unique index starts with org_id": {
    sql: "CREATE UNIQUE INDEX offence ON contact (lower(email), org_id)",
    offender: "offence",
  },
  "every foreign key between tenant tables pairs org_id with org_id": {
    sql: `CREATE UNIQUE INDEX ON tag (id);
          ALTER TABLE deal ADD CONSTRAINT offence FOREIGN KEY (id) REFERENCES tag (id)`,
    offender: "offence",
  },
  "every tenant table refers to its organization": {
    sql: "CREATE TABLE offence (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id))",
    offender: "offence",
  },
  "every foreign key has an index that begins with its columns": {
    sql: `ALTER TABLE deal ADD tag_id uuid;
          CREATE INDEX ON deal (org_id, tag_id) WHERE tag_id IS NOT NULL AND status = 'OPEN';
          CREATE INDEX ON deal (org_id, stage, tag_id);
          ALTER TABLE deal ADD CONSTRAINT offence FOREIGN KEY (org_id, tag_id) REFERENCES tag (org_id, id)`,
    offender: "offence",
  },
};

describe("the catalogue of the migrated database", () => {
  // Offences are committed in a database of their own: they would lock the one that other tests use.
  let embedded: Embedded;
  let client: pg.Client;

  beforeAll(async () => {
    embedded = await startEmbedded({});
    const pool = new pg.Pool(embedded.connection);
    await applyMigrations(pool, true);
    await pool.end();
    client = new pg.Client(embedded.connection);
    await client.connect();
  }, 60_000);
  afterAll(async () => {
    await client?.end();
    await embedded?.close();
  });
  beforeEach(() => client.query("BEGIN"));
  afterEach(() => client.query("ROLLBACK"));

  const offenders = async (rule: Rule, at: Pick<pg.ClientBase, "query"> = client): Promise<string[]> => {
    const { rows } = await at.query<{ offender: string }>(
      `WITH tenant AS (
         SELECT oid, relname::text AS table_name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> ALL ($1))
       ${rules[rule]}
       ORDER BY 1`,
      [notTenants],
    );
    return rows.map((row) => row.offender);
  };

  const names = Object.keys(rules) as Rule[];

  test.each(names)("%s", async (rule) => {
    expect(await offenders(rule, (await testDatabase()).pool)).toEqual([]);
  });

  test.each(names)("what breaks it is found: %s", async (rule) => {
    const { sql, offender } = offences[rule];
    await client.query(sql);

    expect(await offenders(rule)).toEqual(expect.arrayContaining([offender]));
  });

  test("the tables that belong to no organization are the ones named here", async () => {
    const { rows } = await (await testDatabase()).pool.query<{ name: string }>(
      `SELECT relname::text AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
         AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'org_id')`,
    );
    expect(rows.map((row) => row.name).sort()).toEqual([...notTenants].sort());
  });
});
