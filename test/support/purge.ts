import { setTimeout as wait } from "node:timers/promises";
import { purge } from "../../src/jobs/purge.ts";

/** Purges once no other test does: one process purges at a time. */
export async function purgeAlone(...args: Parameters<typeof purge>): ReturnType<typeof purge> {
  for (;;) {
    const purged = await purge(...args);
    if (purged.ran) return purged;
    await wait(20);
  }
}
