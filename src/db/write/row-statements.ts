import { Prisma } from "../../generated/prisma/client.ts";
import type { Send } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import {
  type ContactRow,
  type DealRow,
  derivedColumns,
  derivedDealColumns,
  type LeadRow,
} from "../prisma/rows.ts";
import type { StatementNames } from "../prisma/statement-names.ts";
import { ScopeError } from "../scope/rules.ts";
import type { ColumnLimits } from "../scope/scope.ts";
import { parameterOf, rowTypes } from "../types.ts";
import { type AuditRow, auditValue, insertAudit } from "./audit.ts";
import { addressMoves, type Movable } from "./contact-emails.ts";

/** The statements of the row store: reading a row, with or without a lock, and changing it. */

/** The rows that are read and changed one by one. */
export interface StoredRows {
  contact: ContactRow;
  lead: LeadRow;
  deal: DealRow;
}

export type StoredModel = keyof StoredRows;

/** Columns to set, by Prisma's field names. */
export type Values = Readonly<Record<string, unknown>>;

const tables = {
  contact: { all: Object.keys(Prisma.ContactScalarFieldEnum), derived: derivedColumns },
  lead: { all: Object.keys(Prisma.LeadScalarFieldEnum), derived: derivedColumns },
  deal: { all: Object.keys(Prisma.DealScalarFieldEnum), derived: derivedDealColumns },
} as const satisfies Record<StoredModel, { all: readonly string[]; derived: object }>;

const isShown = (model: StoredModel, field: string) => !Object.hasOwn(tables[model].derived, field);

const listed = (fields: readonly string[]): string =>
  fields.map((field) => `${columnOf(field)} AS "${field}"`).join(", ");

const shown = Object.fromEntries(
  (Object.keys(tables) as StoredModel[]).map((model) => [
    model,
    listed(tables[model].all.filter((field) => isShown(model, field))),
  ]),
);

/** Matches the keys and tokens of custom fields; no others begin like this. */
const custom = "LIKE 'custom.%'";

/** SQL of the new value of `keys` and `facets`, with the parts of custom fields taken from the row. */
const keepingCustom: Readonly<Record<string, (value: string) => string>> = {
  keys: (value) =>
    `${value}::jsonb || coalesce((SELECT jsonb_object_agg(k.key, k.value) FROM jsonb_each(keys) AS k
       WHERE k.key ${custom}), '{}')`,
  facets: (value) =>
    `${value}::text[] || ARRAY(SELECT f.token FROM unnest(facets) WITH ORDINALITY AS f(token, place)
       WHERE f.token ${custom} ORDER BY f.place)`,
};

/** SQL conditions on columns. Their values are appended to the statement's. */
function confined(limits: Values, values: unknown[]): string {
  return Object.entries(limits)
    .map(([field, value]) => `${columnOf(field)} = $${values.push(value)}`)
    .join(" AND ");
}

/**
 * Sends the store's statements. The number of their texts is bounded by the sets of columns that are changed together.
 */
export interface StoreConnection {
  readonly send: Send;
  readonly nameOf: StatementNames;
}

async function first(
  { send, nameOf }: StoreConnection,
  text: string,
  values: unknown[],
): Promise<Values | null> {
  const { rows } = await send({ name: nameOf(text), text, values, types: rowTypes });
  return (rows[0] as Values | undefined) ?? null;
}

/**
 * Reads a row and locks it.
 *
 * @param limits columns that decide what the member may see, with their values
 * @param mustBeNull a column that must be null
 */
export function readLocked(
  connection: StoreConnection,
  model: StoredModel,
  id: string,
  limits: ColumnLimits,
  mustBeNull?: string,
): Promise<Values | null> {
  const values: unknown[] = [];
  const where = confined({ ...limits, id }, values);
  const further = mustBeNull === undefined ? "" : ` AND ${columnOf(mustBeNull)} IS NULL`;
  const text = `SELECT ${shown[model]} FROM ${model} WHERE ${where}${further} FOR UPDATE`;
  return first(connection, text, values);
}

/**
 * Reads a row without a lock.
 *
 * @param limits columns that decide what the member may see, with their values
 * @returns the row, with the id of the transaction that wrote it (`xmin`)
 */
export function readUnlocked(
  connection: StoreConnection,
  model: StoredModel,
  id: string,
  limits: ColumnLimits,
): Promise<Values | null> {
  const values: unknown[] = [];
  const where = confined({ ...limits, id }, values);
  return first(connection, `SELECT ${shown[model]}, xmin::text AS xmin FROM ${model} WHERE ${where}`, values);
}

/**
 * Changes a row, if it still has the version that was read.
 *
 * @param before the row as it was read
 * @param change columns to set, by Prisma's field names
 * @param keepCustom whether the parts of `keys` and `facets` that come from custom fields stay as they are in the row
 * @param limits columns that decide what the member may see, and others, with the values that they must have
 * @param event the audit event of the change, written by the same statement
 * @returns the row after the change; null if no row meets the limits and the version
 */
export async function changeRow(
  connection: StoreConnection,
  model: StoredModel,
  before: Values & { readonly id: string; readonly version: number },
  change: Values,
  keepCustom: boolean,
  limits: ColumnLimits,
  event: AuditRow | null,
): Promise<Values | null> {
  const values: unknown[] = [];
  const fields = Object.keys(change);
  const where = confined({ ...limits, id: before.id, version: before.version }, values);
  const set = fields.map((field) => {
    if (!(tables[model].all as readonly string[]).includes(field) || field === "id" || field === "orgId") {
      throw new ScopeError(`${model}.${field} cannot be written`);
    }
    const place = `$${values.push(parameterOf(change[field]))}`;
    return `${columnOf(field)} = ${(keepCustom && keepingCustom[field]?.(place)) || place}`;
  });
  const written = listed(fields.filter((field) => isShown(model, field)));
  const update = `UPDATE ${model} SET ${set.join(", ")} WHERE ${where} RETURNING ${written || "id"}`;
  const steps = [
    ...moveSteps(model, before, change, values),
    ...(event === null ? [] : [eventStep(limits.orgId, event, values)]),
  ];
  const text =
    steps.length === 0 ? update : `WITH changed AS (${update}), ${steps.join(", ")} SELECT * FROM changed`;
  const row = await first(connection, text, values);
  return row && { ...before, ...row };
}

/** Condition of the other parts of a change's statement: they do nothing if no row changes. */
const ONE = "EXISTS (SELECT FROM changed)";

/** CTE that writes the audit event of a change. */
const eventStep = (orgId: string, event: AuditRow, values: unknown[]): string =>
  `audited AS (${insertAudit(values.push(auditValue(orgId, [event])), ONE)})`;

/** CTEs that change a contact's addresses with the contact. */
function moveSteps(
  model: StoredModel,
  before: Values & { readonly id: string },
  change: Values,
  values: unknown[],
): string[] {
  if (model !== "contact") return [];
  const { come, gone } = addressMoves(before as unknown as Movable, change);
  return [
    ...(gone.length > 0 ? [["gone", gone] as const] : []),
    ...(come.length > 0 ? [["come", come] as const] : []),
  ].map(([name, keys]) => {
    const [org, id, list] = [before.orgId, before.id, keys].map((value) => `$${values.push(value)}`);
    return name === "gone"
      ? `gone AS (DELETE FROM contact_email WHERE org_id = ${org}::uuid AND contact_id = ${id}::uuid
           AND email_key = ANY(${list}::text[]) AND ${ONE})`
      : `come AS (INSERT INTO contact_email (org_id, email_key, contact_id)
           SELECT ${org}::uuid, key, ${id}::uuid FROM unnest(${list}::text[]) AS key WHERE ${ONE} ORDER BY key)`;
  });
}

/**
 * Inserts a contact and its addresses in one statement.
 *
 * @param row its columns by Prisma's field names, including `orgId`
 */
export async function insertContact(
  connection: StoreConnection,
  row: Values & { readonly id: string },
): Promise<Values> {
  const values: unknown[] = [];
  const fields = Object.keys(row);
  const places = fields.map((field) => {
    if (!(tables.contact.all as readonly string[]).includes(field)) {
      throw new ScopeError(`contact.${field} cannot be written`);
    }
    return `$${values.push(parameterOf(row[field]))}`;
  });
  const insert = `INSERT INTO contact (${fields.map(columnOf).join(", ")}) VALUES (${places.join(", ")})
     RETURNING ${shown.contact}`;
  const { come } = addressMoves(null, row);
  const [org, id, list] = [row.orgId, row.id, come].map((value) => `$${values.push(value)}`);
  const made = await first(
    connection,
    `WITH made AS (${insert}), come AS (
       INSERT INTO contact_email (org_id, email_key, contact_id)
       SELECT ${org}::uuid, key, ${id}::uuid FROM unnest(${list}::text[]) AS key ORDER BY key)
     SELECT * FROM made`,
    values,
  );
  if (made === null) throw new Error("a contact was not inserted");
  return made;
}
