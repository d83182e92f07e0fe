import { decodeId } from "../db/ids.ts";
import type { Db } from "../db/scope/db.ts";
import type { Caller } from "../graphql/context.ts";
import { quote, type Refusal, refusal, refuse } from "../lib/errors.ts";

/**
 * Decides the owner of a record. A restricted member can assign records to themselves only. A member who becomes the
 * owner is not removed before the transaction ends, so that a removal finds the record.
 *
 * @param before row id of the current owner; null for nobody, undefined for a new record
 * @param ownerId a member's id, null for nobody, undefined to keep the owner
 */
export async function applyOwner(
  { viewer }: Pick<Caller, "viewer">,
  db: Db,
  before: string | null | undefined,
  ownerId: string | null | undefined,
): Promise<{ ownerId: string | null; refusals: Refusal[] }> {
  const path = ["input", "ownerId"];
  const restricted = viewer.dataScope === "ASSIGNED";
  if (ownerId === undefined) {
    if (before !== undefined) return { ownerId: before, refusals: [] };
    const own = restricted ? viewer.memberId : null;
    const gone = own !== null && !(await db.lock.member(own));
    return {
      ownerId: own,
      refusals: gone ? [refusal("FORBIDDEN", [], "the caller is no longer a member")] : [],
    };
  }
  const unchanged = before ?? null;
  const decoded = ownerId === null ? null : decodeId(ownerId);
  const uuid = decoded?.type === "Member" ? decoded.uuid : null;
  if (restricted && uuid !== viewer.memberId) {
    const message = "a member restricted to assigned data can assign records to themselves only";
    return { ownerId: unchanged, refusals: [refusal("INVALID_VALUE", path, message)] };
  }
  if (ownerId === null) return { ownerId: null, refusals: [] };
  if (uuid === null) {
    const message = `${quote(ownerId)} is not the id of a member`;
    return { ownerId: unchanged, refusals: [refusal("BAD_ID", path, message)] };
  }
  if (uuid === before || (await db.lock.member(uuid))) return { ownerId: uuid, refusals: [] };
  return { ownerId: unchanged, refusals: [refusal("UNKNOWN_REFERENCE", path, "there is no such member")] };
}

/**
 * The owner of a record that a write makes or changes after another record: the other record's owner, or nobody if that
 * member was removed. A member who becomes the owner is not removed before the transaction ends.
 *
 * @throws RefusalError FORBIDDEN if a restricted caller was removed
 */
export async function passOwner({ viewer }: Caller, db: Db, ownerId: string | null): Promise<string | null> {
  if (ownerId === null || (await db.lock.member(ownerId))) return ownerId;
  if (viewer.dataScope === "ASSIGNED") throw refuse("FORBIDDEN", [], "the caller is no longer a member");
  return null;
}

/**
 * Whether records can still be assigned to a member who was named earlier: in the request for a job, or in a merge, or
 * in one that is undone. A member who can is not removed before the transaction ends.
 */
export const isStillMember = (db: Db, memberId: string): Promise<boolean> => db.lock.member(memberId);
