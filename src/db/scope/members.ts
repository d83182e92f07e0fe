import type { DataScope, MemberRole } from "../../generated/prisma/enums.ts";
import { orderKey } from "../../lib/accents.ts";
import { fold } from "../../lib/fold.ts";
import type { Query } from "../open/query.ts";

/** A member with the name and e-mail address that the organization knows. */
export interface MemberProfile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  readonly version: number;
  readonly createdAt: Date;
  /** When they were removed; null while they are a member. */
  readonly removedAt: Date | null;
}

/**
 * Members of one organization in the order of their names.
 *
 * @param ids only these, whether or not they were removed; all when null
 * @param removed whether those who were removed are among all of them
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
  // Not by PostgreSQL, whose order depends on the locale of the database; it stays that of the ids where names are the
  // same.
  const named = members.map((member) => ({ member, key: orderKey(fold(member.name)) }));
  named.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return named.map(({ member }) => member);
}
