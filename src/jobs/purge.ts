import type { Database } from "../db/database.ts";
import { type Purged, purge as purgeRows } from "../db/write/purge.ts";
import { erasedContact } from "../entities/contact/contact.row.ts";
import { erasedLead } from "../entities/lead/lead.row.ts";

/**
 * Erases records that have been in the trash for too long, and the personal data in them, and what else is kept for a
 * time.
 *
 * @param auditedBefore deletes audit events from before this time; null for none
 */
export const purge = (
  database: Pick<Database, "pool">,
  trashedBefore: Date,
  answeredBefore: Date,
  auditedBefore: Date | null = null,
): Promise<Purged> =>
  purgeRows(
    database,
    { trashedBefore, answeredBefore, auditedBefore },
    { Contact: erasedContact(), Lead: erasedLead() },
  );
