import { randomBytes } from "node:crypto";
import { entities } from "../../src/db/entities.ts";
import type { AnyOwned } from "../../src/db/entity.ts";
import { encodeId, type IdType } from "../../src/db/ids.ts";
import type { OwnedName } from "../../src/db/models.ts";
import { parentColumns, pointerColumn } from "../../src/db/references.ts";
import { newId } from "../../src/lib/typeid.ts";
import { testDatabase } from "./database.ts";
import type { Organization } from "./makers.ts";

/**
 * Inserts a row of any model, by the columns that the database has, so that tests can go through all models.
 */

export type PlantedColumns = Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  /** Name of its SQL type. */
  readonly type: string;
  readonly required: boolean;
  /** Its first value if it is an enum. */
  readonly label: string | null;
}

async function columnsOfTable(table: string): Promise<Column[]> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<Column>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AND NOT a.atthasdef AS required,
       (SELECT e.enumlabel FROM pg_enum AS e WHERE e.enumtypid = a.atttypid ORDER BY e.enumsortorder LIMIT 1) AS label
     FROM pg_attribute AS a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    [table],
  );
  return rows;
}

/** Values that CHECK constraints of some tables require. */
const demanded: Readonly<Record<string, (columns: PlantedColumns) => PlantedColumns>> = {
  contact: ({ merged_into_id: merged }) => (merged === undefined ? {} : { deleted_at: new Date() }),
  lead: ({ converted_contact_id: converted }) =>
    converted === undefined ? {} : { converted_at: new Date(), status: "CONVERTED" },
  tag: () => ({ color: "#00aa00" }),
  // In an end state, so that no runner claims them.
  import_job: () => ({ state: "DONE", finished_at: new Date() }),
  bulk_job: () => ({ state: "DONE", finished_at: new Date() }),
  export_job: () => ({ state: "DONE", finished_at: new Date() }),
  audit_event: ({ record_ids = [] }) => ({
    record_type: "Contact",
    job_type: "BulkJob",
    record_ids,
    fields: [],
  }),
};

let counter = 0;

/** A value of a column's type as JSON; its text begins with the mark. */
function exampleOf({ type, label }: Column, mark: string): unknown {
  counter += 1;
  const text = `${mark}_${counter}`;
  if (label !== null) return label;
  if (type === "text") return text;
  if (type === "text[]") return [text];
  if (type === "jsonb") return { [text]: text };
  if (type === "uuid") return newId();
  if (type === "bytea") return `\\x${randomBytes(32).toString("hex")}`;
  if (type === "character(3)") return "EUR";
  if (type.startsWith("timestamp") || type === "date") return new Date();
  if (type === "boolean") return false;
  return type.endsWith("[]") ? [] : 1;
}

const isText = (type: string) => type === "text" || type === "text[]" || type === "jsonb";

/**
 * Inserts a row, and the rows that it must point to.
 *
 * @param columns by their names in the database; a required parent that is not given is inserted too
 * @param mark starts every text of the row, also in nullable columns; without it, only required columns are filled
 */
export async function plant(
  model: OwnedName,
  organization: Organization,
  columns: PlantedColumns = {},
  mark?: string,
): Promise<{ id: string; globalId: string }> {
  if (model === "Member") return organization.member();
  const { pool } = await testDatabase();
  const row: AnyOwned = entities[model];
  const all = await columnsOfTable(row.table);
  const values: Record<string, unknown> = {
    ...demanded[row.table]?.(columns),
    ...columns,
    org_id: organization.id,
  };
  const parents = parentColumns(row);
  const [parent] = parents.some((name) => name in values) ? [] : parents;
  for (const [pointer, { to }] of Object.entries(row.pointers)) {
    const name = pointerColumn(pointer);
    const needed = name === parent || all.some((column) => column.name === name && column.required);
    if (needed && !(name in values)) values[name] = (await plant(to as OwnedName, organization)).id;
  }
  for (const column of all) {
    if (column.name in values) continue;
    if (column.required || (mark !== undefined && isText(column.type))) {
      values[column.name] = exampleOf(column, mark ?? "planted");
    }
  }
  const names = Object.keys(values)
    .map((name) => `"${name}"`)
    .join(", ");
  await pool.query(
    `INSERT INTO ${row.table} (${names}) SELECT ${names} FROM jsonb_populate_record(NULL::${row.table}, $1::jsonb)`,
    [JSON.stringify(values)],
  );
  const id = String(values.id);
  return { id, globalId: row.ids ? encodeId(model as IdType, id) : "" };
}
