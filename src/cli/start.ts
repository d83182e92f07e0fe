import { Command } from "commander";
import { readConfig } from "../config.ts";
import { createLogger } from "../server/log.ts";
import { sayIfStale } from "../server/stale.ts";

/** One process that serves, or with WORKERS several that do and one that looks after them. */
export const start = new Command("start").action(async () => {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  if (config.workers > 1) {
    const { runWorkers } = await import("../server/workers.ts");
    return runWorkers(config, logger);
  }
  sayIfStale();
  const { serve } = await import("../server/serve.ts");
  await serve(config, logger);
});
