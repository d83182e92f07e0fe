import { ownedModels } from "../../src/db/models.ts";
import { testDatabase } from "../support/database.ts";
import type { World } from "./world.ts";

/** Every row of the planted organizations, what an operation changed in them, and how it is undone. */

interface Table {
  readonly name: string;
  /** The column by which rows belong to one of the organizations. */
  readonly organization: "org_id" | "id";
  /** SQL of a row's key as text. */
  readonly key: string;
}

export interface Change {
  readonly table: string;
  readonly orgId: string;
  readonly key: string;
  /** Null for a row that is new. */
  readonly before: string | null;
  /** Null for a row that is gone. */
  readonly after: string | null;
}

/** By table and organization. */
type Sums = Map<string, string>;
type RowsOf = Map<string, string>;

/** SQL of a row as text; when a key was used last is not a part of it. */
export const rowText = (table: string): string =>
  table === "api_key" ? `(to_jsonb(r) || '{"last_used_at": null}')::text` : "to_jsonb(r)::text";

const place = (table: string, orgId: string) => `${table} ${orgId}`;

export class Rows {
  #sums: Sums = new Map();
  readonly #rows = new Map<string, RowsOf>();

  private constructor(
    private readonly tables: readonly Table[],
    private readonly organizations: readonly string[],
  ) {}

  /** @param organizations their ids, those of copies among them */
  static async of(organizations: readonly string[]): Promise<Rows> {
    const rows = new Rows(await tablesOf(), organizations);
    for (const table of rows.tables)
      for (const orgId of organizations)
        rows.#rows.set(place(table.name, orgId), await rows.#read(table, orgId));
    rows.#sums = await rows.#sum();
    return rows;
  }

  /** What has changed since the rows were read; a key's last use is no change. */
  async changes(): Promise<Change[]> {
    const sums = await this.#sum();
    const changes: Change[] = [];
    for (const table of this.tables)
      for (const orgId of this.organizations) {
        const at = place(table.name, orgId);
        if (sums.get(at) === this.#sums.get(at)) continue;
        const before = this.#rows.get(at) ?? new Map();
        const after = await this.#read(table, orgId);
        for (const key of new Set([...before.keys(), ...after.keys()])) {
          const [was, is] = [before.get(key) ?? null, after.get(key) ?? null];
          if (was !== is) changes.push({ table: table.name, orgId, key, before: was, after: is });
        }
      }
    return changes;
  }

  /** Undoes changes, past every rule of the database. */
  async undo(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { pool } = await testDatabase();
    const client = await pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      for (const table of this.tables) {
        const own = changes.filter((change) => change.table === table.name);
        if (own.length === 0) continue;
        const { name, organization, key } = table;
        for (const orgId of new Set(own.map((change) => change.orgId))) {
          const keys = own.filter((change) => change.orgId === orgId).map((change) => change.key);
          await client.query(`DELETE FROM ${name} AS r WHERE ${organization} = $1 AND ${key} = ANY ($2)`, [
            orgId,
            keys,
          ]);
        }
        const lost = own.flatMap(({ before }) => before ?? []);
        if (lost.length > 0)
          await client.query(
            `INSERT INTO ${name} SELECT * FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)`,
            [`[${lost.join()}]`],
          );
      }
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
    this.#sums = await this.#sum();
  }

  async #read({ name, organization, key }: Table, orgId: string): Promise<RowsOf> {
    const { pool } = await testDatabase();
    const { rows } = await pool.query<{ key: string; row: string }>(
      `SELECT ${key} AS key, ${rowText(name)} AS row FROM ${name} AS r WHERE ${organization} = $1`,
      [orgId],
    );
    return new Map(rows.map((row) => [row.key, row.row]));
  }

  /** Each table's rows by who wrote them last: it changes with every change. */
  async #sum(): Promise<Sums> {
    const { pool } = await testDatabase();
    const text = this.tables
      .map(
        ({ name, organization }) =>
          `SELECT '${name} ' || ${organization} AS place, count(*) || ' ' || sum(xmin::text::bigint) AS sum
           FROM ${name} WHERE ${organization} = ANY ($1) GROUP BY ${organization}`,
      )
      .join(" UNION ALL ");
    const { rows } = await pool.query<{ place: string; sum: string }>({
      name: "tenancy_sums",
      text,
      values: [this.organizations],
    });
    return new Map(rows.map(({ place: at, sum }) => [at, sum]));
  }
}

/** Every table whose rows belong to an organization, and the organizations themselves. */
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

/** The ids of the planted organizations. */
export const organizationsOf = ({ ours, theirs, tests }: World): string[] =>
  [ours, theirs, tests].map(({ organization }) => organization.id);
