import type { Logger } from "pino";
import type { Database } from "../../db/open/database.ts";
import { isTimeout, isUnavailable, isUniqueViolation } from "../../db/open/faults.ts";
import { settle } from "../../db/open/settle.ts";
import { type Db, scopedDb } from "../../db/scope/scoped.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import type { DataScope } from "../../generated/prisma/enums.ts";
import type { Caller } from "../../graphql/context.ts";
import { write } from "../../records/write.ts";
import { importBatch } from "./batch.ts";
import { rowBatches } from "./batches.ts";
import { type CsvFormat, countRecords, readCsv } from "./csv.ts";
import { errorRows, settingsOf } from "./job.ts";
import type { Column } from "./mapping.ts";
import type { ImportRow } from "./row.ts";

/** Rows after which the statistics of the tables are made anew. */
const MANY = 1000;

/** Most rows of one file, and most blank lines. */
export const MAX_ROWS = 1_000_000;

/** Seconds for which a process has a job without a sign of life. */
const LEASE = 60;

/** The job is no longer this process's: it was cancelled, or another one has gone on with it. */
class JobLost extends Error {}

export interface RunOptions {
  /** Called after each batch. */
  readonly onProgress?: (job: ImportJob) => void;
  /** Asked before each batch whether to stop; the job is then left to be taken up again. */
  readonly stopping?: () => boolean;
}

/**
 * Takes up one job that nobody works on, and does it. A batch of rows is one transaction that also says how far the
 * job is, so that a process that dies leaves nothing half: the next one goes on after the last batch.
 *
 * @returns whether there was a job
 */
export async function runNextImport(
  database: Database,
  logger: Logger,
  options: RunOptions = {},
): Promise<boolean> {
  const job = await claim(database, null);
  if (job) await work(database, logger, job, options);
  return job !== null;
}

/** Works on one job to its end, unless another process has it. */
export async function runImportJob(
  database: Database,
  logger: Logger,
  key: Pick<ImportJob, "orgId" | "id">,
  options: RunOptions = {},
): Promise<void> {
  const job = await claim(database, key);
  if (job) await work(database, logger, job, options);
}

async function work(database: Database, logger: Logger, job: Claimed, options: RunOptions): Promise<void> {
  try {
    await runImport(database, job, options);
  } catch (error) {
    if (error instanceof JobLost) return;
    const passing = isUnavailable(error) || isTimeout(error);
    logger.error(
      { err: error, job: job.id },
      passing ? "an import waits to be tried again" : "an import failed",
    );
    if (!passing) await end(database, job, "FAILED", "Something went wrong here; the log has it.");
  }
}

interface Claimed extends ImportJob {
  readonly dataScope: DataScope;
}

/** Ends the jobs whose file stopped arriving a day ago, as when a process died meanwhile. */
export async function dropBrokenUploads({ pool }: Database): Promise<void> {
  await pool.query(
    `WITH broken AS (
       UPDATE import_job SET state = 'FAILED', finished_at = now(), problem = 'The upload broke off.'
       WHERE state = 'UPLOADING' AND created_at < now() - interval '1 day' RETURNING org_id, id)
     DELETE FROM import_chunk AS c USING broken AS b WHERE c.org_id = b.org_id AND c.job_id = b.id`,
  );
}

async function claim(
  { pool }: Database,
  key: Pick<ImportJob, "orgId" | "id"> | null,
): Promise<Claimed | null> {
  const { rows } = await pool.query<Claimed>(
    `UPDATE import_job AS j SET state = 'RUNNING', started_at = coalesce(started_at, now()),
       leased_until = now() + interval '${LEASE} seconds'
     FROM member AS m
     WHERE m.org_id = j.org_id AND m.id = j.member_id AND (j.org_id, j.id) = (
       SELECT org_id, id FROM import_job
       WHERE state IN ('QUEUED', 'RUNNING') AND (leased_until IS NULL OR leased_until < now())
         AND ($1::uuid IS NULL OR (org_id = $1 AND id = $2))
       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING j.org_id AS "orgId", j.id, j.member_id AS "memberId", j.state, j.mode, j.dry_run AS "dryRun",
       j.file_name AS "fileName", j.file_bytes AS "fileBytes", j.encoding, j.delimiter, j.mapping, j.options,
       j.total, j.done, j.created, j.updated, j.skipped, j.failed, j.blank, j.problem,
       j.created_at AS "createdAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt",
       j.leased_until AS "leasedUntil", m.data_scope AS "dataScope"`,
    [key?.orgId ?? null, key?.id ?? null],
  );
  return rows[0] ?? null;
}

async function end(
  { pool }: Database,
  { orgId, id }: ImportJob,
  state: "DONE" | "FAILED",
  problem: string | null,
) {
  await pool.query(
    `UPDATE import_job SET state = $3::"ImportState", problem = $4, finished_at = now(), leased_until = NULL
     WHERE org_id = $1 AND id = $2 AND state = 'RUNNING'`,
    [orgId, id, state, problem],
  );
  await pool.query("DELETE FROM import_chunk WHERE org_id = $1 AND job_id = $2", [orgId, id]);
}

async function runImport(database: Database, job: Claimed, options: RunOptions): Promise<void> {
  const db = scopedDb(database, job);
  const caller = (): Caller => ({
    db,
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
    viewer: {
      memberId: job.memberId,
      dataScope: job.dataScope,
      credentialId: job.memberId,
      source: "IMPORT",
    },
  });
  const { definitions } = await db.catalogue("CONTACT");
  const columns = job.mapping as unknown as Column[];
  const reader = { columns, definitions, decimalComma: job.delimiter === ";" };
  const file = { encoding: job.encoding, delimiter: job.delimiter ?? "," } as CsvFormat;
  const slices = () => readCsv(chunksOf(database, job), file);
  if (job.total === 0) {
    const { total, blank } = await countRecords(slices(), MAX_ROWS);
    if (total > MAX_ROWS || blank > MAX_ROWS) {
      const what = total > MAX_ROWS ? "rows; import it in parts" : "blank lines; take them out";
      return end(database, job, "FAILED", `The file has more than ${MAX_ROWS} ${what}.`);
    }
    await db.importJob.updateMany({ where: { id: job.id }, data: { total, blank } });
    job.total = total;
    options.onProgress?.(job);
  }
  // What a restricted member makes is theirs, also when they became restricted only after asking.
  const restricted = job.dataScope === "ASSIGNED" && { ownerId: job.memberId };
  const settings = { ...settingsOf(job), ...restricted };
  let current: ImportJob = job.dryRun && job.done > 0 ? await restarted(db, job) : job;
  for await (const rows of rowBatches(slices(), reader, current.done)) {
    if (options.stopping?.()) {
      await release(database, job);
      throw new JobLost();
    }
    current = await runBatch(caller(), current, rows, settings);
    options.onProgress?.(current);
  }
  await end(database, job, "DONE", null);
  if (job.total > MANY && !job.dryRun) await settle(database);
  options.onProgress?.({ ...current, state: "DONE" });
}

/**
 * A dry run from its beginning: what it had seen of the file was known to the process that had it before. It has
 * written nothing but what it found wrong.
 */
const restarted = (db: Db, { id, done }: ImportJob): Promise<ImportJob> =>
  db.transaction(async (tx) => {
    const data = { done: 0, created: 0, updated: 0, skipped: 0, failed: 0 };
    const [row] = await tx.importJob.updateManyAndReturn({ where: { id, state: "RUNNING", done }, data });
    if (!row) throw new JobLost();
    await tx.importError.deleteMany({ where: { jobId: id } });
    return row;
  });

/**
 * One batch, one transaction, with the job's counts in it. Tried again when another caller makes one of its contacts
 * at this moment.
 */
const runBatch = (
  caller: Caller,
  job: ImportJob,
  rows: readonly ImportRow[],
  settings: ReturnType<typeof settingsOf>,
): Promise<ImportJob> =>
  write(
    caller,
    async (writer) => {
      const { errors, ...counts } = await importBatch(writer, rows, settings);
      const { tx } = writer;
      if (errors.length > 0) await tx.importError.createMany({ data: errorRows(tx.orgId, job.id, errors) });
      const [row] = await tx.importJob.updateManyAndReturn({
        // Another number means that another process has gone on with it.
        where: { id: job.id, state: "RUNNING", done: job.done },
        data: {
          done: job.done + rows.length,
          created: job.created + counts.created,
          updated: job.updated + counts.updated,
          skipped: job.skipped + counts.skipped,
          failed: job.failed + counts.failed,
          leasedUntil: new Date(Date.now() + LEASE * 1000),
        },
      });
      if (!row) throw new JobLost();
      return row;
    },
    { timeout: 120_000, retry: isUniqueViolation },
  );

/** The file, a piece at a time. */
async function* chunksOf({ pool }: Database, { orgId, id }: ImportJob): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; position += 1) {
    const { rows } = await pool.query<{ bytes: Buffer }>(
      "SELECT bytes FROM import_chunk WHERE org_id = $1 AND job_id = $2 AND position = $3",
      [orgId, id, position],
    );
    const [chunk] = rows;
    if (!chunk) return;
    yield chunk.bytes;
  }
}

/** Lets another process take the job up at once. */
async function release({ pool }: Database, { orgId, id }: ImportJob): Promise<void> {
  await pool.query("UPDATE import_job SET leased_until = NULL WHERE org_id = $1 AND id = $2", [orgId, id]);
}
