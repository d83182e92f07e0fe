import type { Logger } from "pino";
import type { Database } from "../../db/open/database.ts";
import { isTimeout, isUnavailable } from "../../db/open/faults.ts";
import { settle } from "../../db/open/settle.ts";
import { scopedDb } from "../../db/scope/scoped.ts";
import type { BulkJob } from "../../generated/prisma/client.ts";
import type { DataScope, MemberRole } from "../../generated/prisma/enums.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { write } from "../../records/write.ts";
import type { Writer } from "../../records/writer.ts";
import { applyChange, type BulkChange, completeChange } from "./bulk.change.ts";

/** Seconds for which a process has a job without a sign of life. */
const LEASE = 60;

/** The job was cancelled, or is left to another process. */
class JobLost extends Error {}

export interface RunOptions {
  /** Called after each piece. */
  readonly onProgress?: (job: BulkJob) => void;
  /** Asked before each piece whether to stop; the job is then left to be taken up again. */
  readonly stopping?: () => boolean;
}

/**
 * Takes up one job that nobody works on, and does it. A piece is one transaction, which also takes it off the queue
 * and counts it, so that a process that dies leaves nothing half: the next one goes on with what is left.
 *
 * @returns whether there was a job
 */
export async function runNextBulkJob(
  database: Database,
  logger: Logger,
  options: RunOptions = {},
): Promise<boolean> {
  const job = await claim(database, null);
  if (job) await work(database, logger, job, options);
  return job !== null;
}

/** Works on one job to its end, unless another process has it. */
export async function runBulkJob(
  database: Database,
  logger: Logger,
  key: Pick<BulkJob, "orgId" | "id">,
  options: RunOptions = {},
): Promise<void> {
  const job = await claim(database, key);
  if (job) await work(database, logger, job, options);
}

type Claimed = Pick<BulkJob, "orgId" | "id" | "memberId" | "source">;

async function claim({ pool }: Database, key: Pick<BulkJob, "orgId" | "id"> | null): Promise<Claimed | null> {
  const { rows } = await pool.query<Claimed>(
    `UPDATE bulk_job SET state = 'RUNNING', started_at = coalesce(started_at, now()),
       leased_until = now() + interval '${LEASE} seconds'
     WHERE (org_id, id) = (
       SELECT org_id, id FROM bulk_job
       WHERE state IN ('QUEUED', 'RUNNING') AND (leased_until IS NULL OR leased_until < now())
         AND ($1::uuid IS NULL OR (org_id = $1 AND id = $2))
       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING org_id AS "orgId", id, member_id AS "memberId", source`,
    [key?.orgId ?? null, key?.id ?? null],
  );
  return rows[0] ?? null;
}

async function work(database: Database, logger: Logger, job: Claimed, options: RunOptions): Promise<void> {
  try {
    await runPieces(database, job, options);
  } catch (error) {
    if (error instanceof JobLost) return;
    if (error instanceof RefusalError) {
      return fail(database, job, error.refusals.map(({ message }) => message).join("; "));
    }
    const passing = isUnavailable(error) || isTimeout(error);
    logger.error(
      { err: error, job: job.id },
      passing ? "a bulk job waits to be tried again" : "a bulk job failed",
    );
    if (!passing) await fail(database, job, "Something went wrong here; the log has it.");
  }
}

async function fail({ pool }: Database, { orgId, id }: Claimed, problem: string): Promise<void> {
  await pool.query(
    `UPDATE bulk_job SET state = 'FAILED', problem = $3, finished_at = now(), leased_until = NULL
     WHERE org_id = $1 AND id = $2 AND state = 'RUNNING'`,
    [orgId, id, problem],
  );
  await pool.query("DELETE FROM bulk_chunk WHERE org_id = $1 AND job_id = $2", [orgId, id]);
}

async function runPieces(
  database: Database,
  job: Claimed,
  { onProgress, stopping }: RunOptions,
): Promise<void> {
  for (;;) {
    if (stopping?.()) return release(database, job);
    const caller = await callerOf(database, job);
    const current = await write(caller, (writer) => runPiece(writer, job.id), { timeout: 120_000 });
    if (current.state === "DONE") await settle(database);
    onProgress?.(current);
    if (current.state === "DONE") return;
  }
}

/**
 * Who asked for a job, with what they may do at this moment.
 *
 * @throws RefusalError FORBIDDEN when they are gone, or may only read by now
 */
async function callerOf(database: Database, { orgId, memberId, source }: Claimed): Promise<Caller> {
  const { rows } = await database.pool.query<{ role: MemberRole; dataScope: DataScope }>(
    `SELECT role, data_scope AS "dataScope" FROM member WHERE org_id = $1 AND id = $2`,
    [orgId, memberId],
  );
  const [member] = rows;
  if (!member || member.role === "READ_ONLY") {
    throw refuse("FORBIDDEN", [], "Who asked for it may no longer change contacts.");
  }
  const { dataScope } = member;
  return {
    db: scopedDb(database, { orgId, memberId, dataScope }),
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
    viewer: { memberId, dataScope, credentialId: memberId, source },
  };
}

/** One piece, one transaction. The job is held meanwhile, so that two processes never have the same piece. */
async function runPiece(writer: Writer, jobId: string): Promise<BulkJob> {
  const { tx } = writer;
  await tx.lock.rows("bulk_job", [jobId], "update");
  const job = await tx.bulkJob.findFirst({ where: { id: jobId, state: "RUNNING" } });
  if (!job) throw new JobLost();
  const piece = await tx.bulkChunk.findFirst({ where: { jobId }, orderBy: { position: "asc" } });
  if (!piece) {
    return writer.update("bulkJob", job, { state: "DONE", finishedAt: new Date(), leasedUntil: null });
  }
  const { contacts, changed } = await changePiece(writer, job, piece.ids);
  await tx.bulkChunk.deleteMany({ where: { jobId, position: piece.position } });
  return writer.update("bulkJob", job, {
    done: job.done + piece.ids.length,
    changed: job.changed + changed,
    unchanged: job.unchanged + contacts - changed,
    skipped: job.skipped + piece.ids.length - contacts,
    leasedUntil: new Date(Date.now() + LEASE * 1000),
  });
}

/** Changes those of the contacts that are still live and within the member's reach. */
async function changePiece(
  writer: Writer,
  { kind, input }: BulkJob,
  ids: readonly string[],
): Promise<{ contacts: number; changed: number }> {
  const change = await completeChange(writer, { kind, input } as BulkChange);
  await writer.tx.lock.rows("contact", ids, "update");
  const contacts = await writer.tx.contact.findMany({ where: { id: { in: [...ids] }, deletedAt: null } });
  return { contacts: contacts.length, changed: await applyChange(writer, change, contacts) };
}

/** Lets another process take the job up at once. */
async function release({ pool }: Database, { orgId, id }: Claimed): Promise<void> {
  await pool.query("UPDATE bulk_job SET leased_until = NULL WHERE org_id = $1 AND id = $2", [orgId, id]);
}
