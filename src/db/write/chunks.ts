import type { Query } from "../open/query.ts";

/**
 * Stores one chunk of an import's file, while the import is UPLOADING. Bypasses Prisma, which would keep several copies
 * of the bytes in memory, as text.
 *
 * @param position of the chunk, from 0
 */
export async function keepChunk(
  query: Query,
  orgId: string,
  jobId: string,
  position: number,
  bytes: Buffer,
): Promise<void> {
  await query(
    `INSERT INTO import_chunk (org_id, job_id, position, bytes)
     SELECT org_id, id, $3::int, $4::bytea FROM import_job
     WHERE org_id = $1::uuid AND id = $2::uuid AND state = 'UPLOADING'`,
    [orgId, jobId, position, bytes],
  );
}
