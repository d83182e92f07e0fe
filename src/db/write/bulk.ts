import type { OwnedName } from "../models.ts";
import type { Query } from "../open/query.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import { type RowSet, setStatement } from "../read/row-set.ts";
import { type Fingerprint, fingerprintSql, nothing } from "../read/sets.ts";
import type { Principal } from "../scope/scope.ts";
import { type EraseStatements, eraseStatements } from "./erase.ts";
import { type ExportStatements, exportStatements } from "./exports.ts";
import type { LockOrder } from "./lock-order.ts";
import { type ManyRowStatements, manyRowStatements } from "./many-rows.ts";
import { type TagStatements, tagStatements } from "./many-tags.ts";
import { type ReferenceStatements, referenceStatements } from "./moved-references.ts";
import { type OwnerStatements, ownerStatements } from "./owned-rows.ts";
import type { Stamp } from "./stamp.ts";
import { type WaitingFileStatements, waitingFileStatements } from "./waiting-files.ts";

/**
 * Changes of many rows, one statement each. They are confined to the organization, not to assigned data: the caller
 * must read the rows through the scoped client first, or refuse restricted members.
 */
export interface Bulk
  extends ManyRowStatements,
    TagStatements,
    ReferenceStatements,
    OwnerStatements,
    ExportStatements,
    EraseStatements,
    WaitingFileStatements {
  /**
   * Queues the contacts of a set as chunks of a bulk job, in the order of their ids. The ids stay in the database, so
   * the set may be of any size.
   *
   * @param size contacts in a chunk
   * @returns the number of contacts queued, and their fingerprint
   */
  queueContacts(jobId: string, where: RowSet["where"], size: number): Promise<Fingerprint>;
  /**
   * Updates a contact's callCount and lastCallAt for one call that is added, moved or removed, whoever owns the
   * contact.
   *
   * @param was the call's time before; null for a new call
   * @param is the call's time now; null for a removed call
   */
  countCall(contactId: string, was: Date | null, is: Date | null, stamp: Stamp): Promise<void>;
  /** Clears the reference to a deal in the lead that was converted to it, whoever owns the lead. */
  forgetDeal(dealId: string, now: Date): Promise<void>;
}

type Said = readonly OwnedName[];

type ByTable = (table: "contact" | "lead") => Said;

/**
 * The models whose rows these statements change, and for which a write must note an audit event (`touched` of Db).
 * Changes that only follow from others are not listed: a contact's calls follow from its activities, the tags of
 * records from deleting the tag, and moved rows of merged contacts from the merge.
 */
export const changedBy = {
  insertContacts: ["Contact"],
  insertLeads: ["Lead"],
  insertImportErrors: [],
  update: (table) => [table === "contact" ? "Contact" : "Lead"],
  updateContacts: ["Contact"],
  tagContacts: [],
  untagContacts: [],
  tagLeads: [],
  removeTag: ["Tag"],
  moveReferences: [],
  returnReferences: [],
  countOwned: [],
  moveOwned: ["Contact", "Lead", "Deal"],
  queueContacts: [],
  queueExport: [],
  keepExportChunk: [],
  countCall: [],
  forgetDeal: [],
  eraseTraces: ["Contact"],
  renewAnswers: [],
  waitingImports: [],
  importPiece: [],
  cancelImports: ["ImportJob"],
  erasePeople: ["Contact"],
  eraseDeals: ["Deal"],
} as const satisfies Readonly<Record<keyof Bulk, Said | ByTable>>;

/**
 * Wraps the statements so that each tells which models' rows it changes.
 *
 * @param touch called before a statement is sent
 */
export function tellingBulk(bulk: Bulk, touch: (model: OwnedName) => void): Bulk {
  const told = Object.entries(bulk).map(([name, send]) => [
    name,
    (...args: readonly unknown[]) => {
      const said: Said | ByTable = changedBy[name as keyof Bulk];
      for (const model of typeof said === "function" ? said(args[0] as "contact") : said) touch(model);
      return send(...args);
    },
  ]);
  return Object.fromEntries(told) as Bulk;
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
  const { orgId } = principal;
  return {
    ...manyRowStatements(query, principal),
    ...tagStatements(query, principal, order),
    ...referenceStatements(query, principal, order),
    ...ownerStatements(query, principal, order),
    ...exportStatements(query, principal, statement),
    ...eraseStatements(query, principal, order),
    ...waitingFileStatements(query, principal),
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
  };
}
