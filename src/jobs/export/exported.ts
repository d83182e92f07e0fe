import type { Permission } from "../../auth/rights.ts";
import type { RowSet } from "../../db/read/row-set.ts";
import type { ExportEntity } from "../../generated/prisma/enums.ts";

/** What differs between the entities that can be exported, besides their columns. */
interface Exported {
  /** Prisma's name of the delegate. */
  readonly model: RowSet["model"];
  /** Permission to start the export, to run each step, and to download the file. */
  readonly permission: Permission;
  /** Whether records may be in the trash. */
  readonly hasTrash: boolean;
}

export const exported: Readonly<Record<ExportEntity, Exported>> = {
  CONTACT: { model: "contact", permission: "RECORD_EXPORT", hasTrash: true },
  LEAD: { model: "lead", permission: "RECORD_EXPORT", hasTrash: true },
  DEAL: { model: "deal", permission: "RECORD_EXPORT", hasTrash: false },
  AUDIT_EVENT: { model: "auditEvent", permission: "AUDIT_READ", hasTrash: false },
};
