import type { AuditEvent } from "../../generated/prisma/client.ts";
import { momentOf, newId } from "../../lib/typeid.ts";
import type { OwnedName } from "../models.ts";
import { columnOf } from "../prisma/columns.ts";

/** How audit events are written: many in one statement, or as a part of the statement that they are about. */

/** An event without its organization. */
export type AuditRow = Omit<AuditEvent, "orgId">;

/**
 * SQL that inserts events.
 *
 * @param place number of the parameter with the events, as `auditValue` makes it
 * @param condition condition for inserting them
 */
export const insertAudit = (place: number, condition = "true"): string =>
  `INSERT INTO audit_event SELECT e.* FROM json_populate_recordset(null::audit_event, $${place}::json) AS e
   WHERE ${condition}`;

/** The value of the parameter of `insertAudit`. */
export const auditValue = (orgId: string, events: readonly AuditRow[]): string =>
  auditValues(events.map((event) => ({ orgId, ...event })));

/** The same for events of several organizations. */
export const auditValues = (events: readonly AuditEvent[]): string =>
  JSON.stringify(
    events.map((event) => {
      const columns: Record<string, unknown> = {};
      for (const field of Object.keys(event)) columns[columnOf(field)] = event[field as keyof AuditEvent];
      return columns;
    }),
  );

/** The event of something that nobody has asked for through the API: the server or its operator did it. */
export function ownEvent(
  actor: "SYSTEM" | "OPERATOR",
  orgId: string,
  action: AuditEvent["action"],
  recordType: OwnedName,
  recordIds: string[],
): AuditEvent {
  const id = newId();
  return {
    ...{ orgId, id, occurredAt: momentOf(id), actor, source: "API" },
    ...{ memberId: null, apiKeyId: null, requestId: null, address: null, jobType: null, jobId: null },
    ...{ action, recordType, recordIds, fields: [] },
  };
}
