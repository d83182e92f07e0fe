import type { Logger } from "pino";
import type { Database } from "./db/database.ts";
import { purge } from "./db/purge.ts";
import { TRASH_DAYS } from "./modules/record/trash.ts";
import { IDEMPOTENCY_HOURS } from "./modules/write/write.ts";

/** What the server does beside answering. */

/** The moments before which what is in the trash, and what was answered under idempotency keys, is erased. */
export const purgeLimits = (now: Date) => ({
  trashedBefore: new Date(now.getTime() - TRASH_DAYS * 86_400_000),
  answeredBefore: new Date(now.getTime() - IDEMPOTENCY_HOURS * 3_600_000),
});

/**
 * Purges the trash soon after the start and then at intervals. Any number of processes may do so: one at a time
 * does the work.
 *
 * @param minutes between two purges; 0 for none
 * @returns a function that stops it and waits for a purge that is under way
 */
export function startPurging(database: Database, logger: Logger, minutes: number): () => Promise<void> {
  if (minutes === 0) return async () => {};
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    const { trashedBefore, answeredBefore } = purgeLimits(new Date());
    running = purge(database, trashedBefore, answeredBefore).then(
      (purged) => {
        if (purged.contacts + purged.leads > 0) logger.info(purged, "purged the trash");
      },
      (error: unknown) => logger.error({ error }, "the purge failed; it is tried again"),
    );
  };
  const first = setTimeout(run, 10_000);
  const timer = setInterval(run, minutes * 60_000);
  first.unref();
  timer.unref();
  return async () => {
    clearTimeout(first);
    clearInterval(timer);
    await running;
  };
}
