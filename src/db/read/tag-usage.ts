import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";

/** Number of live records with a tag. */
export interface TagUsage {
  readonly tagId: string;
  readonly contacts: number;
  readonly leads: number;
}

/**
 * Counts the rows that the principal may see, for many tags in one statement, in the order of the ids. Each table is
 * read once, whatever the number of tags, without a join: right after an import, while the planner has no statistics
 * of the new rows, a join took more than 30 s for 38,000 contacts.
 */
export async function readTagUsage(
  query: Query,
  { orgId, memberId, dataScope }: Principal,
  tagIds: readonly string[],
): Promise<TagUsage[]> {
  const carried = (table: "contact" | "lead") =>
    `SELECT tag.id, count(*)::int AS carriers FROM ${table} AS r, unnest(r.tag_ids) AS tag(id)
     WHERE r.org_id = $1::uuid AND r.deleted_at IS NULL AND r.tag_ids && $2::uuid[]
       AND ($3::uuid IS NULL OR r.owner_id = $3::uuid)
     GROUP BY tag.id`;
  return query<TagUsage>(
    `WITH contacts AS MATERIALIZED (${carried("contact")}), leads AS MATERIALIZED (${carried("lead")})
     SELECT wanted.id::text AS "tagId", coalesce(contacts.carriers, 0) AS contacts,
            coalesce(leads.carriers, 0) AS leads
     FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(id, place)
     LEFT JOIN contacts ON contacts.id = wanted.id LEFT JOIN leads ON leads.id = wanted.id
     ORDER BY wanted.place`,
    [orgId, tagIds, dataScope === "ALL" ? null : memberId],
  );
}
