import type { SortKey } from "../../lib/page.ts";
import type { Query } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import { type RowSet, setStatement } from "../read/row-set.ts";
import type { Principal } from "../scope/scope.ts";

/** Rows that an export writes besides its own: the ids of its records, and the pieces of its file. */
export interface ExportStatements {
  /**
   * Queues the records of a set as batches of an export, in an order. The ids stay in the database, so the set may be
   * of any size.
   *
   * @param keys the sort keys, the id last
   * @param size records in a batch
   * @returns the number of records queued
   */
  queueExport(jobId: string, set: RowSet, keys: readonly SortKey[], size: number): Promise<number>;
  /**
   * Stores one piece of an export's file. Bypasses Prisma, which would keep several copies of it, as text.
   *
   * @param recordIds ids of the records in the piece
   */
  keepExportChunk(
    jobId: string,
    position: number,
    bytes: Buffer,
    recordIds: readonly string[],
  ): Promise<void>;
}

const orderSql = ({ column, descending, nullable, nullsFirst }: SortKey): string =>
  `r.${columnOf(column)} ${descending ? "DESC" : "ASC"}${nullable ? ` NULLS ${nullsFirst ? "FIRST" : "LAST"}` : ""}`;

/** @param statement makes the SQL of a read */
export const exportStatements = (
  query: Query,
  principal: Principal,
  statement: PreparedReads["statement"],
): ExportStatements => ({
  async queueExport(jobId, set, keys, size) {
    const columns = [...new Set(["id", ...keys.map(({ column }) => column)])];
    const { text, values } = await setStatement(principal, set, columns, statement);
    const own = values.length;
    const [row] = await query<{ count: number }>(
      `WITH matched AS MATERIALIZED (
         SELECT r.id, row_number() OVER (ORDER BY ${keys.map(orderSql).join(", ")}) - 1 AS place FROM (${text}) AS r),
       queued AS (
         INSERT INTO export_batch (org_id, job_id, position, ids)
         SELECT $${own + 1}::uuid, $${own + 2}::uuid, place / $${own + 3}::int, array_agg(id ORDER BY place)
         FROM matched GROUP BY 3)
       SELECT count(*)::int AS count FROM matched`,
      [...values, principal.orgId, jobId, size],
    );
    return row?.count ?? 0;
  },
  async keepExportChunk(jobId, position, bytes, recordIds) {
    await query(
      `INSERT INTO export_chunk (org_id, job_id, position, bytes, record_ids)
       VALUES ($1, $2, $3, $4, $5::uuid[])`,
      [principal.orgId, jobId, position, bytes, recordIds],
    );
  },
});
