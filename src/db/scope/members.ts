import type { DataScope, MemberRole } from "../../generated/prisma/enums.ts";
import { orderKey } from "../../lib/accents.ts";
import { fold } from "../../lib/fold.ts";
import type { Query } from "../open/query.ts";

/** A member with the user's name and e-mail address. */
export interface MemberProfile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  readonly createdAt: Date;
}

/**
 * Members of one organization in the order of their names.
 *
 * @param ids only these; all of them when null
 */
export async function readMembers(
  query: Query,
  orgId: string,
  ids: readonly string[] | null,
): Promise<MemberProfile[]> {
  const members = await query<MemberProfile>(
    `SELECT m.id, u.name, u.email, m.role::text AS role, m.data_scope::text AS "dataScope", m.created_at AS "createdAt"
     FROM member m JOIN app_user u ON u.id = m.user_id
     WHERE m.org_id = $1::uuid AND ($2::uuid[] IS NULL OR m.id = ANY($2::uuid[]))
     ORDER BY m.id`,
    [orgId, ids],
  );
  // Not by PostgreSQL, whose order depends on the locale of the database; it stays that of the ids where names are the
  // same.
  const named = members.map((member) => ({ member, key: orderKey(fold(member.name)) }));
  named.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return named.map(({ member }) => member);
}
