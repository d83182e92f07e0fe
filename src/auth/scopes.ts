import type { ApiScope, MemberRole } from "../generated/prisma/enums.ts";

/** What scopes and roles allow: each scope has those before it. */

const level: Readonly<Record<ApiScope, number>> = { READ: 1, WRITE: 2, ADMIN: 3 };
const highest: Readonly<Record<MemberRole, number>> = { READ_ONLY: 1, MEMBER: 2, ADMIN: 3, OWNER: 3 };

/** By how many scopes there are. */
const scopesOf: readonly ReadonlySet<ApiScope>[] = [
  new Set<ApiScope>(),
  new Set<ApiScope>(["READ"]),
  new Set<ApiScope>(["READ", "WRITE"]),
  new Set<ApiScope>(["READ", "WRITE", "ADMIN"]),
];

/** A credential never does more than its member may. */
export function effectiveScopes(scopes: readonly ApiScope[], role: MemberRole): ReadonlySet<ApiScope> {
  const granted = Math.max(0, ...scopes.map((scope) => level[scope]));
  return scopesOf[Math.min(granted, highest[role])] as ReadonlySet<ApiScope>;
}

/** Those of the scopes that a member of this role does not have. */
export const scopesBeyond = (scopes: readonly ApiScope[], role: MemberRole): ApiScope[] =>
  scopes.filter((scope) => level[scope] > highest[role]);
