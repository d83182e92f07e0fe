import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { prepareDemo } from "../demo/demo.ts";
import { exampleQuery } from "../demo/examples.ts";
import type { Listener } from "./listener.ts";
import { storeOf } from "./rates/store.ts";
import { onSignals } from "./signals.ts";
import { openConfigured, prepare, say, urlOf, warmUp } from "./startup.ts";
import { startTelemetry, type Telemetry } from "./watch/telemetry.ts";

/**
 * Milliseconds from listening to the warm-up, during which nothing else is answered for a moment: whoever waits for the
 * port is answered first.
 */
const WARM_AFTER = 200;

/**
 * Opens the database, listens, and closes both on SIGTERM or SIGINT. A second signal ends the process at once.
 *
 * @param worker whether this process is one of several workers: then the primary process has applied the migrations,
 *   and prints the address
 */
export async function serve(config: Config, logger: Logger, { worker = false } = {}): Promise<void> {
  if (config.database.kind === "embedded")
    say(`Opening the embedded database in ${config.database.directory}`);
  // Modules load while the database opens.
  const program = Promise.all([import("./server.ts"), import("../jobs/jobs.ts"), import("./listener.ts")]);
  const database = await openConfigured(config, logger);

  // Signals are handled from here on, so that a start that is interrupted closes the database.
  let stopping = false;
  let warm = false;
  let listener: Listener | null = null;
  let redis: Redis | null = null;
  let stopServing = async () => {};
  let stopJobs = async () => {};
  let telemetry: Telemetry | null = null;
  onSignals(async (signal) => {
    stopping = true;
    logger.info({ signal }, "stopping");
    // PostgreSQL rolls back the transactions that are cut off, and another process continues the jobs.
    setTimeout(() => {
      logger.warn(
        { running: listener?.running },
        "requests that still ran after SHUTDOWN_TIMEOUT_MS were cut off",
      );
      process.exit(0);
    }, config.shutdownTimeout);
    await Promise.all([stopServing(), stopJobs()]);
    redis?.disconnect();
    await telemetry?.stop();
    await database.close();
    process.exit(0);
  });

  try {
    if (!worker) await prepare(database, logger);
    const key =
      config.demo && config.database.kind === "embedded"
        ? await prepareDemo(database, config.database.directory, say)
        : null;
    const [{ createServer }, { startJobs }, { Listener }] = await program;
    if (config.redisUrl !== null)
      redis = (await import("./rates/redis.ts")).openRedis(config.redisUrl, logger);
    telemetry = await startTelemetry(config, database, logger);
    const gateway = createServer({
      database,
      logger,
      corsOrigins: config.corsOrigins,
      bodyLimit: config.bodyLimit,
      fileLimit: config.fileLimit,
      limits: config.limits,
      rates: config.rates,
      rateStore: storeOf(config.rateStore, database, redis),
      trustedProxies: config.trustedProxies,
      authFailures: config.authFailures,
      slowOperation: config.slowOperation,
      observer: telemetry.observer,
      tracer: telemetry.tracer,
      verifyToken:
        config.oidc &&
        (await import("../auth/token.ts")).tokenVerifier(config.oidc, (error) =>
          logger.warn({ error: error.message }, "cannot fetch the identity provider's keys (JWKS)"),
        ),
      graphiql: key === null ? null : { key, query: exampleQuery, host: config.host },
      isStopping: () => stopping,
      isWarm: () => warm,
    });
    listener = new Listener(gateway, config);
    const port = await listener.listen(config.port, config.host);
    stopServing = listener.stop.bind(listener);
    stopJobs = startJobs(database, logger, config);
    setTimeout(async () => {
      await warmUp(database);
      warm = true;
    }, WARM_AFTER);
    if (worker) return;
    const url = urlOf(config.host, port);
    if (key === null) {
      say(`GraphQL: ${url}`);
    } else {
      say(`GraphiQL: ${url}`);
      say(`API key: ${key}`);
    }
  } catch (error) {
    // After an interruption the start fails at some point; that error is not reported.
    if (stopping) return;
    redis?.disconnect();
    await database.close();
    throw error;
  }
}
