import { decodeId } from "../db/ids.ts";
import type { Db } from "../db/scope/db.ts";
import type { Caller } from "../graphql/context.ts";
import { quote, type Refusal, refusal } from "../lib/errors.ts";

/**
 * Decides the owner of a record. A restricted member can assign records to themselves only.
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
    const own = restricted ? viewer.memberId : null;
    return { ownerId: before === undefined ? own : before, refusals: [] };
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
  const [member] = await db.members([uuid]);
  if (member && (member.removedAt === null || uuid === before)) return { ownerId: uuid, refusals: [] };
  return { ownerId: unchanged, refusals: [refusal("UNKNOWN_REFERENCE", path, "there is no such member")] };
}

/**
 * Whether records can still be assigned to a member who was named earlier: in the request for a job, or in a merge that
 * is undone.
 */
export async function isStillMember(db: Db, memberId: string): Promise<boolean> {
  const [member] = await db.members([memberId]);
  return member?.removedAt === null;
}
