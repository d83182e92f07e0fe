import type { Database } from "../db/database.ts";
import type { ApiScope, DataScope, MemberRole } from "../generated/prisma/enums.ts";
import { refuse } from "../lib/errors.ts";
import { effectiveScopes, lackOf, type Permission, type Rights } from "./rights.ts";

/** The member, and the API key, that started a job. */
export interface Asker {
  readonly orgId: string;
  readonly memberId: string;
  /** The API key that the request had; null for a token. */
  readonly apiKeyId: string | null;
}

interface Standing {
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  /** Null for a token. */
  readonly granted: ApiScope[] | null;
  readonly revoked: boolean;
  readonly expired: boolean;
}

/**
 * Checks again, before each step of a job, the rights of the member who started it. The job is refused if the member
 * was removed or no longer has the permission, or if the API key was revoked or has expired. A member whose data
 * scope was restricted reaches only their own records from then on. The expiry of a token does not matter, because a
 * token only identifies its user.
 *
 * @param permission that the job needs
 * @returns the rights and data scope at this moment
 * @throws RefusalError FORBIDDEN, which becomes the job's `problem`
 */
export async function standingOf(
  { read }: Pick<Database, "read">,
  { orgId, memberId, apiKeyId }: Asker,
  permission: Permission,
): Promise<Rights> {
  const { rows }: { rows: Standing[] } = await read({
    text: `SELECT m.role, m.data_scope AS "dataScope", k.scopes::text[] AS granted,
       k.revoked_at IS NOT NULL AS revoked, coalesce(k.expires_at <= now(), false) AS expired
     FROM member AS m LEFT JOIN api_key AS k ON k.org_id = m.org_id AND k.id = $3::uuid
     WHERE m.org_id = $1::uuid AND m.id = $2::uuid AND m.removed_at IS NULL`,
    values: [orgId, memberId, apiKeyId],
  });
  const [standing] = rows;
  if (!standing) throw forbidden("The member who started the job is no longer a member of the organization.");
  const { role, dataScope, granted, revoked, expired } = standing;
  if (revoked) throw forbidden("The API key that started the job has been revoked.");
  if (expired) throw forbidden("The API key that started the job has expired.");
  // The scopes of a token were checked when the job was started, and are not stored.
  const rights = { role, dataScope, scopes: effectiveScopes(granted ?? ["ADMIN"], role) };
  requirePermission(rights, permission);
  return rights;
}

/** @throws RefusalError FORBIDDEN if the member who started a job lacks the permission */
export function requirePermission(rights: Rights, permission: Permission): void {
  const lack = lackOf(rights, permission);
  if (lack !== null) throw forbidden(`The member who started the job no longer has the permission: ${lack}.`);
}

const forbidden = (message: string) => refuse("FORBIDDEN", [], message);
