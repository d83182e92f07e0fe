import type { Logger } from "pino";
import type { Database } from "../db/database.ts";
import { isReadOnly } from "../db/read/read-only.ts";
import { TRASH_DAYS } from "../records/trash.ts";
import { IDEMPOTENCY_HOURS } from "../records/write/write.ts";
import { bulkKind } from "./bulk/bulk.kind.ts";
import { duplicateKind } from "./duplicates/duplicates.kind.ts";
import { dropExpiredFiles, exportKind } from "./export/export.kind.ts";
import { dropBrokenUploads, importKind } from "./import/import.kind.ts";
import type { JobKind, JobRows } from "./kind.ts";
import { purge } from "./purge.ts";
import { runJob } from "./runner.ts";

/** Background work of the server. */

/** The moments before which what is in the trash, and what was answered under idempotency keys, is erased. */
export const purgeLimits = (now: Date) => ({
  trashedBefore: new Date(now.getTime() - TRASH_DAYS * 86_400_000),
  answeredBefore: new Date(now.getTime() - IDEMPOTENCY_HOURS * 3_600_000),
});

/** Milliseconds between two looks for a job to work on. */
const JOB_POLL = 2_000;

/**
 * Starts the background work of the server: purging the trash, and running imports, bulk changes, exports and searches
 * for duplicates.
 * Any number of processes may do so: each piece of work is done by one of them.
 *
 * @param purgeEvery minutes between two purges; 0 for none
 * @returns a function that stops it and waits for what is under way
 */
export function startJobs(database: Database, logger: Logger, purgeEvery: number): () => Promise<void> {
  let stopping = false;
  const clean = () => {
    const { trashedBefore, answeredBefore } = purgeLimits(new Date());
    return purge(database, trashedBefore, answeredBefore).then((purged) => {
      if (purged.contacts + purged.leads > 0) logger.info(purged, "purged the trash");
    });
  };
  const options = { stopping: () => stopping };
  /** Runs jobs until none waits, or those that do have to wait longer. */
  const workOff =
    <Name extends keyof JobRows>(kind: JobKind<Name>) =>
    async () => {
      while (!stopping && (await runJob(database, logger, kind, options)) === "done");
    };
  // A standby cannot write; work begins once it has become the primary.
  const ifWritable = (work: () => Promise<void>) => async () => {
    if (!(await isReadOnly(database))) await work();
  };
  const stops = [
    repeat(logger, "purging", ifWritable(clean), 10_000, purgeEvery * 60_000),
    repeat(logger, "importing", ifWritable(workOff(importKind)), JOB_POLL, JOB_POLL),
    repeat(logger, "changing contacts", ifWritable(workOff(bulkKind)), JOB_POLL, JOB_POLL),
    repeat(logger, "exporting", ifWritable(workOff(exportKind)), JOB_POLL, JOB_POLL),
    repeat(logger, "looking for duplicates", ifWritable(workOff(duplicateKind)), JOB_POLL, JOB_POLL),
    repeat(
      logger,
      "deleting broken uploads",
      ifWritable(() => dropBrokenUploads(database)),
      30_000,
      3_600_000,
    ),
    repeat(
      logger,
      "deleting the files of old exports",
      ifWritable(() => dropExpiredFiles(database)),
      30_000,
      3_600_000,
    ),
  ];
  return async () => {
    stopping = true;
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** Does something again and again, each time after the one before has ended; never when the interval is 0. */
function repeat(
  logger: Logger,
  name: string,
  work: () => Promise<void>,
  first: number,
  interval: number,
): () => Promise<void> {
  if (interval === 0) return async () => {};
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const run = () => {
    running = work()
      .catch((error: unknown) => logger.error({ err: error }, `${name} failed and will be tried again`))
      .then(() => {
        if (!stopped) timer = setTimeout(run, interval).unref();
      });
  };
  timer = setTimeout(run, first).unref();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
