import { lackOf, type Permission, type Rights } from "../auth/rights.ts";
import { refuse } from "../lib/errors.ts";

/**
 * Requires a permission for a part of a mutation. The permission that a whole mutation needs is declared in its
 * definition.
 *
 * @throws RefusalError FORBIDDEN if the caller lacks it
 */
export function requirePermission({ viewer }: { readonly viewer: Rights }, permission: Permission): void {
  const lack = lackOf(viewer, permission);
  if (lack !== null) throw refuse("FORBIDDEN", [], lack);
}
