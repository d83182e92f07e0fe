import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";

/** Files of imports that wait or run: an erasure reads them, and cancels imports because of them. */

/** An import that has not ended. */
export interface WaitingImport {
  readonly id: string;
  /** A label of the Encoding Standard. */
  readonly encoding: string;
  /** Whether lines that are valid UTF-8 are decoded as UTF-8, whatever the encoding. */
  readonly byLine: boolean;
  /** Size of its stored file. */
  readonly bytes: number;
}

export interface WaitingFileStatements {
  /** Imports that have not ended and have a stored file, oldest first. */
  waitingImports(): Promise<WaitingImport[]>;
  /** A stored piece of a file; null after the last. @param position from 0 */
  importPiece(jobId: string, position: number): Promise<Uint8Array | null>;
  /** Cancels the given imports that have not ended, and deletes their files. @returns ids of the cancelled imports */
  cancelImports(jobIds: readonly string[], problem: string): Promise<string[]>;
}

export function waitingFileStatements(query: Query, { orgId }: Principal): WaitingFileStatements {
  return {
    waitingImports: () =>
      query<WaitingImport>(
        `SELECT j.id::text AS id, j.encoding, coalesce((j.options->>'byLine')::boolean, false) AS "byLine",
           (SELECT coalesce(sum(octet_length(c.bytes)), 0)::float8 FROM import_chunk AS c
            WHERE c.org_id = j.org_id AND c.job_id = j.id) AS bytes
         FROM import_job AS j
         WHERE j.org_id = $1::uuid AND j.finished_at IS NULL
           AND EXISTS (SELECT FROM import_chunk AS c WHERE c.org_id = j.org_id AND c.job_id = j.id)
         ORDER BY j.id`,
        [orgId],
      ),
    async importPiece(jobId, position) {
      const [piece] = await query<{ bytes: Uint8Array }>(
        "SELECT bytes FROM import_chunk WHERE org_id = $1::uuid AND job_id = $2::uuid AND position = $3::int",
        [orgId, jobId, position],
      );
      return piece?.bytes ?? null;
    },
    async cancelImports(jobIds, problem) {
      const ended = await query<{ id: string }>(
        `UPDATE import_job SET state = 'CANCELLED', finished_at = now(), leased_until = NULL, problem = $3
         WHERE org_id = $1::uuid AND id = ANY($2::uuid[]) AND finished_at IS NULL RETURNING id::text AS id`,
        [orgId, jobIds, problem],
      );
      const ids = ended.map(({ id }) => id);
      await query("DELETE FROM import_chunk WHERE org_id = $1::uuid AND job_id = ANY($2::uuid[])", [
        orgId,
        ids,
      ]);
      return ids;
    },
  };
}
