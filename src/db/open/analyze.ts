import type { Database } from "./database.ts";

/**
 * Tells the planner of many changed contacts and puts them into the GIN indexes proper: until then queries are
 * slow, some by orders of magnitude. What autovacuum would do, only at once.
 */
export async function analyze({ pool }: Pick<Database, "pool">): Promise<void> {
  await pool.query("ANALYZE contact, contact_tag");
  for (const index of ["contact_facets_idx", "contact_tag_ids_idx", "contact_search_text_idx"]) {
    await pool.query("SELECT gin_clean_pending_list($1::regclass)", [index]);
  }
}
