import type { Database } from "../database.ts";

/** Tables with many rows whose planner's statistics matter. */
export type AnalyzedTable = "contact" | "contact_tag" | "lead" | "lead_tag" | "deal" | "activity";

/**
 * Updates the planner's statistics of tables and flushes the pending lists of their GIN indexes, as autovacuum would do
 * later. Until then, after many rows have changed, some queries are slower by orders of magnitude.
 */
export async function analyze(
  { pool }: Pick<Database, "pool">,
  tables: readonly AnalyzedTable[],
): Promise<void> {
  if (tables.length === 0) return;
  await pool.query(`ANALYZE ${tables.join(", ")}`);
  await pool.query(
    `SELECT gin_clean_pending_list(x.indexrelid) FROM pg_index AS x
       JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_am AS m ON m.oid = i.relam
     WHERE x.indrelid = ANY ($1::regclass[]) AND m.amname = 'gin'`,
    [tables],
  );
}
