import { Command } from "commander";
import { readConfig } from "../config.ts";
import { countPurgeable } from "../db/write/purge.ts";
import { purgeLimits } from "../jobs/jobs.ts";
import { purge } from "../jobs/purge.ts";
import { say } from "./run.ts";
import { withMigrated } from "./with-database.ts";

/** Erases records that have been in the trash for 30 days, and deletes old audit events, from the command line. */
export const purging = new Command("purge")
  .option("--dry-run", "counts what would be erased, and erases nothing")
  .action(({ dryRun }: { dryRun?: boolean }) =>
    withMigrated(async (database) => {
      const limits = purgeLimits(new Date(), readConfig(process.env).auditDays);
      if (dryRun) {
        const { contacts, leads, auditEvents } = await countPurgeable(database, limits);
        return say(`To be purged: ${contacts} contacts, ${leads} leads, ${auditEvents} audit events`);
      }
      const purged = await purge(database, limits.trashedBefore, limits.answeredBefore, limits.auditedBefore);
      say(
        purged.ran
          ? `Purged: ${purged.contacts} contacts, ${purged.leads} leads, ${purged.auditEvents} audit events`
          : "Another process is purging at the moment",
      );
    }),
  );
