import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Database } from "../db/database.ts";
import { countsAsAttempt, isTransient } from "../db/faults.ts";
import { analyze } from "../db/write/analyze.ts";
import { RefusalError } from "../lib/errors.ts";
import { findJob } from "./claim.ts";
import type { JobKey, JobKind, JobRows } from "./kind.ts";
import { JobLost, Work } from "./work.ts";

/**
 * Runs jobs of every kind: one process claims a job, runs its steps, and releases it when it stops, so that another
 * process can resume it.
 */

export interface RunOptions<Name extends keyof JobRows> {
  /** Called after each step. */
  readonly onProgress?: (job: JobRows[Name]) => unknown;
  /** Called before each step: whether to stop. The job is then released and resumed later. */
  readonly stopping?: () => boolean;
}

/** The result of a search for work: no job, a job that has ended, or a job that will be retried. */
export type Outcome = "none" | "done" | "waits";

/**
 * Claims one job and runs it.
 *
 * @param key a certain job; by default the one that has waited longest
 */
export async function runJob<Name extends keyof JobRows>(
  database: Database,
  logger: Logger,
  kind: JobKind<Name>,
  options: RunOptions<Name> = {},
  key: JobKey | null = null,
): Promise<Outcome> {
  for (;;) {
    const claim = await findJob(database.pool, kind.tables, key);
    if (!claim) return "none";
    const outcome = await tryJob(
      new Work(database, kind, claim),
      kind,
      options,
      logger.child({ job: claim.id }),
    );
    if (outcome !== null) return outcome;
  }
}

/** @returns null if another process has claimed the job meanwhile */
async function tryJob<Name extends keyof JobRows>(
  work: Work<Name>,
  kind: JobKind<Name>,
  options: RunOptions<Name>,
  logger: Logger,
): Promise<Outcome | null> {
  try {
    return (await work.take()) ? await workOff(work, kind, options, logger) : null;
  } catch (error) {
    if (error instanceof JobLost) return "done";
    if (error instanceof RefusalError) {
      await work.end("FAILED", error.refusals.map(({ message }) => message).join("; "));
      return "done";
    }
    if (!isTransient(error) && !kind.isTransient?.(error)) {
      logger.error({ err: error }, `${kind.noun} failed`);
      await work.end("FAILED", "Internal error; the server's log has the details.");
      return "done";
    }
    logger.warn({ err: error }, `${kind.noun} will be tried again`);
    // What may come again each time counts, such as a timeout; an unavailable database does not.
    await release(work, countsAsAttempt(error) || !isTransient(error), options);
    return "waits";
  }
}

async function workOff<Name extends keyof JobRows>(
  work: Work<Name>,
  kind: JobKind<Name>,
  { onProgress, stopping }: RunOptions<Name>,
  logger: Logger,
): Promise<Outcome> {
  await work.open();
  const steps = kind.steps(work);
  try {
    for (;;) {
      if (stopping?.()) {
        await work.release(false);
        return "waits";
      }
      const { done } = await steps.next();
      if (done) break;
      await onProgress?.(work.job);
    }
  } finally {
    await steps.return();
  }
  await work.end("DONE", null);
  await analyze(work.database, kind.toAnalyze(work.job)).catch((error: unknown) =>
    logger.warn({ err: error }, "updating the planner's statistics failed"),
  );
  await onProgress?.({ ...work.job, state: "DONE" });
  return "done";
}

/**
 * Milliseconds between two attempts to release a job while the database is unavailable; the lease ends by itself
 * anyway.
 */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 2_000];

async function release<Name extends keyof JobRows>(
  work: Work<Name>,
  counts: boolean,
  { stopping }: RunOptions<Name>,
): Promise<void> {
  for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
    try {
      return await work.release(counts);
    } catch (error) {
      if (!isTransient(error) || !work.holds || stopping?.()) return;
      await pause(wait);
    }
  }
}
