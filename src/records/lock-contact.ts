import { decodeId } from "../db/ids.ts";
import type { ContactRow } from "../db/prisma/rows.ts";
import type { Db } from "../db/scope/db.ts";
import type { Strength } from "../db/write/lock-order.ts";
import { ConcurrentChange, type Pointing } from "../db/write/locks.ts";
import { type Refusal, RefusalError, refuse } from "../lib/errors.ts";
import type { Writer } from "./write/writer.ts";

/** Finds the contact that a write is about, and locks it until the transaction ends. */

/**
 * A merged contact points to the contact that it was merged into. When its id is followed, it is not locked itself: a
 * merge locks in the opposite order, so locking it before the survivor could deadlock with a merge.
 */
export const merging = { table: "contact", column: "merged_into_id" } as const satisfies Pointing;

/** Whether the id of a merged contact leads to the survivor, or is refused. */
export type Merged = "follow" | "refuse";

/**
 * Locks a contact by the id that a caller sent. The id of a merged contact leads to the survivor.
 *
 * @param path position of the id in the arguments
 * @throws RefusalError NOT_FOUND, or ALREADY_MERGED if merged ids are refused
 */
export async function lockContact(
  { tx }: Writer,
  id: string,
  path: readonly string[],
  merged: Merged = "follow",
): Promise<ContactRow> {
  const missing = () => refuse("NOT_FOUND", path, "there is no such contact");
  const decoded = decodeId(id);
  if (decoded?.type !== "Contact") throw missing();
  const row = await tx.rows.read("contact", decoded.uuid, "mergedIntoId");
  if (row?.purgedAt) throw missing();
  if (row) return row;
  const survivorId = await leadsTo(tx, decoded.uuid);
  if (survivorId === null) throw missing();
  if (merged === "refuse") throw new RefusalError([alreadyMerged(survivorId, path)]);
  const survivor = await tx.rows.read("contact", survivorId, "mergedIntoId");
  if (survivor) {
    await requireLeads(tx, decoded.uuid, survivorId);
    return survivor;
  }
  if ((await tx.contact.count({ where: { id: survivorId } })) === 0) throw missing();
  throw new ConcurrentChange("the survivor of a merged contact was merged or purged meanwhile");
}

/** Row id of the contact into which one was merged; null if it was not merged. */
const leadsTo = async (tx: Db, id: string): Promise<string | null> =>
  (await tx.contact.findFirst({ where: { id }, select: { mergedIntoId: true } }))?.mergedIntoId ?? null;

/** @throws ConcurrentChange if a merged contact no longer leads to the contact that was locked for it */
async function requireLeads(tx: Db, id: string, survivorId: string): Promise<void> {
  if ((await leadsTo(tx, id)) === survivorId) return;
  throw new ConcurrentChange("the id of a merged contact leads to another survivor by now");
}

/**
 * Locks the contact that will be the parent of a record, so that it is neither merged nor removed meanwhile.
 *
 * @param id row id; that of a merged contact leads to the survivor
 */
export async function lockParentContact(tx: Db, id: string, strength: Strength): Promise<ContactRow | null> {
  await tx.lock.rowWithout(merging, id, strength);
  const row = await tx.contact.findFirst({ where: { id, ...leading } });
  if (row === null || row.mergedIntoId === null) return row;
  await tx.lock.rowWithout(merging, row.mergedIntoId, strength);
  await requireLeads(tx, id, row.mergedIntoId);
  return tx.contact.findFirst({ where: { id: row.mergedIntoId } });
}

/** Locks a contact that is not in the trash. */
export async function lockLiveContact(
  writer: Writer,
  id: string,
  path: readonly string[] = ["id"],
): Promise<ContactRow> {
  const row = await lockContact(writer, id, path);
  if (row.deletedAt !== null) throw refuse("IN_TRASH", path, "the contact is in the trash; restore it first");
  return row;
}

/** Condition for contacts that are not purged, and for purged ones whose id still leads to a survivor. */
export const leading = { OR: [{ purgedAt: null }, { mergedIntoId: { not: null } }] };

export const alreadyMerged = (survivorId: string, path: readonly string[]): Refusal => ({
  kind: "alreadyMerged",
  code: "ALREADY_MERGED",
  path,
  message: "the contact has been merged into another one",
  survivorId,
});
