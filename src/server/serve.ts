import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { prepareDemo } from "../demo/demo.ts";
import { exampleQuery } from "../demo/examples.ts";
import { openConfigured, prepare, say, urlOf } from "./startup.ts";

/**
 * Opens the database, listens, and closes both on SIGTERM or SIGINT.
 *
 * @param worker one of several: the process that looks after them has applied the migrations, and says where they
 *   answer
 */
export async function serve(config: Config, logger: Logger, { worker = false } = {}): Promise<void> {
  if (config.database.kind === "embedded")
    say(`Opening the embedded database in ${config.database.directory}`);
  // The rest of the program is read while the database is opened.
  const program = Promise.all([import("./server.ts"), import("../jobs/jobs.ts")]);
  const database = await openConfigured(config, logger);

  // Signals count from here on, so that a start that is interrupted still closes the database.
  let stopping = false;
  let stopServing = async () => {};
  let stopJobs = async () => {};
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, "stopping");
    await Promise.all([stopServing(), stopJobs()]);
    await database.close();
    process.exit(0);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);

  try {
    if (!worker) await prepare(database, logger);
    const key =
      config.demo && config.database.kind === "embedded"
        ? await prepareDemo(database, config.database.directory, say)
        : null;
    const [{ createServer }, { startJobs }] = await program;
    const yoga = createServer({
      database,
      logger,
      corsOrigins: config.corsOrigins,
      bodyLimit: config.bodyLimit,
      fileLimit: config.fileLimit,
      limits: config.limits,
      verifyToken:
        config.oidc &&
        (await import("../auth/token.ts")).tokenVerifier(config.oidc, (error) =>
          logger.warn({ error: error.message }, "the identity provider's keys cannot be had"),
        ),
      graphiql: key === null ? null : { key, query: exampleQuery },
    });
    // Two Authorization headers arrive as one text with a comma, and are refused as such.
    const http = createHttpServer(
      // A large file may take a quarter of an hour to arrive; a connection on which nothing moves is closed sooner.
      { joinDuplicateHeaders: true, headersTimeout: 15_000, requestTimeout: 900_000 },
      yoga,
    );
    http.timeout = 120_000;
    stopServing = () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => http.closeAllConnections(), config.shutdownTimeout);
        http.close(() => {
          clearTimeout(cut);
          resolve();
        });
        http.closeIdleConnections();
      });
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject).listen(config.port, config.host, resolve);
    });
    stopJobs = startJobs(database, logger, config.purgeEvery);
    if (worker) return;
    const url = urlOf(config.host, (http.address() as AddressInfo).port);
    if (key === null) {
      say(`GraphQL: ${url}`);
    } else {
      say(`GraphiQL: ${url}`);
      say(`API key: ${key}`);
    }
  } catch (error) {
    if (!stopping) await database.close();
    throw error;
  }
}
