import type pg from "pg";
import type { AuditEvent } from "../../generated/prisma/client.ts";
import { leastIdAt } from "../../lib/typeid.ts";
import type { Database } from "../database.ts";
import { entities } from "../entities.ts";
import { withTransaction } from "../open/connections.ts";
import { columnOf } from "../prisma/columns.ts";
import { parentColumns, pointersTo, type Reference } from "../references.ts";
import { auditValues, insertAudit, ownEvent } from "./audit.ts";
import { DROP_EMPTY_BUCKETS } from "./rate-buckets.ts";

/** Erases records that have been in the trash for too long, in every organization. */

/** The result of a purge. */
export interface Purged {
  /** Number of erased contacts and leads, whether deleted or reduced to stubs. */
  readonly contacts: number;
  readonly leads: number;
  /** Expired idempotency keys that were deleted. */
  readonly idempotencyKeys: number;
  /** Errors of old imports that were deleted. */
  readonly importErrors: number;
  /** Audit events that were deleted because of their age. */
  readonly auditEvents: number;
  /** False if another process was purging: then nothing was done. */
  readonly ran: boolean;
}

/** The times before which data are no longer needed. */
export interface PurgeLimits {
  /** Records trashed before this time are erased, and errors of imports that ended before it. */
  readonly trashedBefore: Date;
  /** Idempotency keys older than this are deleted. */
  readonly answeredBefore: Date;
  /** Audit events older than this are deleted; none if it is null. */
  readonly auditedBefore: Date | null;
}

/** Advisory lock key: an arbitrary number, the same for every process that purges the same database. */
const LOCK_KEY = 7_242_003;

/** Maximum number of rows of each kind in a transaction, which is short: the embedded database has one connection. */
const BATCH = 500;

/**
 * Erases records that were trashed before a time. A record that deals, conversations, activities or merged contacts
 * point to stays as a stub without data, so that they can show it as removed; every other record is deleted. One
 * process at a time, one transaction per batch: an interrupted purge is continued by the next one.
 *
 * @param stubs the values of a stub's columns
 */
export async function purge(
  { pool }: Pick<Database, "pool">,
  { trashedBefore, answeredBefore, auditedBefore }: PurgeLimits,
  stubs: Stubs,
): Promise<Purged> {
  const done = { contacts: 0, leads: 0, idempotencyKeys: 0, importErrors: 0, auditEvents: 0, ran: false };
  for (;;) {
    const batch = await withTransaction(pool, async (client) => {
      const { rows } = await client.query<{ free: boolean }>(
        `SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS free`,
      );
      if (!rows[0]?.free) return null;
      const contacts = await purgeModel(client, "Contact", stubs.Contact, trashedBefore);
      const leads = await purgeModel(client, "Lead", stubs.Lead, trashedBefore);
      const keys = await client.query(
        `DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM idempotency_key WHERE created_at < $1 LIMIT ${BATCH}))`,
        [answeredBefore],
      );
      await client.query(DROP_EMPTY_BUCKETS);
      const auditEvents = auditedBefore === null ? 0 : await dropEvents(client, auditedBefore);
      const errors = await client.query(
        `DELETE FROM import_error WHERE ctid = ANY(ARRAY(
           SELECT e.ctid FROM import_error AS e JOIN import_job AS j ON j.org_id = e.org_id AND j.id = e.job_id
           WHERE j.finished_at < $1 LIMIT ${BATCH}))`,
        [trashedBefore],
      );
      const [idempotencyKeys, importErrors] = [keys.rowCount ?? 0, errors.rowCount ?? 0];
      return { contacts, leads, idempotencyKeys, importErrors, auditEvents };
    });
    if (batch === null) return done;
    done.ran = true;
    done.contacts += batch.contacts;
    done.leads += batch.leads;
    done.idempotencyKeys += batch.idempotencyKeys;
    done.importErrors += batch.importErrors;
    done.auditEvents += batch.auditEvents;
    if (Math.max(...Object.values(batch)) < BATCH) return done;
  }
}

/** Audit events before a moment. Their ids begin with their time, so each organization's primary key finds them. */
const oldEvents = (place: number, limit: string) =>
  `organization AS o CROSS JOIN LATERAL
     (SELECT a.ctid FROM audit_event AS a WHERE a.org_id = o.id AND a.id < $${place}::uuid ${limit}) AS old`;

/** Deletes a batch of the audit events before a time. @returns how many */
async function dropEvents(client: pg.PoolClient, before: Date): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM audit_event WHERE ctid = ANY(ARRAY(
       SELECT old.ctid FROM ${oldEvents(1, `ORDER BY a.id LIMIT ${BATCH}`)} LIMIT ${BATCH}))`,
    [leastIdAt(before)],
  );
  return rowCount ?? 0;
}

/** How many records a purge would erase, and how many audit events it would delete. */
export async function countPurgeable(
  { pool }: Pick<Database, "pool">,
  { trashedBefore, auditedBefore }: Pick<PurgeLimits, "trashedBefore" | "auditedBefore">,
) {
  const { rows } = await pool.query<{ contacts: number; leads: number; auditEvents: number }>(
    `SELECT (SELECT count(*)::int FROM contact WHERE deleted_at < $1 AND purged_at IS NULL) AS contacts,
            (SELECT count(*)::int FROM lead WHERE deleted_at < $1 AND purged_at IS NULL) AS leads,
            (SELECT count(*)::int FROM ${oldEvents(2, "")}) AS "auditEvents"`,
    [trashedBefore, leastIdAt(auditedBefore ?? new Date(0))],
  );
  return rows[0] ?? { contacts: 0, leads: 0, auditEvents: 0 };
}

/** The values of a stub's columns, by Prisma's field names; other columns stay as they are. */
export type Stubs = Readonly<Record<"Contact" | "Lead", Readonly<Record<string, unknown>>>>;

/** FROM item of the records to purge, by their keys: `$1` organization ids, `$2` row ids. */
const THESE = "unnest($1::uuid[], $2::uuid[]) AS p(org_id, id)";

/** The statement for rows that point to purged records by this pointer; null if such rows stay as they are. */
function consequence({ row, column, purge }: Reference): string | null {
  const pointing = `DELETE FROM ${row.table} AS t USING ${THESE} WHERE t.org_id = p.org_id AND t.${column} = p.id`;
  if (purge === "delete") return pointing;
  if (purge === "deleteUnlessShared") {
    const others = parentColumns(row).filter((parent) => parent !== column);
    return [pointing, ...others.map((parent) => `t.${parent} IS NULL`)].join(" AND ");
  }
  if (purge === undefined || purge === "keep") return null;
  const { clear, of } = purge;
  const end = row.pointers[of]?.to;
  if (end === undefined) throw new Error(`${row.table} has no pointer ${of}`);
  return `UPDATE ${entities[end].table} AS m SET ${clear.map((field) => `${columnOf(field)} = '{}'`).join(", ")}
     FROM ${THESE} JOIN ${row.table} AS s ON s.org_id = p.org_id AND s.${column} = p.id
     WHERE m.org_id = s.org_id AND m.id = s.${columnOf(of)}_id`;
}

/** Condition under which a record stays as a stub: rows point to it, or it was itself merged into another. */
function isKept(model: keyof Stubs): string {
  const { table } = entities[model];
  const pointers = pointersTo(model).filter(
    ({ purge }) => purge === "keep" || purge === "deleteUnlessShared",
  );
  const leading = pointers
    .filter(({ row }) => row.table === table)
    .map(({ column }) => `t.${column} IS NOT NULL`);
  const pointed = pointers.map(
    ({ row, column }) => `EXISTS (SELECT FROM ${row.table} WHERE org_id = t.org_id AND ${column} = t.id)`,
  );
  return [...pointed, ...leading].join(" OR ");
}

/** One event for each organization whose records are purged. */
function purgedEvents(model: keyof Stubs, rows: readonly { org_id: string; id: string }[]): AuditEvent[] {
  const byOrganization = new Map<string, string[]>();
  for (const { org_id, id } of rows) byOrganization.set(org_id, [...(byOrganization.get(org_id) ?? []), id]);
  return [...byOrganization].map(([orgId, ids]) => ownEvent("SYSTEM", orgId, "PURGED", model, ids));
}

async function purgeModel(
  client: pg.PoolClient,
  model: keyof Stubs,
  stub: Stubs[keyof Stubs],
  before: Date,
): Promise<number> {
  const { table } = entities[model];
  const picked = await client.query<{ org_id: string; id: string }>(
    `SELECT org_id, id FROM ${table} WHERE deleted_at < $1 AND purged_at IS NULL
     ORDER BY deleted_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [before],
  );
  if (picked.rows.length === 0) return 0;
  const keys = [picked.rows.map((row) => row.org_id), picked.rows.map((row) => row.id)];
  for (const reference of pointersTo(model)) {
    const text = consequence(reference);
    if (text !== null) await client.query(text, keys);
  }
  await client.query(insertAudit(1), [auditValues(purgedEvents(model, picked.rows))]);
  const columns = Object.entries(stub).map(([field, value]) => [columnOf(field), value] as const);
  await client.query(
    `UPDATE ${table} AS t SET ${columns.map(([column]) => `${column} = stub.${column}`).join(", ")},
       purged_at = now(), updated_at = now(), version = t.version + 1
     FROM ${THESE}, json_populate_record(null::${table}, $3::json) AS stub
     WHERE t.org_id = p.org_id AND t.id = p.id AND (${isKept(model)})`,
    [...keys, JSON.stringify(Object.fromEntries(columns))],
  );
  await client.query(
    `DELETE FROM ${table} AS t USING ${THESE}
     WHERE t.org_id = p.org_id AND t.id = p.id AND t.purged_at IS NULL`,
    keys,
  );
  return picked.rows.length;
}
