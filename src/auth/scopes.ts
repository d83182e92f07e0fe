import type { ApiScope, MemberRole } from "../generated/prisma/enums.ts";

/** What scopes and roles allow. */

const implied: Readonly<Record<ApiScope, readonly ApiScope[]>> = {
  READ: ["READ"],
  WRITE: ["READ", "WRITE"],
  ADMIN: ["READ", "WRITE", "ADMIN"],
};
const allowed: Readonly<Record<MemberRole, readonly ApiScope[]>> = {
  READ_ONLY: ["READ"],
  MEMBER: ["READ", "WRITE"],
  ADMIN: implied.ADMIN,
  OWNER: implied.ADMIN,
};

/** A credential never does more than its member may. */
export const effectiveScopes = (scopes: readonly ApiScope[], role: MemberRole): ReadonlySet<ApiScope> =>
  new Set(scopes.flatMap((scope) => implied[scope]).filter((scope) => allowed[role].includes(scope)));

/** Those of the scopes that a member of this role does not have. */
export const scopesBeyond = (scopes: readonly ApiScope[], role: MemberRole): ApiScope[] =>
  scopes.filter((scope) => !allowed[role].includes(scope));
