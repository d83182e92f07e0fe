import { type Doer, effectiveScopes, type Permission } from "../auth/rights.ts";
import { refuse } from "../lib/errors.ts";
import { requirePermission } from "./permission.ts";
import type { Writer } from "./write/writer.ts";

/**
 * Locks the organization's members, and reads the caller's current rights: of two changes of members or of their keys
 * at the same time, the second one is made with the rights that the first one left.
 *
 * @throws RefusalError FORBIDDEN if the caller was removed or does not have the permission
 */
export async function doerOf({ tx, caller: { viewer } }: Writer, permission: Permission): Promise<Doer> {
  await tx.lock.members();
  const [me] = await tx.members([viewer.memberId]);
  if (me?.removedAt !== null) throw refuse("FORBIDDEN", [], "the caller is no longer a member");
  const { role, dataScope } = me;
  const rights = { role, dataScope, scopes: effectiveScopes([...viewer.scopes], role) };
  requirePermission({ viewer: rights }, permission);
  return { role, dataScope, memberId: viewer.memberId };
}
