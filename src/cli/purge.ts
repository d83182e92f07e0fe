import { Command } from "commander";
import { countPurgeable } from "../db/write/purge.ts";
import { purgeLimits } from "../jobs/jobs.ts";
import { purge } from "../jobs/purge.ts";
import { say } from "./run.ts";
import { withMigrated } from "./with-database.ts";

/** Erases records that have been in the trash for 30 days, from the command line. */
export const purging = new Command("purge")
  .option("--dry-run", "counts what would be erased, and erases nothing")
  .action(({ dryRun }: { dryRun?: boolean }) =>
    withMigrated(async (database) => {
      const { trashedBefore, answeredBefore } = purgeLimits(new Date());
      if (dryRun) {
        const { contacts, leads } = await countPurgeable(database, trashedBefore);
        return say(`To be purged: ${contacts} contacts, ${leads} leads`);
      }
      const purged = await purge(database, trashedBefore, answeredBefore);
      say(
        purged.ran
          ? `Purged: ${purged.contacts} contacts, ${purged.leads} leads`
          : "Another process is purging at the moment",
      );
    }),
  );
