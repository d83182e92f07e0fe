import { setTimeout as wait } from "node:timers/promises";
import { purge } from "../../src/jobs/purge.ts";

/** Purges as soon as no other test purges: only one process can purge at a time. */
export async function purgeAlone(...args: Parameters<typeof purge>): ReturnType<typeof purge> {
  for (;;) {
    const purged = await purge(...args);
    if (purged.ran) return purged;
    await wait(20);
  }
}
