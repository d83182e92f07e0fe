import type { Pool } from "pg";
import type { ApiScope, DataScope, MemberRole } from "../generated/prisma/enums.ts";
import { refuse } from "../lib/errors.ts";
import { effectiveScopes } from "./scopes.ts";

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
 * Checks again, before a step of a job, what the member who asked for it may do. It is refused when the member may only
 * read or is gone, or when the key was revoked or has expired since; a member whose data scope was restricted since
 * reaches only their own records. The expiry of a token does not matter, because a token only names its user.
 *
 * @returns what the member may see at this moment
 * @throws RefusalError FORBIDDEN, which is shown as the job's error
 */
export async function standingOf(
  pool: Pool,
  { orgId, memberId, apiKeyId }: Asker,
): Promise<Standing["dataScope"]> {
  const { rows } = await pool.query<Standing>(
    `SELECT m.role, m.data_scope AS "dataScope", k.scopes::text[] AS granted,
       k.revoked_at IS NOT NULL AS revoked, coalesce(k.expires_at <= now(), false) AS expired
     FROM member AS m LEFT JOIN api_key AS k ON k.org_id = m.org_id AND k.id = $3::uuid
     WHERE m.org_id = $1::uuid AND m.id = $2::uuid`,
    [orgId, memberId, apiKeyId],
  );
  const [standing] = rows;
  if (!standing) throw forbidden("Who asked for it is no longer a member of the organization.");
  const { role, dataScope, granted, revoked, expired } = standing;
  if (revoked) throw forbidden("The API key with which it was asked for has been revoked.");
  if (expired) throw forbidden("The API key with which it was asked for has expired.");
  if (!effectiveScopes(granted ?? ["WRITE"], role).has("WRITE")) {
    throw forbidden("Who asked for it may no longer change contacts.");
  }
  return dataScope;
}

const forbidden = (message: string) => refuse("FORBIDDEN", [], message);
