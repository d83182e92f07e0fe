import { Command } from "commander";
import { createDemoKey, seedDemo } from "../demo/demo.ts";
import { say } from "./run.ts";
import { withMigrated } from "./with-database.ts";

/** Seeds the demo organizations into the configured database and prints a new key to each. */
export const demo = new Command("demo").action(() =>
  withMigrated(async (database) => {
    for (const each of await seedDemo(database, say))
      say(`API key for ${each.name}: ${await createDemoKey(database, each)}`);
  }),
);
