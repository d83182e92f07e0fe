import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Database } from "../db/database.ts";
import { isOverdue, isTransient } from "../db/faults.ts";
import { analyze } from "../db/write/analyze.ts";
import { RefusalError } from "../lib/errors.ts";
import { findJob } from "./claim.ts";
import type { JobKey, JobKind, JobRows } from "./kind.ts";
import { JobLost, Work } from "./work.ts";

/**
 * The one way in which jobs are done, whatever they do: claimed by one process, worked off in steps, cancelled, let go
 * and taken up again, here or elsewhere.
 */

export interface RunOptions<Name extends keyof JobRows> {
  /** Called after each step. */
  readonly onProgress?: (job: JobRows[Name]) => unknown;
  /** Asked before each step whether to stop; the job is then left to be taken up again. */
  readonly stopping?: () => boolean;
}

/** What became of a look for work: nothing to do, a job that is off this process's hands, or one to be tried again. */
export type Outcome = "none" | "done" | "waits";

/**
 * Takes up one job that nobody works on, and does it.
 *
 * @param key a certain one; whichever has waited the longest when left out
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

/** @returns null when another process has taken it meanwhile */
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
      await work.end("FAILED", "Something went wrong here; the log has it.");
      return "done";
    }
    logger.warn({ err: error }, `${kind.noun} waits to be tried again`);
    // What took too long, or met others again and again, may do so for ever; that the database was away says nothing.
    await release(work, isOverdue(error) || !isTransient(error), options);
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
  if (kind.needsAnalyze(work.job)) {
    await analyze(work.database).catch((error: unknown) =>
      logger.warn({ err: error }, "the planner could not be told of what changed"),
    );
  }
  await onProgress?.({ ...work.job, state: "DONE" });
  return "done";
}

/** Milliseconds between two tries to let go of a job while the database is away; the lease ends by itself later. */
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
