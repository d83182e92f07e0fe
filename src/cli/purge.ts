import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { applyMigrations } from "../db/migrate/migrate.ts";
import { openDatabase } from "../db/open/database.ts";
import { countPurgeable, purge } from "../db/write/purge.ts";
import { purgeLimits } from "../jobs/jobs.ts";
import { runCommand } from "./run.ts";

/** Erases what has been in the trash for 30 days, from the command line; `--dry-run` only counts it. */
runCommand(async () => {
  const { values } = parseArgs({ options: { "dry-run": { type: "boolean", default: false } } });
  const database = await openDatabase(readConfig(process.env).database);
  try {
    await applyMigrations(database.pool, database.embedded);
    const { trashedBefore, answeredBefore } = purgeLimits(new Date());
    if (values["dry-run"]) {
      const { contacts, leads } = await countPurgeable(database, trashedBefore);
      process.stdout.write(`To be purged: ${contacts} contacts, ${leads} leads\n`);
      return 0;
    }
    const purged = await purge(database, trashedBefore, answeredBefore);
    process.stdout.write(
      purged.ran
        ? `Purged: ${purged.contacts} contacts, ${purged.leads} leads\n`
        : "Another process is purging just now\n",
    );
    return 0;
  } finally {
    await database.close();
  }
});
