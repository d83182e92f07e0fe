import type { Logger } from "pino";
import type { Database } from "../db/database.ts";
import { isReadOnly } from "../db/read/read-only.ts";
import { trashPurged } from "../lib/events.ts";
import { TRASH_DAYS } from "../records/trash.ts";
import { IDEMPOTENCY_HOURS } from "../records/write/write.ts";
import { bulkKind } from "./bulk/bulk.kind.ts";
import { duplicateKind } from "./duplicates/duplicates.kind.ts";
import { dropExpiredFiles, exportKind } from "./export/export.kind.ts";
import { dropBrokenUploads, importKind } from "./import/import.kind.ts";
import type { JobKind, JobRows } from "./kind.ts";
import { purge } from "./purge.ts";
import { runJob } from "./runner.ts";

/** Background work of the server: jobs, and regular deletions. */

/**
 * Times before which trashed records, stored answers of idempotency keys and audit events are deleted.
 *
 * @param auditDays days for which audit events are kept; 0 for ever
 */
export const purgeLimits = (now: Date, auditDays: number) => ({
  trashedBefore: new Date(now.getTime() - TRASH_DAYS * 86_400_000),
  answeredBefore: new Date(now.getTime() - IDEMPOTENCY_HOURS * 3_600_000),
  auditedBefore: auditDays === 0 ? null : new Date(now.getTime() - auditDays * 86_400_000),
});

/** The tables of all kinds of jobs. */
export const jobTables = [importKind, bulkKind, exportKind, duplicateKind].map(({ tables }) => tables.job);

/** Milliseconds between two searches for jobs. */
const JOB_POLL = 2_000;

/**
 * Starts the background work: purging the trash, and running imports, bulk changes, exports and searches for
 * duplicates. Any number of processes may do this: each job is run by one of them.
 *
 * @param purgeEvery minutes between two purges; 0 for none
 * @param auditDays days for which audit events are kept; 0 for ever
 * @returns a function that stops the work and waits for running steps
 */
export function startJobs(
  database: Database,
  logger: Logger,
  { purgeEvery, auditDays }: { readonly purgeEvery: number; readonly auditDays: number },
): () => Promise<void> {
  let stopping = false;
  const clean = () => {
    const { trashedBefore, answeredBefore, auditedBefore } = purgeLimits(new Date(), auditDays);
    return purge(database, trashedBefore, answeredBefore, auditedBefore).then((purged) => {
      trashPurged.tell(purged);
      if (purged.contacts + purged.leads > 0) logger.info(purged, "purged the trash");
    });
  };
  const options = { stopping: () => stopping };
  /** Runs jobs until none waits that can run now. */
  const workOff =
    <Name extends keyof JobRows>(kind: JobKind<Name>) =>
    async () => {
      while (!stopping && (await runJob(database, logger, kind, options)) === "done");
    };
  // A standby is read-only; work begins once it has become the primary.
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

/** Repeats work, waiting for the interval after each run; never if the interval is 0. */
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
