import type { Query } from "../open/query.ts";

/**
 * Keeps one piece of an import's file. Not through Prisma, which would hold the bytes several times over, as text.
 *
 * @param position from 0
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
