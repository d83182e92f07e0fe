import cluster, { type Address, type Worker } from "node:cluster";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { onSignals } from "./signals.ts";
import { warnOfStaleBuild } from "./stale-build.ts";
import { openConfigured, prepare, say, urlOf } from "./startup.ts";
import { tellOfWorkers } from "./watch/telemetry.ts";

/**
 * WORKERS > 1: a primary process starts several workers on one port, and replaces a worker that dies. Every worker
 * also runs background jobs; a job is claimed in the database, so that one worker runs it.
 */

/** Workers that may die in a row, each within SOON of its start, before the server gives up. */
const MAX_FAILURES = 5;
/** Milliseconds after its start when a worker is considered healthy. */
const SOON = 10_000;
/**
 * Milliseconds to wait before replacing a worker that died soon after its start; doubled each time, up to the
 * longest.
 */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [250, 30_000];
/** Milliseconds beyond SHUTDOWN_TIMEOUT_MS for a worker to end by itself, before it is killed. */
const LATE = 3_000;

/** Runs the primary process until a signal or the failure of its workers; in a worker process, serves. */
export async function runWorkers(config: Config, logger: Logger): Promise<void> {
  if (cluster.isPrimary) return lookAfter(config, logger);
  const { serve } = await import("./serve.ts");
  await serve(shareOf(config), logger, { worker: true });
}

/** The configuration of one worker: its share of the connections that DATABASE_POOL allows in total. */
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
  await tellOfWorkers(config, logger);
  let stopping = false;
  /** The port of the workers; null until one listens. */
  let port: number | null = null;
  const living = new Set<Worker>();
  const answering = new Set<Worker>();

  /** Starts a worker, and starts another one when it dies. */
  const occupy = (failures: number) => {
    if (stopping) return;
    const worker = cluster.fork();
    const began = performance.now();
    living.add(worker);
    worker.once("listening", (at: Address) => {
      answering.add(worker);
      logger.info({ worker: worker.process.pid }, "a worker answers");
      const first = port === null;
      // With PORT=0, the port is a different one after all workers have died.
      if (port !== at.port) say(`GraphQL: ${urlOf(config.host, at.port)}`);
      port = at.port;
      if (first) for (let place = 1; place < config.workers; place += 1) occupy(0);
    });
    worker.once("exit", (code, signal) => {
      living.delete(worker);
      answering.delete(worker);
      if (stopping) return;
      const inARow = performance.now() - began < SOON ? failures + 1 : 0;
      // The first worker to fail has printed why it cannot start.
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
  /** Lets the workers finish, kills those that take too long, and exits. */
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
