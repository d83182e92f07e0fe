/** What the benchmark has started ends with it, however it ends: servers are in process groups of their own. */

const pending = new Set<() => Promise<unknown>>();
let ending = false;

/** Something to be said to who started the benchmark, and not a fault of it. */
export class Refusal extends Error {}

/**
 * Has some work done when the benchmark ends.
 *
 * @returns does it now instead
 */
export function atEnd(work: () => Promise<unknown>): () => Promise<void> {
  pending.add(work);
  return async () => {
    if (pending.delete(work)) await work();
  };
}

/** Does all that is to be done at the end, side by side; what fails takes nothing from the others. */
export async function end(): Promise<void> {
  const works = [...pending];
  pending.clear();
  for (const settled of await Promise.allSettled(works.map((work) => work()))) {
    if (settled.status === "rejected") process.stderr.write(`${settled.reason}\n`);
  }
}

/** Ends when it is interrupted, and when something goes wrong that nobody waits for. */
export function endWhenInterrupted(): void {
  const finish = async (code: number) => {
    // What fails because its server has gone is no news.
    if (ending) return;
    ending = true;
    await end();
    process.exit(code);
  };
  for (const [signal, number] of [
    ["SIGHUP", 1],
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(signal, () => void finish(128 + number));
  }
  process.on("uncaughtException", (error) => {
    if (!ending) process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
    void finish(1);
  });
}
