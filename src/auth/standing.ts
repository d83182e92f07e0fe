import type { Pool } from "pg";
import type { ApiScope, DataScope, MemberRole } from "../generated/prisma/enums.ts";
import { refuse } from "../lib/errors.ts";
import { effectiveScopes } from "./scopes.ts";

/** Who asked for something that is done later. */
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
 * Asks again, before something is done that was asked for earlier: the answer is for the caller of now. A member who
 * may only read by now, or is gone, and a key that was revoked or has expired since, have nothing done any more; one
 * who is restricted by now, only with what is theirs. A token names its user alone, and its end is no matter.
 *
 * @returns what the member may see at this moment
 * @throws RefusalError FORBIDDEN, for people who ask what became of it
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
