import type { Pool } from "pg";
import type { ApiScope, DataScope, MemberRole } from "../generated/prisma/enums.ts";
import { refuse } from "../lib/errors.ts";
import { effectiveScopes, lackOf, type Permission, type Rights } from "./rights.ts";

/** The member, and the key, that asked for a job. */
export interface Asker {
  readonly orgId: string;
  readonly memberId: string;
  /** The key with which they did; null when it was not by a key. */
  readonly apiKeyId: string | null;
}

interface Standing {
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  /** Null where no key was used. */
  readonly granted: ApiScope[] | null;
  readonly revoked: boolean;
  readonly expired: boolean;
}

/**
 * Checks again, before a step of a job, what the member who asked for it may do. It is refused when the member has
 * left or no longer has the permission that it needs, or when the key was revoked or has expired since; a member whose
 * data scope was restricted since reaches only their own records. The expiry of a token does not matter, because a
 * token only names its user.
 *
 * @param permission that the job needs
 * @returns what the member may do and see at this moment
 * @throws RefusalError FORBIDDEN, which is shown as the job's error
 */
export async function standingOf(
  pool: Pool,
  { orgId, memberId, apiKeyId }: Asker,
  permission: Permission,
): Promise<Rights> {
  const { rows } = await pool.query<Standing>(
    `SELECT m.role, m.data_scope AS "dataScope", k.scopes::text[] AS granted,
       k.revoked_at IS NOT NULL AS revoked, coalesce(k.expires_at <= now(), false) AS expired
     FROM member AS m LEFT JOIN api_key AS k ON k.org_id = m.org_id AND k.id = $3::uuid
     WHERE m.org_id = $1::uuid AND m.id = $2::uuid AND m.removed_at IS NULL`,
    [orgId, memberId, apiKeyId],
  );
  const [standing] = rows;
  if (!standing) throw forbidden("Who asked for it is no longer a member of the organization.");
  const { role, dataScope, granted, revoked, expired } = standing;
  if (revoked) throw forbidden("The API key with which it was asked for has been revoked.");
  if (expired) throw forbidden("The API key with which it was asked for has expired.");
  // A token's grant was looked at when the job was asked for, and is kept nowhere.
  const rights = { role, dataScope, scopes: effectiveScopes(granted ?? ["ADMIN"], role) };
  const lack = lackOf(rights, permission);
  if (lack !== null) throw forbidden(`Who asked for it may no longer do it: ${lack}.`);
  return rights;
}

const forbidden = (message: string) => refuse("FORBIDDEN", [], message);
