import { Prisma } from "../../generated/prisma/browser.ts";
import type { ImportError } from "../../generated/prisma/client.ts";
import { entities, type Lockable } from "../entities.ts";
import type { Query } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import { type Fingerprint, fingerprintSql, nothing, type RowSet, setStatement } from "../read/sets.ts";
import type { MovedReference } from "../references.ts";
import { ScopeError } from "../scope/rules.ts";
import type { Principal } from "../scope/scope.ts";
import type { AddressMoves } from "./contact-emails.ts";
import { type ExportStatements, exportStatements } from "./exports.ts";
import type { LockOrder } from "./lock-order.ts";
import { ConcurrentChange } from "./locks.ts";

/** A row by Prisma's field names; dates as Date or ISO text, JSON as it is. */
type BulkRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** An address that a contact is to have. */
interface HeldAddress {
  /** Comparison key. */
  readonly key: string;
  /** The contact's. */
  readonly id: string;
}

/** A stored error of an import's row. */
export type ImportErrorRow = Omit<ImportError, "orgId">;

/** Errors inserted by one statement; each has up to 10,000 characters of the file. */
const ERRORS = 500;

/** What every change of a contact or lead writes beside its own columns. */
interface BulkStamp {
  readonly now: Date;
  readonly source: string;
}

/**
 * Changes of many rows, one statement each. They are confined to the organization, not to assigned data: the caller
 * must read the rows through the scoped client first, or refuse restricted members.
 */
export interface Bulk extends ExportStatements {
  /**
   * Inserts contacts with their addresses. A column that a row leaves out becomes null, so rows are whole.
   *
   * @param addresses by comparison key, in the order of the keys
   */
  insertContacts(rows: readonly BulkRow[], addresses: readonly HeldAddress[]): Promise<void>;
  /** The same for leads. */
  insertLeads(rows: readonly BulkRow[]): Promise<void>;
  /** Stores errors of an import's rows. Prisma would block the event loop for a millisecond for each. */
  insertImportErrors(errors: readonly ImportErrorRow[]): Promise<void>;
  /** Sets these fields of contacts or leads, for each row to its own values; purged rows are skipped. */
  update(table: "contact" | "lead", fields: readonly string[], rows: readonly BulkRow[]): Promise<void>;
  /**
   * The same for contacts whose addresses change with it: one more statement where some lose one.
   *
   * @param moves of each contact
   */
  updateContacts(
    fields: readonly string[],
    rows: readonly BulkRow[],
    moves: readonly (AddressMoves & { readonly id: string })[],
  ): Promise<void>;
  /** Adds tags to contacts; pairs that exist already are left as they are. */
  tagContacts(pairs: readonly { contactId: string; tagId: string }[], now: Date): Promise<void>;
  /** The same for leads. */
  tagLeads(pairs: readonly { leadId: string; tagId: string }[], now: Date): Promise<void>;
  /** Removes tags from contacts. */
  untagContacts(pairs: readonly { contactId: string; tagId: string }[]): Promise<void>;
  /**
   * Queues the contacts of a set as chunks of a bulk job, in the order of their ids. The ids stay in the database, so
   * the set may be of any size.
   *
   * @param size contacts in a chunk
   * @returns the number of contacts queued, and their fingerprint
   */
  queueContacts(jobId: string, where: RowSet["where"], size: number): Promise<Fingerprint>;
  /**
   * Moves the rows that point to some contacts to another contact.
   *
   * @returns the rows' ids, with the contact that each pointed to
   */
  moveReferences(
    reference: MovedReference,
    from: readonly string[],
    to: string,
    now: Date,
  ): Promise<{ id: string; from: string }[]>;
  /**
   * Moves rows back, each to its own contact, if they still point to `from`.
   *
   * @param rows ids of rows, each with the contact that it is to point to
   */
  returnReferences(
    reference: MovedReference,
    rows: readonly { readonly id: string; readonly to: string }[],
    from: string,
    now: Date,
  ): Promise<void>;
  /**
   * Updates a contact's callCount and lastCallAt for one call that is added, moved or removed, whoever owns the
   * contact.
   *
   * @param was the call's time before; null for a new call
   * @param is the call's time now; null for a removed call
   */
  countCall(contactId: string, was: Date | null, is: Date | null, stamp: BulkStamp): Promise<void>;
  /** Clears the reference to a deal in the lead that was converted to it, whoever owns the lead. */
  forgetDeal(dealId: string, now: Date): Promise<void>;
  /**
   * Removes a tag from all records that carry it, those in the trash too, and deletes it.
   *
   * @returns null when there is no such tag
   * @throws ConcurrentChange when the tag was added to a record meanwhile
   */
  removeTag(tagId: string, stamp: BulkStamp): Promise<{ contacts: number; leads: number } | null>;
}

const fieldsOf: Readonly<Record<"contact" | "lead", Readonly<Record<string, string>>>> = {
  contact: Prisma.ContactScalarFieldEnum,
  lead: Prisma.LeadScalarFieldEnum,
};

/** Whether NOWAIT found a row locked. */
const isLocked = (error: unknown): boolean => (error as { code?: unknown }).code === "55P03";

/** @throws ScopeError for a field that the table does not have, or that holds a key */
function columnsOf(table: "contact" | "lead", fields: readonly string[]): string[] {
  return fields.map((field) => {
    if (!Object.hasOwn(fieldsOf[table], field) || field === "id" || field === "orgId") {
      throw new ScopeError(`${table}.${field} cannot be written`);
    }
    return columnOf(field);
  });
}

/**
 * Rows as JSON with column names, for json_populate_recordset; a column that is left out becomes null. Written as text:
 * V8 would make objects of so many columns hash tables, which cost more than their JSON.
 */
function toJson(rows: readonly Readonly<Record<string, unknown>>[], orgId: string): string {
  const columns = new Map<string, string>();
  const nameOf = (field: string): string => {
    const known = columns.get(field) ?? columnOf(field);
    columns.set(field, known);
    return known;
  };
  const texts = rows.map((row) => {
    let text = `{"org_id":"${orgId}"`;
    for (const field in row) {
      const value = row[field];
      if (value !== null && value !== undefined) text += `,"${nameOf(field)}":${JSON.stringify(value)}`;
    }
    return `${text}}`;
  });
  return `[${texts.join(",")}]`;
}

/**
 * @param order checks the order of the locks that these statements take
 * @param statement makes the SQL of a read
 */
export function bulkStatements(
  query: Query,
  principal: Principal,
  order: LockOrder,
  statement: PreparedReads["statement"],
): Bulk {
  const { orgId, memberId } = principal;
  /** Contacts need no place in the order here: a merge has locked them, with all merged into them, before. */
  const enter = ({ row: { table }, column, versioned }: MovedReference) => {
    if (table !== entities.Contact.table) order.enter(table as Lockable);
    return { table, column, set: versioned ? "version = t.version + 1, " : "" };
  };
  const insertInto = async (table: "lead", rows: readonly BulkRow[]) => {
    if (rows.length === 0) return;
    await query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, $1::json)`, [
      toJson(rows, orgId),
    ]);
  };
  /** A CTE that gives addresses to contacts: in one order, as whoever wants the same ones waits for each. */
  const giving = (place: number) =>
    `WITH come AS (
       INSERT INTO contact_email (org_id, email_key, contact_id)
       SELECT $${place}::uuid, a.key, a.id FROM unnest($${place + 1}::text[], $${place + 2}::uuid[]) AS a(key, id)
       ORDER BY a.key)`;
  const given = (addresses: readonly HeldAddress[]) => [
    orgId,
    addresses.map(({ key }) => key),
    addresses.map(({ id }) => id),
  ];
  const update = async (
    table: "contact" | "lead",
    fields: readonly string[],
    rows: readonly BulkRow[],
    addresses: readonly HeldAddress[],
  ) => {
    if (rows.length === 0) return;
    const columns = columnsOf(table, fields);
    const come = addresses.length > 0;
    await query(
      `${come ? giving(3) : ""} UPDATE ${table} SET ${columns.map((column) => `${column} = r.${column}`).join(", ")}
         FROM json_populate_recordset(null::${table}, $2::json) AS r
         WHERE ${table}.org_id = $1::uuid AND ${table}.id = r.id AND ${table}.purged_at IS NULL`,
      [orgId, toJson(rows, orgId), ...(come ? given(addresses) : [])],
    );
  };
  const tag = async (
    table: "contact" | "lead",
    pairs: readonly (readonly [id: string, tagId: string])[],
    now: Date,
  ) => {
    if (pairs.length === 0) return;
    await query(
      `INSERT INTO ${table}_tag (org_id, ${table}_id, tag_id, added_by_id, created_at)
       SELECT $1::uuid, p.id, p.tag_id, $4::uuid, $5::timestamptz
       FROM unnest($2::uuid[], $3::uuid[]) AS p(id, tag_id)
       ON CONFLICT DO NOTHING`,
      [orgId, pairs.map(([id]) => id), pairs.map(([, tagId]) => tagId), memberId, now.toISOString()],
    );
  };
  return {
    ...exportStatements(query, principal, statement),
    async insertContacts(rows, addresses) {
      if (rows.length === 0) return;
      await query(
        `${giving(2)} INSERT INTO contact SELECT * FROM json_populate_recordset(null::contact, $1::json)`,
        [toJson(rows, orgId), ...given(addresses)],
      );
    },
    insertLeads: (rows) => insertInto("lead", rows),
    async insertImportErrors(errors) {
      for (let at = 0; at < errors.length; at += ERRORS) {
        await query(
          "INSERT INTO import_error SELECT * FROM json_populate_recordset(null::import_error, $1::json)",
          [toJson(errors.slice(at, at + ERRORS), orgId)],
        );
      }
    },
    update: (table, fields, rows) => update(table, fields, rows, []),
    async updateContacts(fields, rows, moves) {
      const gone = moves.filter((move) => move.gone.length > 0);
      // Before others of them take what these no longer have.
      if (gone.length > 0) {
        await query(
          `DELETE FROM contact_email WHERE org_id = $1::uuid AND email_key = ANY($2::text[])
             AND contact_id = ANY($3::uuid[])`,
          [orgId, gone.flatMap((move) => move.gone), gone.map(({ id }) => id)],
        );
      }
      const come = moves.flatMap(({ id, come: keys }) => keys.map((key) => ({ key, id })));
      await update("contact", fields, rows, come);
    },
    tagContacts: (pairs, now) =>
      tag(
        "contact",
        pairs.map(({ contactId, tagId }) => [contactId, tagId] as const),
        now,
      ),
    tagLeads: (pairs, now) =>
      tag(
        "lead",
        pairs.map(({ leadId, tagId }) => [leadId, tagId] as const),
        now,
      ),
    async untagContacts(pairs) {
      if (pairs.length === 0) return;
      await query(
        `DELETE FROM contact_tag AS t USING unnest($2::uuid[], $3::uuid[]) AS p(contact_id, tag_id)
         WHERE t.org_id = $1::uuid AND t.contact_id = p.contact_id AND t.tag_id = p.tag_id`,
        [orgId, pairs.map((pair) => pair.contactId), pairs.map((pair) => pair.tagId)],
      );
    },
    async queueContacts(jobId, where, size) {
      const { text, values } = await setStatement(principal, { model: "contact", where }, ["id"], statement);
      const own = values.length;
      const [row] = await query<Fingerprint>(
        `WITH matched AS MATERIALIZED (
           SELECT r.id, (row_number() OVER (ORDER BY r.id) - 1) / $${own + 3}::int AS piece FROM (${text}) AS r),
         queued AS (
           INSERT INTO bulk_chunk (org_id, job_id, position, ids)
           SELECT $${own + 1}::uuid, $${own + 2}::uuid, piece, array_agg(id ORDER BY id) FROM matched GROUP BY piece)
         ${fingerprintSql("matched")}`,
        [...values, orgId, jobId, size],
      );
      return row ?? nothing;
    },
    async moveReferences(reference, from, to, now) {
      const { table, column, set } = enter(reference);
      return query<{ id: string; from: string }>(
        `WITH old AS (
           SELECT id, ${column} AS from_id FROM ${table}
           WHERE org_id = $1::uuid AND ${column} = ANY($2::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE ${table} AS t SET ${set}${column} = $3::uuid, updated_at = $4::timestamptz
         FROM old WHERE t.org_id = $1::uuid AND t.id = old.id
         RETURNING t.id::text AS id, old.from_id::text AS "from"`,
        [orgId, from, to, now.toISOString()],
      );
    },
    async returnReferences(reference, rows, from, now) {
      if (rows.length === 0) return;
      const { table, column, set } = enter(reference);
      await query(
        `WITH locked AS (
           SELECT l.id, r.to_id FROM ${table} AS l JOIN unnest($2::uuid[], $3::uuid[]) AS r(id, to_id) ON r.id = l.id
           WHERE l.org_id = $1::uuid AND l.${column} = $4::uuid ORDER BY l.id FOR UPDATE OF l)
         UPDATE ${table} AS t SET ${set}${column} = locked.to_id, updated_at = $5::timestamptz
         FROM locked WHERE t.org_id = $1::uuid AND t.id = locked.id`,
        [orgId, rows.map(({ id }) => id), rows.map(({ to }) => to), from, now.toISOString()],
      );
    },
    async countCall(contactId, was, is, { now, source }) {
      // Only when the latest call was removed or moved to an earlier time must the next latest be searched.
      await query(
        `UPDATE contact AS c SET call_count = n.call_count, last_call_at = n.last_call_at,
           version = version + 1, updated_at = $5::timestamptz, last_modification_source = $6::"ModificationSource"
         FROM (
           SELECT greatest(0, call_count + ($4::timestamptz IS NOT NULL)::int - ($3::timestamptz IS NOT NULL)::int)
               AS call_count,
             CASE WHEN $3::timestamptz >= last_call_at AND coalesce($4::timestamptz < $3::timestamptz, true)
               THEN (SELECT max(occurred_at) FROM activity
                     WHERE org_id = $1::uuid AND contact_id = $2::uuid AND kind = 'CALL')
               ELSE greatest(last_call_at, $4::timestamptz) END AS last_call_at
           FROM contact WHERE org_id = $1::uuid AND id = $2::uuid AND purged_at IS NULL) AS n
         WHERE c.org_id = $1::uuid AND c.id = $2::uuid
           AND (c.call_count, c.last_call_at) IS DISTINCT FROM (n.call_count, n.last_call_at)`,
        [orgId, contactId, was?.toISOString() ?? null, is?.toISOString() ?? null, now.toISOString(), source],
      );
    },
    async forgetDeal(dealId, now) {
      await query(
        `UPDATE lead SET converted_deal_id = NULL, version = version + 1, updated_at = $3::timestamptz
         WHERE org_id = $1::uuid AND converted_deal_id = $2::uuid`,
        [orgId, dealId, now.toISOString()],
      );
    },
    async removeTag(tagId, { now, source }) {
      const lock = (rows: string, how = "") =>
        query(`SELECT 1 AS locked FROM ${rows} ORDER BY id FOR UPDATE${how}`, [orgId, tagId]);
      const carriers = (table: "contact" | "lead") =>
        `${table} WHERE org_id = $1::uuid AND tag_ids @> ARRAY[$2::uuid]`;
      for (const table of ["contact", "lead"] as const) {
        order.enter(table);
        await lock(carriers(table));
      }
      order.enter("tag");
      const [tag] = await lock("tag WHERE org_id = $1::uuid AND id = $2::uuid");
      if (!tag) return null;
      // A transaction that added the tag to a record held a share lock on the tag; its record is visible only now.
      // NOWAIT, because whoever has locked that record may be waiting for the tag.
      try {
        for (const table of ["contact", "lead"] as const) await lock(carriers(table), " NOWAIT");
      } catch (error) {
        if (!isLocked(error)) throw error;
        throw new ConcurrentChange("a record got the tag meanwhile");
      }
      const untag = async (table: "contact" | "lead") => {
        const [row] = await query<{ changed: number }>(
          `WITH changed AS (
             UPDATE ${table} SET tag_ids = array_remove(tag_ids, $2::uuid), version = version + 1,
               updated_at = $3::timestamptz, last_modification_source = $4::"ModificationSource"
             WHERE org_id = $1::uuid AND tag_ids @> ARRAY[$2::uuid]
             RETURNING 1)
           SELECT count(*)::int AS changed FROM changed`,
          [orgId, tagId, now.toISOString(), source],
        );
        return row?.changed ?? 0;
      };
      const counts = { contacts: await untag("contact"), leads: await untag("lead") };
      await query("DELETE FROM tag WHERE org_id = $1::uuid AND id = $2::uuid", [orgId, tagId]);
      return counts;
    },
  };
}
