import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import type { LockOrder } from "./lock-order.ts";
import { ConcurrentChange } from "./locks.ts";
import type { Stamp } from "./stamp.ts";

/** Tags of many contacts or leads: the rows of contact_tag and lead_tag, and deleting a tag. */
export interface TagStatements {
  /** Adds tags to contacts; existing pairs stay as they are. */
  tagContacts(pairs: readonly { contactId: string; tagId: string }[], now: Date): Promise<void>;
  /** The same for leads. */
  tagLeads(pairs: readonly { leadId: string; tagId: string }[], now: Date): Promise<void>;
  /** Removes tags from contacts. */
  untagContacts(pairs: readonly { contactId: string; tagId: string }[]): Promise<void>;
  /**
   * Removes a tag from all records, including those in the trash, and deletes it.
   *
   * @returns null if there is no such tag
   * @throws ConcurrentChange if the tag was added to a record meanwhile
   */
  removeTag(tagId: string, stamp: Stamp): Promise<{ contacts: number; leads: number } | null>;
}

/** Whether NOWAIT found a row locked. */
const isLocked = (error: unknown): boolean => (error as { code?: unknown }).code === "55P03";

/** @param order checks the order of the locks that these statements take */
export function tagStatements(query: Query, { orgId, memberId }: Principal, order: LockOrder): TagStatements {
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
      // NOWAIT, because a transaction that has locked that record may be waiting for the tag.
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
