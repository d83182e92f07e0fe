import { Command } from "commander";
import { readConfig } from "../config.ts";
import { createLogger } from "../server/log.ts";
import { warnOfStaleBuild } from "../server/stale-build.ts";

/** Starts the server: one process, or with WORKERS a primary process and several workers. */
export const start = new Command("start").action(async () => {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  if (config.workers > 1) {
    const { runWorkers } = await import("../server/workers.ts");
    return runWorkers(config, logger);
  }
  warnOfStaleBuild();
  const { serve } = await import("../server/serve.ts");
  await serve(config, logger);
});
