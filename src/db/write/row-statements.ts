import { Prisma } from "../../generated/prisma/client.ts";
import type { Send } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import type { StatementNames } from "../prisma/statement-names.ts";
import { ScopeError } from "../scope/rules.ts";
import type { ColumnLimits } from "../scope/scope.ts";
import { parameterOf, rowTypes } from "../types.ts";
import { type AuditRow, auditValue, insertAudit } from "./audit.ts";
import { addressMoves, type Movable } from "./contact-emails.ts";
import { rowJson, rowOf, type StoredModel, type Values } from "./stored-rows.ts";

/** The statements of the row store: reading a row, with or without a lock, and changing it. */

const columns: Readonly<Record<StoredModel, readonly string[]>> = {
  contact: Object.keys(Prisma.ContactScalarFieldEnum),
  lead: Object.keys(Prisma.LeadScalarFieldEnum),
  deal: Object.keys(Prisma.DealScalarFieldEnum),
};

const whole: Readonly<Record<StoredModel, string>> = {
  contact: rowJson("contact", columns.contact),
  lead: rowJson("lead", columns.lead),
  deal: rowJson("deal", columns.deal),
};

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

interface Found {
  readonly row: Record<string, unknown>;
  readonly xmin?: string;
}

async function first(
  { send, nameOf }: StoreConnection,
  text: string,
  values: unknown[],
): Promise<Found | undefined> {
  const { rows } = await send({ name: nameOf(text), text, values, types: rowTypes });
  return rows[0] as Found | undefined;
}

/**
 * Reads a row and locks it.
 *
 * @param limits columns that decide what the member may see, with their values
 * @param mustBeNull a column that must be null
 */
export async function readLocked(
  connection: StoreConnection,
  model: StoredModel,
  id: string,
  limits: ColumnLimits,
  mustBeNull?: string,
): Promise<Values | null> {
  const values: unknown[] = [];
  const where = confined({ ...limits, id }, values);
  const further = mustBeNull === undefined ? "" : ` AND ${columnOf(mustBeNull)} IS NULL`;
  const text = `SELECT ${whole[model]} FROM ${model} WHERE ${where}${further} FOR UPDATE`;
  const found = await first(connection, text, values);
  return found ? rowOf(model, found.row) : null;
}

/**
 * Reads a row without a lock.
 *
 * @param limits columns that decide what the member may see, with their values
 * @returns the row, with the id of the transaction that wrote it (`xmin`)
 */
export async function readUnlocked(
  connection: StoreConnection,
  model: StoredModel,
  id: string,
  limits: ColumnLimits,
): Promise<{ readonly row: Values; readonly xmin: string } | null> {
  const values: unknown[] = [];
  const where = confined({ ...limits, id }, values);
  const text = `SELECT ${whole[model]}, xmin::text AS xmin FROM ${model} WHERE ${where}`;
  const found = await first(connection, text, values);
  return found ? { row: rowOf(model, found.row), xmin: String(found.xmin) } : null;
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
    if (!columns[model].includes(field) || field === "id" || field === "orgId") {
      throw new ScopeError(`${model}.${field} cannot be written`);
    }
    const place = `$${values.push(parameterOf(change[field]))}`;
    return `${columnOf(field)} = ${(keepCustom && keepingCustom[field]?.(place)) || place}`;
  });
  const update = `UPDATE ${model} SET ${set.join(", ")} WHERE ${where} RETURNING ${rowJson(model, fields)}`;
  const steps = [
    ...moveSteps(model, before, change, values),
    ...(event === null ? [] : [eventStep(limits.orgId, event, values)]),
  ];
  const text =
    steps.length === 0 ? update : `WITH changed AS (${update}), ${steps.join(", ")} SELECT * FROM changed`;
  const found = await first(connection, text, values);
  return found ? { ...before, ...rowOf(model, found.row) } : null;
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
 * @param event the audit event, written by the same statement
 */
export async function insertContact(
  connection: StoreConnection,
  row: Values & { readonly id: string },
  event: AuditRow | null,
): Promise<Values> {
  const values: unknown[] = [];
  const fields = Object.keys(row);
  const places = fields.map((field) => {
    if (!columns.contact.includes(field)) {
      throw new ScopeError(`contact.${field} cannot be written`);
    }
    return `$${values.push(parameterOf(row[field]))}`;
  });
  const insert = `INSERT INTO contact (${fields.map(columnOf).join(", ")}) VALUES (${places.join(", ")})
     RETURNING ${whole.contact}`;
  const { come } = addressMoves(null, row);
  const [org, id, list] = [row.orgId, row.id, come].map((value) => `$${values.push(value)}`);
  const audited =
    event && `, audited AS (${insertAudit(values.push(auditValue(String(row.orgId), [event])))})`;
  const made = await first(
    connection,
    `WITH made AS (${insert}), come AS (
       INSERT INTO contact_email (org_id, email_key, contact_id)
       SELECT ${org}::uuid, key, ${id}::uuid FROM unnest(${list}::text[]) AS key ORDER BY key)${audited ?? ""}
     SELECT * FROM made`,
    values,
  );
  if (!made) throw new Error("a contact was not inserted");
  return rowOf("contact", made.row);
}
