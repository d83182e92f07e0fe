import { ownedModels } from "../../src/db/models.ts";
import { testDatabase } from "../support/database.ts";
import { marksIn } from "./marks.ts";
import { rowText } from "./rows.ts";
import { ruleOf } from "./visible.ts";

/** All marks and ids that could leak, and those that a caller may learn. */

/** The member whose visible rows are determined. */
export interface Asker {
  readonly orgId: string;
  readonly memberId: string;
  readonly credentialId: string;
  readonly dataScope: "ALL" | "ASSIGNED";
  /** Whether the credential and the role have the scope ADMIN. */
  readonly isAdmin: boolean;
}

interface Row {
  readonly table: string;
  readonly id: string | null;
  readonly text: string;
}

/** What a caller may learn. */
export interface Known {
  /** Rows, as `<table> <text>`. */
  readonly rows: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly marks: ReadonlySet<string>;
}

const rowsWhere = async (conditions: readonly string[], values: readonly unknown[]): Promise<Row[]> => {
  const { pool } = await testDatabase();
  const selects = ownedModels.map(
    ([, { table }], at) =>
      `SELECT '${table}' AS table, to_jsonb(r) ->> 'id' AS id, ${rowText(table)} AS text
       FROM ${table} AS r WHERE r.org_id = $1 AND (${conditions[at]})`,
  );
  const { rows } = await pool.query<Row>(selects.join(" UNION ALL "), [...values]);
  return rows;
};

/** A member without a name is shown with the user's name. */
const peopleOf = async (orgId: string): Promise<string[]> => {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ text: string }>(
    `SELECT concat_ws(' ', CASE WHEN m.name IS NULL THEN u.name END, CASE WHEN m.email IS NULL THEN u.email END) AS text
     FROM member AS m JOIN app_user AS u ON u.id = m.user_id WHERE m.org_id = $1
     UNION ALL SELECT name FROM organization WHERE id = $1`,
    [orgId],
  );
  return rows.map(({ text }) => text);
};

const isId = (mark: string) => mark.length === 36;

function learnt(rows: readonly Row[], more: readonly string[]): Known {
  const ids = new Set(rows.flatMap(({ id }) => id ?? []));
  // Addresses of users may contain a mark.
  for (const mark of more.flatMap((text) => [...marksIn(text)])) ids.add(mark);
  const marks = new Set<string>();
  for (const text of [...rows.map((row) => row.text), ...more])
    for (const mark of marksIn(text)) if (!isId(mark)) marks.add(mark);
  return { rows: new Set(rows.map(({ table, text }) => `${table} ${text}`)), ids, marks };
}

/** What a caller may learn; nothing without a caller. */
export async function knownTo(asker: Asker | null): Promise<Known> {
  if (!asker) return learnt([], []);
  const { orgId, memberId, credentialId, dataScope, isAdmin } = asker;
  const conditions = ownedModels.map(([model]) => ruleOf(model, dataScope, isAdmin));
  // The statement uses every parameter, so that PostgreSQL can determine the types.
  const used = "$2::uuid IS NOT NULL AND $3::uuid IS NOT NULL AND";
  const rows = await rowsWhere(
    conditions.map((condition) => `${used} (${condition})`),
    [orgId, memberId, credentialId],
  );
  const known = learnt(rows, await peopleOf(orgId));
  return { ...known, ids: new Set([...known.ids, orgId]) };
}

/** All marks and ids of organizations, each with its origin. */
export async function secretsOf(organizations: readonly string[]): Promise<Map<string, string>> {
  const secrets = new Map<string, string>();
  const { pool } = await testDatabase();
  const everything = ownedModels.map(() => "true");
  for (const orgId of organizations) {
    for (const { table, id, text } of await rowsWhere(everything, [orgId])) {
      const from = `${table} ${id ?? ""} of organization ${orgId}`;
      if (id !== null) secrets.set(id, from);
      for (const mark of marksIn(text)) if (!isId(mark)) secrets.set(mark, from);
    }
    const { rows } = await pool.query<{ text: string }>(
      `SELECT concat_ws(' ', u.name, u.email) AS text FROM app_user AS u JOIN member AS m ON m.user_id = u.id
       WHERE m.org_id = $1 UNION ALL SELECT name FROM organization WHERE id = $1`,
      [orgId],
    );
    for (const { text } of rows)
      for (const mark of marksIn(text)) secrets.set(mark, `a user or the name of organization ${orgId}`);
    secrets.set(orgId, "an organization");
  }
  return secrets;
}
