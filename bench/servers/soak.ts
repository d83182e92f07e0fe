import { CONNECTIONS } from "./contest.ts";
import { Caller } from "./load.ts";
import type { Running } from "./process.ts";
import type { Sending } from "./types.ts";

/** Memory of a server under 80 % of its peak load. */

export interface Soak {
  readonly minutes: number;
  readonly rate: number;
  /** MiB at the middle and at the end, each the median of a tenth of the time. */
  readonly middleMiB: number;
  readonly endMiB: number;
  /** Share by which memory grew over the last half. */
  readonly growth: number;
}

const median = (values: readonly number[]) =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

/** @param peak requests a second at full load */
export async function soak(
  running: Running,
  sendings: readonly Sending[],
  peak: number,
  minutes: number,
): Promise<Soak> {
  const caller = new Caller(running, sendings, CONNECTIONS);
  const samples: number[] = [];
  const watch = setInterval(() => samples.push(running.memory()), 500);
  const rate = peak * 0.8;
  try {
    await caller.load({ seconds: minutes * 60, connections: CONNECTIONS, rate });
  } finally {
    clearInterval(watch);
    await caller.close();
  }
  const around = (share: number) =>
    median(samples.slice(Math.floor(samples.length * (share - 0.1)), Math.ceil(samples.length * share)));
  const [middleMiB, endMiB] = [around(0.55), around(1)];
  return { minutes, rate, middleMiB, endMiB, growth: endMiB / middleMiB - 1 };
}
