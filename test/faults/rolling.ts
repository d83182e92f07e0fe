import { Balancer } from "./balancer.ts";
import { kept } from "./ends.ts";
import type { Instance } from "./instance.ts";
import { Traffic } from "./traffic.ts";
import type { Scenario } from "./world.ts";

/** Instances are started anew, one after the other, while clients read and write. */

/**
 * On a busy machine a check of the balancer takes longer than its interval, and one instance alone answers slowly: the
 * balancer notices a stop within four seconds, and no request is refused because it waited for a connection.
 */
const SETTINGS = { SHUTDOWN_DELAY_MS: "4000", DATABASE_WAIT_MS: "10000" };

export const rolling: readonly Scenario[] = [
  {
    name: "two instances are started anew, one after the other, behind a balancer that asks /ready: no request fails",
    short: true,
    async run(world) {
      const balancer = new Balancer();
      const url = await balancer.listen();
      let instances: Instance[] = [];
      for (let at = 0; at < 2; at += 1) instances.push(await world.serve(SETTINGS));
      for (const instance of instances) await balancer.add(instance);
      const traffic = new Traffic(world.name, () => url, world.key);
      const total = world.long ? 10_000 : 0;
      let restarts = 0;
      do {
        for (const old of instances) {
          await balancer.drain(old);
          const replacement = await world.serve(SETTINGS);
          await balancer.add(replacement);
          instances = [...instances.filter((each) => each !== old), replacement];
          restarts += 1;
        }
      } while (traffic.answered < total);
      await traffic.end();
      await balancer.close();
      traffic.only(200);
      await kept(world, traffic);
      return `${traffic.answered} requests through ${restarts} restarts, none failed: ${traffic.figures}`;
    },
  },
];
