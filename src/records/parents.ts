import { decodeId } from "../db/ids.ts";
import type { Strength } from "../db/write/lock-order.ts";
import { type Refusal, refusal } from "../lib/errors.ts";
import { lockParentContact } from "./lock-contact.ts";
import type { Writer } from "./write/writer.ts";

/** The parents of a deal, an activity or a conversation. */

export interface ParentIds {
  readonly contactId?: string | null | undefined;
  readonly leadId?: string | null | undefined;
  readonly dealId?: string | null | undefined;
}

/** Row ids; undefined for fields that the input omits, null for those that it clears. */
type Parents = { -readonly [Name in keyof ParentIds]?: string | null };

export interface LockedParents {
  readonly parents: Parents;
  readonly refusals: readonly Refusal[];
}

/**
 * Finds the records that an input names and locks them, so that they are neither merged nor removed until the
 * transaction ends. The id of a merged contact leads to its survivor.
 *
 * @param contactLock "update" if the contact will be written: two writes that both hold a share lock on it would
 *   deadlock
 * @returns the row ids, and what is wrong with the input's ids
 */
export async function lockParents(
  { tx }: Writer,
  input: ParentIds,
  contactLock: Strength = "share",
): Promise<LockedParents> {
  const parents: Parents = {};
  const refusals: Refusal[] = [];
  const find = {
    contactId: (id: string) => lockParentContact(tx, id, contactLock),
    leadId: async (id: string) => {
      await tx.lock.rows("lead", [id], "share");
      return tx.lead.findFirst({ where: { id, purgedAt: null } });
    },
    dealId: async (id: string) => {
      await tx.lock.rows("deal", [id], "share");
      const deal = await tx.deal.findFirst({ where: { id } });
      return deal && { ...deal, deletedAt: null };
    },
  };
  for (const [name, type] of [
    ["contactId", "Contact"],
    ["leadId", "Lead"],
    ["dealId", "Deal"],
  ] as const) {
    const id = input[name];
    if (id == null) {
      if (id === null) parents[name] = null;
      continue;
    }
    const noun = type.toLowerCase();
    const path = ["input", name];
    const decoded = decodeId(id);
    if (decoded?.type !== type) {
      refusals.push(refusal("BAD_ID", path, `is not the id of a ${noun}`));
      continue;
    }
    const row = await find[name](decoded.uuid);
    if (!row) refusals.push(refusal("UNKNOWN_REFERENCE", path, `there is no such ${noun}`));
    else if (row.deletedAt !== null) refusals.push(refusal("IN_TRASH", path, `the ${noun} is in the trash`));
    else parents[name] = row.id;
  }
  return { parents, refusals };
}
