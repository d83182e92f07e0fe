import type { Pool } from "pg";
import type { DataScope, MemberRole } from "../generated/prisma/enums.ts";

/** A member with the name and address of the user behind it. */
export interface MemberProfile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  readonly createdAt: Date;
}

/**
 * Members of one organization by name.
 *
 * @param ids only these; all of them when null
 */
export async function readMembers(
  pool: Pool,
  orgId: string,
  ids: readonly string[] | null,
): Promise<MemberProfile[]> {
  const { rows } = await pool.query<MemberProfile>(
    `SELECT m.id, u.name, u.email, m.role, m.data_scope AS "dataScope", m.created_at AS "createdAt"
     FROM member m JOIN app_user u ON u.id = m.user_id
     WHERE m.org_id = $1 AND ($2::uuid[] IS NULL OR m.id = ANY($2))
     ORDER BY u.name, m.id`,
    [orgId, ids],
  );
  return rows;
}
