import type pg from "pg";
import { withTransaction } from "../open/connections.ts";
import type { Database } from "../open/database.ts";
import { SLOT_COUNT } from "../prisma/rows.ts";

/** Erasing what has been in the trash for too long, in every organization. */

/** What one purge did. */
export interface Purged {
  /** Contacts and leads that were erased, as rows that are gone or stubs that are left. */
  readonly contacts: number;
  readonly leads: number;
  /** Answers to idempotency keys that have expired. */
  readonly idempotencyKeys: number;
  /** Rows that old imports had refused. */
  readonly importErrors: number;
  /** False when another process was at it: then nothing was done here. */
  readonly ran: boolean;
}

/** Any number; the same for every process that purges the same database. */
const LOCK_KEY = 7_242_003;

/** Rows of one transaction: short, because the embedded database has one connection. */
const BATCH = 500;

/**
 * Erases records that were trashed before a moment. A record to which deals, conversations, activities or merged
 * contacts point stays as a stub without data, so that they can show it as removed; every other one goes. One
 * process at a time, a batch a transaction: one that is interrupted goes on with what is left.
 *
 * @param trashedBefore records trashed before this; rows refused by imports that ended before it go too
 * @param answeredBefore idempotency keys older than this
 */
export async function purge(
  { pool }: Pick<Database, "pool">,
  trashedBefore: Date,
  answeredBefore: Date,
): Promise<Purged> {
  const done = { contacts: 0, leads: 0, idempotencyKeys: 0, importErrors: 0, ran: false };
  for (;;) {
    const batch = await withTransaction(pool, async (client) => {
      const { rows } = await client.query<{ free: boolean }>(
        `SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS free`,
      );
      if (!rows[0]?.free) return null;
      const contacts = await purgeTable(client, "contact", trashedBefore);
      const leads = await purgeTable(client, "lead", trashedBefore);
      const keys = await client.query(
        `DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM idempotency_key WHERE created_at < $1 LIMIT ${BATCH}))`,
        [answeredBefore],
      );
      const errors = await client.query(
        `DELETE FROM import_error WHERE ctid = ANY(ARRAY(
           SELECT e.ctid FROM import_error AS e JOIN import_job AS j ON j.org_id = e.org_id AND j.id = e.job_id
           WHERE j.finished_at < $1 LIMIT ${BATCH}))`,
        [trashedBefore],
      );
      return { contacts, leads, idempotencyKeys: keys.rowCount ?? 0, importErrors: errors.rowCount ?? 0 };
    });
    if (batch === null) return done;
    done.ran = true;
    done.contacts += batch.contacts;
    done.leads += batch.leads;
    done.idempotencyKeys += batch.idempotencyKeys;
    done.importErrors += batch.importErrors;
    if (Math.max(...Object.values(batch)) < BATCH) return done;
  }
}

/** How many records a purge would erase. */
export async function countPurgeable({ pool }: Pick<Database, "pool">, trashedBefore: Date) {
  const { rows } = await pool.query<{ contacts: number; leads: number }>(
    `SELECT (SELECT count(*)::int FROM contact WHERE deleted_at < $1 AND purged_at IS NULL) AS contacts,
            (SELECT count(*)::int FROM lead WHERE deleted_at < $1 AND purged_at IS NULL) AS leads`,
    [trashedBefore],
  );
  return rows[0] ?? { contacts: 0, leads: 0 };
}

const slots = ["text", "number", "date"].flatMap((kind) =>
  Array.from({ length: SLOT_COUNT }, (_, at) => `${kind}_${at + 1}`),
);

/** How a table's stubs are made, and what keeps one. The owner stays: their deals are seen through it. */
const tables = {
  contact: {
    stub: "Removed contact",
    cleared: [
      "first_name",
      "last_name",
      "email",
      "company",
      "title",
      "street",
      "city",
      "state",
      "zip",
      "country",
      "url",
      "linkedin_url",
      "linkedin_sales_url",
      "source",
      "notes",
      "last_call_at",
      "email_key",
      "company_key",
      "source_key",
      "notes_key",
      "phone_key",
    ],
    emptied: "phone_numbers = '{}', call_count = 0,",
    pointers: [
      ["deal", "contact_id"],
      ["conversation", "contact_id"],
      ["activity", "contact_id"],
      ["lead", "converted_contact_id"],
      ["contact", "merged_into_id"],
    ],
    kept: "OR t.merged_into_id IS NOT NULL",
    own: "contact_id = p.id AND lead_id IS NULL AND deal_id IS NULL",
  },
  lead: {
    stub: "Removed lead",
    cleared: [
      "email",
      "phone",
      "company",
      "source",
      "notes",
      "deal_value",
      "deal_currency",
      "email_key",
      "company_key",
      "source_key",
      "notes_key",
      "phone_key",
    ],
    emptied: "",
    pointers: [
      ["deal", "lead_id"],
      ["activity", "lead_id"],
    ],
    kept: "",
    own: "lead_id = p.id AND contact_id IS NULL AND deal_id IS NULL",
  },
} as const;

async function purgeTable(client: pg.PoolClient, table: keyof typeof tables, before: Date): Promise<number> {
  const { stub, cleared, emptied, pointers, kept, own } = tables[table];
  const picked = await client.query<{ org_id: string; id: string }>(
    `SELECT org_id, id FROM ${table} WHERE deleted_at < $1 AND purged_at IS NULL
     ORDER BY deleted_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [before],
  );
  if (picked.rows.length === 0) return 0;
  const keys = [picked.rows.map((row) => row.org_id), picked.rows.map((row) => row.id)];
  const these = "unnest($1::uuid[], $2::uuid[]) AS p(org_id, id)";
  await client.query(
    `DELETE FROM ${table}_tag AS t USING ${these} WHERE t.org_id = p.org_id AND t.${table}_id = p.id`,
    keys,
  );
  // What was logged with nobody else goes with them.
  await client.query(`DELETE FROM activity AS a USING ${these} WHERE a.org_id = p.org_id AND a.${own}`, keys);
  if (table === "contact") {
    // A merge that can be undone no more, or was, needs no copy of their data.
    await client.query(
      `UPDATE contact_merge AS m SET before = '{}', after = '{}'
       FROM ${these} JOIN contact_merge_source AS s ON s.org_id = p.org_id AND s.contact_id = p.id
       WHERE m.org_id = s.org_id AND m.id = s.merge_id`,
      keys,
    );
    await client.query(
      `DELETE FROM contact_merge AS m USING ${these} WHERE m.org_id = p.org_id AND m.primary_id = p.id`,
      keys,
    );
  }
  const pointed = pointers
    .map(([child, column]) => `EXISTS (SELECT FROM ${child} WHERE org_id = t.org_id AND ${column} = t.id)`)
    .join(" OR ");
  await client.query(
    `UPDATE ${table} AS t SET name = '${stub}', name_key = lower('${stub}'), search_text = lower('${stub}'),
       ${[...cleared, ...slots].map((column) => `${column} = NULL`).join(", ")}, ${emptied}
       custom = '{}', keys = '{}', facets = '{}', tag_ids = '{}', purged_at = now(), updated_at = now(),
       version = version + 1
     FROM ${these} WHERE t.org_id = p.org_id AND t.id = p.id AND (${pointed} ${kept})`,
    keys,
  );
  await client.query(
    `DELETE FROM ${table} AS t USING ${these}
     WHERE t.org_id = p.org_id AND t.id = p.id AND t.purged_at IS NULL`,
    keys,
  );
  return picked.rows.length;
}
