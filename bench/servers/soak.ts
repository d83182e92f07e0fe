import { commandOf } from "./commands.ts";
import { CONNECTIONS } from "./contest.ts";
import { growthOf, median, round } from "./figures.ts";
import { heapOf, startInspected } from "./inspector.ts";
import { Caller } from "./load.ts";
import type { Soak } from "./result.ts";
import { pageSending } from "./rolograph.ts";
import type { World } from "./world-data.ts";

/** Memory of the product under 80 % of its peak load, in a process of its own. */

const TENTHS = 10;

/** @param peak requests a second at full load; measured when it is not known */
export async function soak(
  world: World,
  peak: number | null,
  minutes: number,
  say: (text: string) => void,
): Promise<Soak> {
  const running = await startInspected(commandOf("rolograph", world.url, ""));
  const caller = new Caller(running, [pageSending(world)], CONNECTIONS);
  const samples: number[] = [];
  const [rss, heap]: [number[], number[]] = [[], []];
  try {
    const seconds = Math.min(20, minutes * 20);
    const warm = await caller.load({ seconds, connections: CONNECTIONS });
    const rate = (peak ?? warm.throughput) * 0.8;
    say(`soak: ${minutes} minutes at ${rate.toFixed(0)} requests a second`);
    // Not in between: what is collected by force is given back to the system, and what then comes back looks like
    // growth.
    heap.push(round(await heapOf(running)));
    const watch = setInterval(() => samples.push(running.memory()), 500);
    let requests = 0;
    const began = performance.now();
    try {
      for (let tenth = 1; tenth <= TENTHS; tenth += 1) {
        const from = samples.length;
        const left = (minutes * 60_000 * tenth) / TENTHS - (performance.now() - began);
        const load = { seconds: Math.max(left / 1000, 0.5), connections: CONNECTIONS, rate };
        const measured = await caller.load(load);
        requests += measured.requests;
        rss.push(round(median(samples.slice(from))));
        say(
          `soak ${tenth} of ${TENTHS}: ${measured.throughput.toFixed(0)}/s, p99 ${measured.p99.toFixed(0)} ms, ` +
            `${rss.at(-1)} MiB`,
        );
      }
    } finally {
      clearInterval(watch);
    }
    heap.push(round(await heapOf(running)));
    return {
      minutes,
      rate: round(rate),
      throughput: round((requests * 1000) / (performance.now() - began)),
      rssMiB: rss,
      heapMiB: heap,
      growth: round(growthOf(samples.slice(Math.floor(samples.length / 2)))),
      heapGrowth: round(growthOf(heap)),
    };
  } finally {
    await caller.close();
    await running.stop();
  }
}
