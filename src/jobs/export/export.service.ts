import { type AuditFilter, auditWhere } from "../../entities/audit-event/audit-event.service.ts";
import type { Where } from "../../filter/compile/compile.ts";
import { readOrder } from "../../filter/compile/order.ts";
import { type FilterContext, readArgs } from "../../filter/list/filter.service.ts";
import { type ListArgs, trashWhere } from "../../filter/list/plan.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { ExportJob } from "../../generated/prisma/client.ts";
import type { ExportEntity } from "../../generated/prisma/enums.ts";
import type { Context } from "../../graphql/context.ts";
import { type Refusal, RefusalError, RequestError, refusal, refuse } from "../../lib/errors.ts";
import { idKey, type SortKey } from "../../lib/page.ts";
import { newId } from "../../lib/typeid.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { chooseColumns } from "./choose.ts";
import { type ExportArgs, ExportArguments } from "./export.inputs.ts";
import { exported } from "./exported.ts";
import { beginningOf } from "./format.ts";

/** Selection and order of the records; `filter` has the form of the entity. */
export type ExportedSet = Omit<ListArgs, "first" | "after" | "last" | "before" | "offset">;

type FilteredEntity = Exclude<ExportEntity, "AUDIT_EVENT">;

interface ReadSet {
  readonly where: object;
  readonly keys: readonly SortKey[];
  readonly definitions: readonly Definition[];
  readonly refusals: readonly Refusal[];
}

/** The parts of the context that an export needs; the command line builds its own. */
export type ExportCaller = Pick<Context, "db" | "now" | "warnings" | "progress" | "origin"> & {
  readonly viewer: Pick<
    Context["viewer"],
    | "memberId"
    | "role"
    | "dataScope"
    | "scopes"
    | "credentialId"
    | "apiKeyId"
    | "source"
    | "timeZone"
    | "weekStart"
    | "defaultCountry"
  >;
};

/** Number of records in a batch. */
const BATCH = 1000;

/** Most records of an export. */
const MAX_ROWS = 2_000_000;

/** Most exports of a member that are waiting or running, and most bytes of a member's stored files. */
const MAX_WAITING = 5;
const MAX_KEPT = 5_000_000_000;

/** Hours that a file is kept. */
export const KEPT_HOURS = 24;

/** Milliseconds of the transaction, which may have to find, sort and queue two million records. */
const TIMEOUT = 120_000;

/** When an export's file is deleted; null without a file. */
export const expiresAt = ({ state, finishedAt }: Pick<ExportJob, "state" | "finishedAt">): Date | null =>
  state === "DONE" && finishedAt !== null ? new Date(finishedAt.getTime() + KEPT_HOURS * 3_600_000) : null;

/**
 * Queues an export of the records that match now, in their order. Each is written once, with its values at the time
 * it is written.
 *
 * @throws RefusalError with all problems of the arguments
 */
export function exportRecords(
  caller: ExportCaller,
  entity: ExportEntity,
  set: ExportedSet,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<ExportJob> {
  const args = readInput(ExportArguments, raw, []);
  return write(caller, (writer) => queue(writer, caller, entity, set, args), {
    repeatable: repeatable("exportJob", "export", [entity, set, args], idempotencyKey),
    timeout: TIMEOUT,
  });
}

async function queue(
  writer: Writer,
  { viewer, now, origin }: ExportCaller,
  entity: ExportEntity,
  set: ExportedSet,
  args: ExportArgs,
): Promise<ExportJob> {
  const { tx } = writer;
  const context = { db: tx, now, viewer } as unknown as FilterContext;
  const { where, keys, definitions, refusals } =
    entity === "AUDIT_EVENT" ? readEvents(set) : await readSet(context, entity, set);
  const chosen = chooseColumns(
    entity,
    args,
    definitions.filter((definition) => definition.entity === entity),
  );
  const { model, hasTrash } = exported[entity];
  const found = [...refusals, ...chosen.refusals];
  if (found.length > 0) throw new RefusalError(found);
  await requireRoom(writer);
  const job = await writer.insert("exportJob", {
    id: newId(),
    memberId: viewer.memberId,
    apiKeyId: viewer.apiKeyId,
    byOperator: origin.operator,
    entity,
    format: args.format ?? "CSV",
    trash: hasTrash ? (set.trash ?? "EXCLUDE") : "INCLUDE",
    columns: chosen.columns,
    delimiter: args.delimiter ?? ",",
    byteOrderMark: args.byteOrderMark ?? false,
    dataScope: viewer.dataScope,
  });
  const total = await tx.bulk.queueExport(job.id, { model, where }, keys, BATCH);
  if (total > MAX_ROWS) {
    const message = `${total} records match; the limit is ${MAX_ROWS}: export them in parts`;
    throw refuse("LIMIT_REACHED", ["filter"], message);
  }
  const beginning = Buffer.from(beginningOf({ ...job, columns: chosen.columns }));
  if (beginning.length > 0) await tx.bulk.keepExportChunk(job.id, 0, beginning, []);
  return writer.update("exportJob", job, { total, bytes: beginning.length });
}

/** Reads the selection and order of the records, with all problems of the arguments. */
async function readSet(context: FilterContext, entity: FilteredEntity, set: ExportedSet): Promise<ReadSet> {
  const refusals: Refusal[] = [];
  const attempt = async <Answer>(read: () => Answer | Promise<Answer>): Promise<Answer | null> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      refusals.push(filterRefusal(error.details.field ?? "filter", error.message));
      return null;
    }
  };
  const read = await attempt(() => readArgs(context, entity, set, true));
  for (const { path, message } of read?.problems ?? []) refusals.push(filterRefusal(path, message));
  const registry = read?.registry;
  const keys = registry ? await attempt(() => readOrder(set.orderBy ?? [], registry)) : null;
  const trash: Where[] = exported[entity].hasTrash ? [trashWhere[set.trash ?? "EXCLUDE"]] : [];
  return {
    where: { AND: [...trash, read?.where ?? {}] } as Where,
    keys: keys ?? [],
    definitions: read?.definitions ?? [],
    refusals,
  };
}

/** The same for audit events, oldest first as in a log. */
function readEvents({ filter }: ExportedSet): ReadSet {
  const read = { keys: [idKey(false)], definitions: [], refusals: [] };
  try {
    return { ...read, where: auditWhere((filter ?? {}) as AuditFilter) };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { ...read, where: {}, refusals: [filterRefusal(error.details.field ?? "filter", error.message)] };
  }
}

const filterRefusal = (path: string, message: string): Refusal =>
  refusal("INVALID_FILTER", path.split(/[.[\]]+/).filter(Boolean), message);

/**
 * Serializes the member's requests, so that simultaneous ones count each other.
 *
 * @throws RefusalError LIMIT_REACHED if the member has as many exports as allowed
 */
async function requireRoom({ tx, caller: { viewer, now } }: Writer): Promise<void> {
  await tx.lock.jobsOf(viewer.memberId);
  const mine = { memberId: viewer.memberId };
  const waiting = await tx.exportJob.count({ where: { ...mine, state: { in: ["QUEUED", "RUNNING"] } } });
  if (waiting >= MAX_WAITING) {
    const message = `${waiting} of your exports are waiting or running, which is the limit: wait for one to end, or cancel one with exportJobCancel`;
    throw refuse("LIMIT_REACHED", [], message);
  }
  const since = new Date(now.getTime() - KEPT_HOURS * 3_600_000);
  const kept = await tx.exportJob.findMany({
    where: { ...mine, state: "DONE", finishedAt: { gt: since } },
    select: { bytes: true },
  });
  if (kept.reduce((sum, { bytes }) => sum + bytes, 0) >= MAX_KEPT) {
    const message = `the files of your exports of the last ${KEPT_HOURS} hours have reached the limit of ${MAX_KEPT} bytes: wait until the oldest of them is deleted`;
    throw refuse("LIMIT_REACHED", [], message);
  }
}

/**
 * Cancels an export and deletes its file. An export that has ended stays as it is.
 *
 * @throws RefusalError NOT_FOUND
 */
export const cancelExport = (caller: ExportCaller, id: string): Promise<ExportJob> =>
  write(caller, async (writer) => {
    const before = await lockRow(writer, "exportJob", id);
    if (before.finishedAt !== null) return before;
    await writer.tx.exportBatch.deleteMany({ where: { jobId: before.id } });
    await writer.tx.exportChunk.deleteMany({ where: { jobId: before.id } });
    return writer.update("exportJob", before, {
      state: "CANCELLED",
      finishedAt: caller.now,
      leasedUntil: null,
    });
  });
