import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { isOperatorError } from "./cli/run.ts";
import { readConfig } from "./config.ts";
import { openDatabase } from "./db/database.ts";
import { applyMigrations } from "./db/migrate.ts";
import { prepareDemo } from "./demo.ts";
import { exampleQuery } from "./examples.ts";
import { startJobs } from "./jobs.ts";
import { createServer } from "./server.ts";
import { sayIfStale } from "./stale.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  sayIfStale();
  const config = readConfig(process.env);
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  if (config.database.kind === "embedded")
    say(`Opening the embedded database in ${config.database.directory}`);
  const database = await openDatabase(config.database, {
    onConnectionError: (error) => logger.warn({ error: error.message }, "an idle database connection broke"),
  });

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
    for (const name of await applyMigrations(database.pool, database.embedded))
      say(`Applied migration ${name}`);
    const key =
      config.demo && config.database.kind === "embedded"
        ? await prepareDemo(database, config.database.directory, say)
        : null;
    const yoga = createServer({
      database,
      logger,
      corsOrigins: config.corsOrigins,
      bodyLimit: config.bodyLimit,
      fileLimit: config.fileLimit,
      verifyToken:
        config.oidc &&
        (await import("./auth/token.ts")).tokenVerifier(config.oidc, (error) =>
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
    const { port } = http.address() as AddressInfo;
    const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}/graphql`;
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

main().catch((error: unknown) => {
  const code = (error as { code?: unknown }).code;
  const told =
    code === "EADDRINUSE"
      ? "PORT is in use by another program: set PORT to a free one, or to 0 for any."
      : isOperatorError(error)
        ? error.message || String(error)
        : error instanceof Error
          ? error.stack
          : String(error);
  process.stderr.write(`${told}\n`);
  process.exit(1);
});
