import { lackOf } from "../../auth/rights.ts";
import { decodeId, type IdType } from "../../db/ids.ts";
import type { AuditEvent } from "../../generated/prisma/client.ts";
import type { AuditAction, AuditActor } from "../../generated/prisma/enums.ts";
import { type Connection, lazyConnection } from "../../graphql/connection.ts";
import type { Context } from "../../graphql/context.ts";
import { fingerprint } from "../../lib/cursor.ts";
import { quote, RequestError } from "../../lib/errors.ts";
import { beyond, idKey, makePage, orderBy, type PageArgs, placeOf, readWindow } from "../../lib/page.ts";
import { leastIdAt } from "../../lib/typeid.ts";

/** Reads audit events, newest first. */

type Maybe<Value> = Value | null | undefined;

/** Which events to read; conditions are AND-ed. */
export interface AuditFilter {
  readonly actor?: Maybe<AuditActor>;
  readonly memberId?: Maybe<string>;
  readonly apiKeyId?: Maybe<string>;
  readonly actions?: Maybe<readonly AuditAction[]>;
  readonly recordTypes?: Maybe<readonly IdType[]>;
  readonly recordId?: Maybe<string>;
  readonly jobId?: Maybe<string>;
  readonly requestId?: Maybe<string>;
  readonly since?: Maybe<Date>;
  readonly until?: Maybe<Date>;
}

type Where = Readonly<Record<string, unknown>>;

const wrong = (field: string, message: string): RequestError =>
  new RequestError("BAD_USER_INPUT", `${field} ${message}`, { field });

/** The UUID of an id, of any type or of the given one. */
function uuidOf(id: string, field: string, type?: IdType): string {
  const decoded = decodeId(id);
  if (decoded !== null && (type === undefined || decoded.type === type)) return decoded.uuid;
  throw wrong(field, `${quote(id)} is not an id${type === undefined ? "" : ` of a ${type}`}`);
}

const conditions: {
  readonly [Name in keyof AuditFilter]-?: (value: NonNullable<AuditFilter[Name]>, field: string) => Where;
} = {
  actor: (actor) => ({ actor }),
  memberId: (id, field) => ({ memberId: uuidOf(id, field, "Member") }),
  apiKeyId: (id, field) => ({ apiKeyId: uuidOf(id, field, "ApiKey") }),
  actions: (actions) => ({ action: { in: [...actions] } }),
  recordTypes: (types) => ({ recordType: { in: [...types] } }),
  recordId: (id, field) => ({ recordIds: { has: uuidOf(id, field) } }),
  jobId: (id, field) => ({ jobId: uuidOf(id, field) }),
  requestId: (requestId) => ({ requestId }),
  // An id begins with its moment, and events are stored in the order of their ids.
  since: (moment) => ({ id: { gte: leastIdAt(moment) } }),
  until: (moment) => ({ id: { lt: leastIdAt(moment) } }),
};

/**
 * The `where` of a filter.
 *
 * @throws RequestError BAD_USER_INPUT naming the wrong condition
 */
export function auditWhere(filter: AuditFilter): Where {
  const parts = Object.entries(filter).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const field = `filter.${name}`;
    if (value === null) throw wrong(field, "must not be null: omit it instead");
    const condition = conditions[name as keyof AuditFilter] as (value: unknown, field: string) => Where;
    return [condition(value, field)];
  });
  return parts.length === 0 ? {} : { AND: parts };
}

/** Why a caller cannot read events; null if they can. */
export const auditLack = ({ viewer }: Pick<Context, "viewer">): string | null => lackOf(viewer, "AUDIT_READ");

/** @throws RequestError INSUFFICIENT_SCOPE for a caller who cannot read events */
function requireAudit(context: Pick<Context, "viewer">): void {
  const lack = auditLack(context);
  if (lack !== null) throw new RequestError("INSUFFICIENT_SCOPE", `${lack}.`, { status: 403 });
}

const keys = [idKey(true)];

/**
 * A page of events.
 *
 * @param select the columns to read
 * @throws RequestError INSUFFICIENT_SCOPE for a caller who cannot read events, BAD_USER_INPUT for wrong arguments
 */
export function auditPage(
  context: Context,
  filter: AuditFilter,
  args: PageArgs,
  select: object,
): Connection<AuditEvent> {
  requireAudit(context);
  const { db, viewer } = context;
  const where = auditWhere(filter);
  const window = readWindow(args);
  const binding = { secret: viewer.cursorSecret, list: `auditEvents ${fingerprint(filter)}` };
  const place = placeOf(binding, window);
  const read = (values: typeof place, backwards: boolean, take: number, including = false) =>
    db.auditEvent.findMany({
      where: { AND: [where, ...(values ? [beyond(keys, values, backwards, including)] : [])] },
      orderBy: orderBy(keys, backwards),
      take,
      ...select,
    });
  return lazyConnection(
    async () =>
      makePage(
        await read(place, window.backwards, window.take + 1),
        window,
        binding,
        ({ id }) => [id],
        async () => (await read(place, !window.backwards, 1, true)).length > 0,
      ),
    () => db.auditEvent.count({ where }),
  );
}
