import { Prisma } from "../../generated/prisma/client.ts";
import { columnOf } from "../prisma/columns.ts";
import { type ContactRow, type DealRow, type LeadRow, unreadColumns } from "../prisma/rows.ts";

/**
 * The rows of the row store, each read as one JSON object: to read the description of 35 columns and to parse each of
 * them, the driver takes as long as for all else of a statement.
 */

/** The rows that are read and changed one by one. */
export interface StoredRows {
  contact: ContactRow;
  lead: LeadRow;
  deal: DealRow;
}

export type StoredModel = keyof StoredRows;

/** Columns to set, by Prisma's field names. */
export type Values = Readonly<Record<string, unknown>>;

/** A type that JSON does not have: a value that is not exact as PostgreSQL writes it there. */
type Kind = "moment" | "day" | "decimal";

/** The columns of these types. Those of other types are the same in JSON and in the driver's rows. */
type Kinds<Row> = {
  [Name in keyof Row as Row[Name] extends Date | Prisma.Decimal | bigint | Uint8Array | null
    ? Name
    : never]: Kind;
};

const stamps = { createdAt: "moment", updatedAt: "moment" } as const;
const places = { deletedAt: "moment", purgedAt: "moment" } as const;

const kinds: { readonly [Name in StoredModel]: Kinds<StoredRows[Name]> } = {
  contact: { ...stamps, ...places, lastCallAt: "moment" },
  lead: { ...stamps, ...places, convertedAt: "moment", dealValue: "decimal" },
  deal: { ...stamps, value: "decimal", expectedCloseOn: "day" },
};

/** SQL that writes a value as JSON without loss, whatever the session's settings, and the value that it stands for. */
const exact: Readonly<Record<Kind, { sql(column: string): string; read(value: never): unknown }>> = {
  moment: {
    sql: (column) => `(extract(epoch FROM ${column}) * 1000)::float8`,
    read: (milliseconds: number) => new Date(milliseconds),
  },
  // Midnight UTC, as Prisma returns it.
  day: { sql: (column) => `${column}::text`, read: (day: string) => new Date(`${day}T00:00:00Z`) },
  decimal: { sql: (column) => `${column}::text`, read: (text: string) => new Prisma.Decimal(text) },
};

const select = (model: StoredModel, field: string): string => {
  const kind = (kinds[model] as Readonly<Record<string, Kind>>)[field];
  return `${kind ? exact[kind].sql(columnOf(field)) : columnOf(field)} AS "${field}"`;
};

/**
 * SQL of a row's JSON, for `rowOf`. Derived columns are left out, because no read returns them.
 *
 * @param fields the columns to read
 */
export const rowJson = (model: StoredModel, fields: readonly string[]): string => {
  const shown = fields.filter((field) => !Object.hasOwn(unreadColumns[model], field));
  const selected = (shown.length > 0 ? shown : ["id"]).map((field) => select(model, field));
  return `(SELECT row_to_json(r) FROM (SELECT ${selected.join(", ")}) AS r) AS row`;
};

const readers = Object.fromEntries(
  Object.entries(kinds).map(([model, columns]) => [
    model,
    Object.entries(columns).map(([field, kind]) => [field, exact[kind].read] as const),
  ]),
) as unknown as Readonly<Record<StoredModel, readonly (readonly [string, (value: unknown) => unknown])[]>>;

/** The columns of a row, from its JSON as the driver parsed it. */
export function rowOf(model: StoredModel, json: Record<string, unknown>): Values {
  for (const [field, read] of readers[model]) if (json[field] != null) json[field] = read(json[field]);
  return json;
}
