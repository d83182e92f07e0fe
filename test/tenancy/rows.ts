import { escapeLiteral } from "pg";
import { ownedModels } from "../../src/db/models.ts";
import { testDatabase } from "../support/database.ts";
import type { World } from "./world.ts";

/** All rows of the test organizations: finds the changes of an operation, and undoes them. */

interface Table {
  readonly name: string;
  /** The column with the id of the organization. */
  readonly organization: "org_id" | "id";
  /** SQL of a row's key as text. */
  readonly key: string;
}

export interface Change {
  readonly table: string;
  readonly orgId: string;
  readonly key: string;
  /** Null for a new row. */
  readonly before: string | null;
  /** Null for a deleted row. */
  readonly after: string | null;
}

/** By table and organization. */
type RowsOf = Map<string, string>;

/** SQL of a row as text, without the last use of a key. */
export const rowText = (table: string): string =>
  table === "api_key" ? `(to_jsonb(r) || '{"last_used_at": null}')::text` : "to_jsonb(r)::text";

const place = (table: string, orgId: string) => `${table} ${orgId}`;

export class Rows {
  /** The number of writing transactions, in all databases of the server, at the last moment without changes. */
  #writes = "";
  readonly #rows = new Map<string, RowsOf>();

  private constructor(
    private readonly tables: readonly Table[],
    private readonly organizations: readonly string[],
  ) {}

  /** @param organizations ids of the organizations, including copies */
  static async of(organizations: readonly string[]): Promise<Rows> {
    const rows = new Rows(await tablesOf(), organizations);
    rows.#writes = await writesNow();
    const { pool } = await testDatabase();
    for (const { name, organization, key } of rows.tables) {
      for (const orgId of organizations) rows.#rows.set(place(name, orgId), new Map());
      const found = await pool.query<{ of: string; key: string; row: string }>(
        `SELECT ${organization} AS of, ${key} AS key, ${rowText(name)} AS row
         FROM ${name} AS r WHERE ${organization} = ANY ($1)`,
        [organizations],
      );
      for (const { of, key: at, row } of found.rows) rows.#rows.get(place(name, of))?.set(at, row);
    }
    return rows;
  }

  /** The changes since the rows were read, except the last use of keys. */
  async changes(): Promise<Change[]> {
    // Most operations write nothing.
    const writes = await writesNow();
    if (writes === this.#writes) return [];
    const changes: Change[] = [];
    for (const { table, orgId, count } of await this.#touched()) {
      const before = this.#rows.get(place(table.name, orgId)) ?? new Map();
      let expected = before.size;
      for (const [key, after] of await writtenSince(this.#writes, table, orgId)) {
        const was = before.get(key) ?? null;
        if (was === null) expected += 1;
        if (was !== after) changes.push({ table: table.name, orgId, key, before: was, after });
      }
      if (count === expected) continue;
      const left = await keysOf(table, orgId);
      for (const [key, was] of before)
        if (!left.has(key)) changes.push({ table: table.name, orgId, key, before: was, after: null });
    }
    if (changes.length === 0) this.#writes = writes;
    return changes;
  }

  /** Undoes changes, with the database's triggers and foreign keys disabled. */
  async undo(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { pool } = await testDatabase();
    const statements = ["SET LOCAL session_replication_role = replica"];
    for (const { name, organization, key } of this.tables) {
      const own = changes.filter(({ table }) => table === name);
      for (const orgId of new Set(own.map((change) => change.orgId))) {
        const keys = own
          .filter((change) => change.orgId === orgId)
          .map((change) => escapeLiteral(change.key));
        statements.push(
          `DELETE FROM ${name} AS r WHERE ${organization} = ${escapeLiteral(orgId)} AND ${key} IN (${keys})`,
        );
      }
      const lost = own.flatMap(({ before }) => before ?? []);
      if (lost.length > 0)
        statements.push(
          `INSERT INTO ${name} SELECT * FROM jsonb_populate_recordset(NULL::${name}, ${escapeLiteral(`[${lost}]`)})`,
        );
    }
    // Sent as one query, they are one transaction.
    await pool.query(statements.join(";\n"));
    this.#writes = await writesNow();
  }

  /** Tables and organizations whose number of rows has changed, or whose rows were written since the last check. */
  async #touched(): Promise<{ table: Table; orgId: string; count: number }[]> {
    const { pool } = await testDatabase();
    // A statement without parameters is planned only once.
    const organizations = this.organizations.map((orgId) => escapeLiteral(orgId));
    const selects = this.tables.map(
      ({ name, organization }) =>
        `SELECT '${name} ' || ${organization}, count(*)::int, min(age(xmin))
         FROM ${name} WHERE ${organization} IN (${organizations}) GROUP BY ${organization}`,
    );
    const { rows } = await pool.query<{ place: string; count: number; age: number }>({
      name: `tenancy_touched_${this.organizations[0]}`,
      text: [
        `SELECT pg_snapshot_xmax(now)::text AS place, 0 AS count, age(pg_snapshot_xmax(now)::xid) AS age
         FROM pg_current_snapshot() AS now`,
        ...selects,
      ].join(" UNION ALL "),
    });
    const [now, ...found] = rows;
    const since = (now?.age ?? 0) + Number(now?.place) - Number(this.#writes);
    const at = new Map(found.map((row) => [row.place, row]));
    return this.tables.flatMap((table) =>
      this.organizations.flatMap((orgId) => {
        const { count = 0, age = Number.POSITIVE_INFINITY } = at.get(place(table.name, orgId)) ?? {};
        const isTouched = age <= since || count !== this.#rows.get(place(table.name, orgId))?.size;
        return isTouched ? [{ table, orgId, count }] : [];
      }),
    );
  }
}

async function writesNow(): Promise<string> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ writes: string }>(
    "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS writes",
  );
  return rows[0]?.writes ?? "";
}

/** The rows of an organization in a table that were written after a number of writing transactions. */
async function writtenSince(writes: string, table: Table, orgId: string): Promise<RowsOf> {
  const { name, organization, key } = table;
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ key: string; row: string }>(
    `SELECT ${key} AS key, ${rowText(name)} AS row FROM ${name} AS r
     WHERE ${organization} = $1 AND age(r.xmin) <= age($2::xid8::xid)`,
    [orgId, writes],
  );
  return new Map(rows.map((row) => [row.key, row.row]));
}

async function keysOf({ name, organization, key }: Table, orgId: string): Promise<Set<string>> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ key: string }>(
    `SELECT ${key} AS key FROM ${name} AS r WHERE ${organization} = $1`,
    [orgId],
  );
  return new Set(rows.map((row) => row.key));
}

/** Every table whose rows belong to an organization, and the table of organizations. */
async function tablesOf(): Promise<Table[]> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ name: string; key: string[] }>(
    `SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS key
     FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
     JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
     WHERE i.indisprimary AND c.relname = ANY ($1) GROUP BY c.relname`,
    [ownedModels.map(([, { table }]) => table)],
  );
  const owned = rows.map(({ name, key }): Table => {
    const columns = key.map((column) => `r.${column}`).join(", ");
    return { name, organization: "org_id", key: `concat_ws('|', ${columns})` };
  });
  return [...owned, { name: "organization", organization: "id", key: "r.id::text" }];
}

/** The ids of the test organizations. */
export const organizationsOf = ({ ours, theirs, tests }: World): string[] =>
  [ours, theirs, tests].map(({ organization }) => organization.id);
