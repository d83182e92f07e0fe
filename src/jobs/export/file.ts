import { Readable } from "node:stream";
import type { Pool } from "pg";
import type { ExportJob } from "../../generated/prisma/client.ts";

/** An export's file as a stream of chunks, which are read on demand. */
export const exportFile = (pool: Pool, job: Pick<ExportJob, "orgId" | "id">): Readable =>
  Readable.from(piecesOf(pool, job), { objectMode: false });

async function* piecesOf(pool: Pool, { orgId, id }: Pick<ExportJob, "orgId" | "id">): AsyncGenerator<Buffer> {
  for (let last = -1; ; ) {
    const { rows } = await pool.query<{ position: number; bytes: Buffer }>(
      `SELECT position, bytes FROM export_chunk
       WHERE org_id = $1::uuid AND job_id = $2::uuid AND position > $3::int ORDER BY position LIMIT 1`,
      [orgId, id, last],
    );
    const [piece] = rows;
    if (!piece) return;
    last = piece.position;
    yield piece.bytes;
  }
}

/** File name of a download, such as `contacts-2026-11-27.csv`. */
export const fileNameOf = ({
  entity,
  format,
  createdAt,
}: Pick<ExportJob, "entity" | "format" | "createdAt">) =>
  `${entity.toLowerCase().replaceAll("_", "-")}s-${createdAt.toISOString().slice(0, 10)}.${format === "CSV" ? "csv" : "jsonl"}`;

export const contentTypeOf = ({ format }: Pick<ExportJob, "format">): string =>
  format === "CSV" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
