import type { DataScope, MemberRole } from "../../generated/prisma/enums.ts";
import { orderKey } from "../../lib/accents.ts";
import { fold } from "../../lib/fold.ts";
import type { Query } from "../open/query.ts";

/** A member with the name and e-mail address given in the organization. */
export interface MemberProfile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  readonly version: number;
  readonly createdAt: Date;
  /** When the member was removed; null for current members. */
  readonly removedAt: Date | null;
}

/**
 * Members of one organization by name.
 *
 * @param ids only these, removed or not; all if null
 * @param removed whether to include removed members, if `ids` is null
 */
export async function readMembers(
  query: Query,
  orgId: string,
  ids: readonly string[] | null,
  removed = false,
): Promise<MemberProfile[]> {
  const members = await query<MemberProfile>(
    `SELECT m.id, coalesce(m.name, u.name) AS name, coalesce(m.email, u.email) AS email, m.role::text AS role,
       m.data_scope::text AS "dataScope", m.version, m.created_at AS "createdAt", m.removed_at AS "removedAt"
     FROM member m JOIN app_user u ON u.id = m.user_id
     WHERE m.org_id = $1::uuid AND (m.id = ANY($2::uuid[]) OR ($2::uuid[] IS NULL AND ($3 OR m.removed_at IS NULL)))
     ORDER BY m.id`,
    [orgId, ids, removed],
  );
  // Not sorted by PostgreSQL, whose order depends on the database's locale; members with the same name stay in the
  // order of their ids.
  const named = members.map((member) => ({ member, key: orderKey(fold(member.name)) }));
  named.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return named.map(({ member }) => member);
}
