import { pino } from "pino";
import { isOperatorError } from "./cli/run.ts";
import { readConfig } from "./config.ts";
import { sayIfStale } from "./server/stale.ts";

/** One process that serves, or with WORKERS several that do and one that looks after them. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  if (config.workers > 1) {
    const { runWorkers } = await import("./server/workers.ts");
    return runWorkers(config, logger);
  }
  sayIfStale();
  const { serve } = await import("./server/serve.ts");
  await serve(config, logger);
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
