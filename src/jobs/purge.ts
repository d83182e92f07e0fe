import type { Database } from "../db/database.ts";
import { type Purged, purge as purgeRows } from "../db/write/purge.ts";
import { erasedContact } from "../entities/contact/contact.row.ts";
import { erasedLead } from "../entities/lead/lead.row.ts";

/** Erases what has been in the trash for too long, as `db/write/purge.ts` does, by the tables of columns. */
export const purge = (
  database: Pick<Database, "pool">,
  trashedBefore: Date,
  answeredBefore: Date,
): Promise<Purged> =>
  purgeRows(database, trashedBefore, answeredBefore, { Contact: erasedContact(), Lead: erasedLead() });
