import { lackOf, type Permission, type Rights } from "../auth/rights.ts";
import { refuse } from "../lib/errors.ts";

/**
 * Requires a permission for a part of some work: a mutation as a whole says what it needs where it is defined.
 *
 * @throws RefusalError FORBIDDEN for a caller who lacks it
 */
export function requirePermission({ viewer }: { readonly viewer: Rights }, permission: Permission): void {
  const lack = lackOf(viewer, permission);
  if (lack !== null) throw refuse("FORBIDDEN", [], lack);
}
