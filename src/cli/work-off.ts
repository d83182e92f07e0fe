import { setTimeout as pause } from "node:timers/promises";
import { Presets, SingleBar } from "cli-progress";
import type { Database } from "../db/database.ts";
import { isTransient } from "../db/faults.ts";
import type { JobKey, JobKind, JobRows } from "../jobs/kind.ts";
import { runJob } from "../jobs/runner.ts";
import { createLogger } from "../server/log.ts";

/** Milliseconds between two checks of a job that another process runs, or whose database is unavailable. */
const LOOK = 500;

interface Options<Job> {
  /** Reads the current job. */
  readonly read: () => Promise<Job>;
  /** The unit of the progress bar. */
  readonly noun: string;
  /** Whether to show progress even if standard error is no terminal, as a line from time to time. */
  readonly always?: boolean;
  /** Called before each step: whether to stop. */
  readonly stopping?: () => boolean;
}

/**
 * Runs a job to its end with a progress bar on standard error; if a server has claimed it, waits for the end.
 *
 * @returns the job when it has ended, or when it was stopped
 */
export async function workOff<Name extends keyof JobRows>(
  database: Database,
  kind: JobKind<Name>,
  { orgId, id }: JobKey,
  { read, noun, always = false, stopping = () => false }: Options<JobRows[Name]>,
): Promise<JobRows[Name]> {
  const format = `{bar} {percentage} % | {value} of {total} ${noun} | {eta_formatted} left`;
  const bar = new SingleBar({ format, noTTYOutput: always }, Presets.shades_classic);
  let started = false;
  const onProgress = ({ total, done }: JobRows[Name]) => {
    if (!started) bar.start(total, done);
    started = true;
    bar.update(done);
  };
  const logger = createLogger("warn");
  for (;;) {
    try {
      await runJob(database, logger, kind, { onProgress, stopping }, { orgId, id });
      const job = await read();
      if (job.finishedAt !== null || stopping()) {
        bar.stop();
        return job;
      }
      if (job.total > 0) onProgress(job);
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    await pause(LOOK);
  }
}
