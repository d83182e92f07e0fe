import cluster, { type Address, type Worker } from "node:cluster";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { onSignals } from "./signals.ts";
import { warnOfStaleBuild } from "./stale-build.ts";
import { openConfigured, prepare, say, urlOf } from "./startup.ts";

/**
 * WORKERS: one process looks after several that serve on the same port, and puts another one in the place of one that
 * dies. Each does the background jobs as well, which are claimed in the database: a piece of work is done by one.
 */

/** Deaths in a row, each soon after its start, after which a start is taken for hopeless. */
const MAX_FAILURES = 5;
/** Milliseconds after which a worker is taken for one that works. */
const SOON = 10_000;
/** Milliseconds before the place of one that died soon is taken; each further time twice as long, up to the longest. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [250, 30_000];
/** Milliseconds beyond SHUTDOWN_TIMEOUT_MS for a worker to end by itself, as each does then. */
const LATE = 3_000;

/** In the first process looks after the workers, until a signal or their failure ends it; in a worker, serves. */
export async function runWorkers(config: Config, logger: Logger): Promise<void> {
  if (cluster.isPrimary) return lookAfter(config, logger);
  const { serve } = await import("./serve.ts");
  await serve(shareOf(config), logger, { worker: true });
}

/** What one worker gets: DATABASE_POOL bounds the connections of all of them. */
function shareOf(config: Config): Config {
  const { database, workers } = config;
  if (database.kind !== "postgres") return config;
  return { ...config, database: { ...database, poolSize: Math.floor(database.poolSize / workers) } };
}

async function lookAfter(config: Config, logger: Logger): Promise<void> {
  warnOfStaleBuild();
  const database = await openConfigured(config, logger);
  try {
    await prepare(database, logger);
  } finally {
    await database.close();
  }
  let stopping = false;
  /** Where they answer; null until one does. */
  let port: number | null = null;
  const living = new Set<Worker>();
  const answering = new Set<Worker>();

  /** Starts the worker of a place, and another one when it dies. */
  const occupy = (failures: number) => {
    if (stopping) return;
    const worker = cluster.fork();
    const began = performance.now();
    living.add(worker);
    worker.once("listening", (at: Address) => {
      answering.add(worker);
      logger.info({ worker: worker.process.pid }, "a worker answers");
      const first = port === null;
      // Any free port, which is what PORT=0 asks for, is another one after all workers have died.
      if (port !== at.port) say(`GraphQL: ${urlOf(config.host, at.port)}`);
      port = at.port;
      if (first) for (let place = 1; place < config.workers; place += 1) occupy(0);
    });
    worker.once("exit", (code, signal) => {
      living.delete(worker);
      answering.delete(worker);
      if (stopping) return;
      const inARow = performance.now() - began < SOON ? failures + 1 : 0;
      // As with one process: the first one has said why it cannot start.
      if (port === null) return void end(1);
      if (answering.size === 0 && inARow >= MAX_FAILURES) {
        process.stderr.write(`No worker answers, and ${inARow} in a row died as they started. Giving up.\n`);
        return void end(1);
      }
      const pause = inARow === 0 ? 0 : Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (inARow - 1));
      logger.error({ worker: worker.process.pid, code, signal, pause }, "a worker died and is replaced");
      setTimeout(() => occupy(inARow), pause);
    });
  };

  const kill = () => {
    for (const { process: child } of living) child.kill("SIGKILL");
  };
  /** Lets the workers finish their work, ends those that take too long, and then exits. */
  const end = async (code: number) => {
    stopping = true;
    const late = setTimeout(kill, config.shutdownTimeout + LATE);
    await Promise.all(
      [...living].map((worker) => {
        worker.process.kill("SIGTERM");
        return new Promise((resolve) => worker.process.once("exit", resolve));
      }),
    );
    clearTimeout(late);
    process.exit(code);
  };
  onSignals((signal) => {
    if (stopping) return;
    logger.info({ signal }, "stopping all workers");
    void end(0);
  }, kill);
  occupy(0);
}
