import { setTimeout as pause } from "node:timers/promises";
import { Presets, SingleBar } from "cli-progress";
import type { Database } from "../db/database.ts";
import { isTransient } from "../db/faults.ts";
import type { JobKey, JobKind, JobRows } from "../jobs/kind.ts";
import { runJob } from "../jobs/runner.ts";
import { createLogger } from "../server/log.ts";

/** Milliseconds between two looks at a job that another process works on, or whose database is away. */
const LOOK = 500;

interface Options<Job> {
  /** Reads the job as it is. */
  readonly read: () => Promise<Job>;
  /** What the bar counts. */
  readonly noun: string;
  /** Whether progress is also shown where standard error is no terminal, a line from time to time. */
  readonly always?: boolean;
  /** Asked before each step whether to give up. */
  readonly stopping?: () => boolean;
}

/**
 * Works on a job until it has ended, with a progress bar on standard error; where a server has taken it up meanwhile,
 * waits for that.
 *
 * @returns the job as it ended, or as it is where it was given up
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
