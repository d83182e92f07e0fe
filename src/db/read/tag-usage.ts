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
 *
 * Who sees all rows has them counted in the index of the join table, less those in the trash: 212 pages for 200,000
 * contacts, and one for each contact in the trash, instead of 67,000.
 */
export async function readTagUsage(
  query: Query,
  { orgId, memberId, dataScope }: Principal,
  tagIds: readonly string[],
): Promise<TagUsage[]> {
  const sees = dataScope === "ALL" ? carriersOf : ownCarriersOf;
  return query<TagUsage>(
    `WITH contacts AS MATERIALIZED (${sees("contact")}), leads AS MATERIALIZED (${sees("lead")})
     SELECT wanted.id::text AS "tagId", coalesce(contacts.carriers, 0) AS contacts,
            coalesce(leads.carriers, 0) AS leads
     FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(id, place)
     LEFT JOIN contacts ON contacts.id = wanted.id LEFT JOIN leads ON leads.id = wanted.id
     ORDER BY wanted.place`,
    dataScope === "ALL" ? [orgId, tagIds] : [orgId, tagIds, memberId],
  );
}

/** Live rows with each of the tags `$2`. */
const carriersOf = (table: "contact" | "lead") =>
  `SELECT every.id, sum(every.carriers)::int AS carriers FROM (
     SELECT tag_id AS id, count(*) AS carriers FROM ${table}_tag
     WHERE org_id = $1::uuid AND tag_id = ANY($2::uuid[]) GROUP BY tag_id
     UNION ALL
     SELECT tag.id, -count(*) FROM ${table} AS r, unnest(r.tag_ids) AS tag(id)
     WHERE r.org_id = $1::uuid AND r.deleted_at IS NOT NULL GROUP BY tag.id) AS every
   GROUP BY every.id`;

/** The same of the rows that belong to the member `$3`. */
const ownCarriersOf = (table: "contact" | "lead") =>
  `SELECT tag.id, count(*)::int AS carriers FROM ${table} AS r, unnest(r.tag_ids) AS tag(id)
   WHERE r.org_id = $1::uuid AND r.deleted_at IS NULL AND r.tag_ids && $2::uuid[] AND r.owner_id = $3::uuid
   GROUP BY tag.id`;
