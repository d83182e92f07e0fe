import type { Query } from "./query.ts";
import type { Principal } from "./scope.ts";

/** How many live records carry a tag. */
export interface TagUsage {
  readonly tagId: string;
  readonly contacts: number;
  readonly leads: number;
}

/** Counts what the principal may see, for many tags in one statement, in the order of the ids. */
export async function readTagUsage(
  query: Query,
  { orgId, memberId, dataScope }: Principal,
  tagIds: readonly string[],
): Promise<TagUsage[]> {
  const count = (table: "contact" | "lead") =>
    `(SELECT count(*)::int FROM ${table}_tag t
      JOIN ${table} r ON r.org_id = t.org_id AND r.id = t.${table}_id
      WHERE t.org_id = $1::uuid AND t.tag_id = wanted.id AND r.deleted_at IS NULL
        AND ($3::uuid IS NULL OR r.owner_id = $3::uuid))`;
  return query<TagUsage>(
    `SELECT wanted.id::text AS "tagId", ${count("contact")} AS contacts, ${count("lead")} AS leads
     FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(id, place) ORDER BY wanted.place`,
    [orgId, tagIds, dataScope === "ALL" ? null : memberId],
  );
}
