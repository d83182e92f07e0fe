import { setImmediate } from "node:timers/promises";
import { requirePermission } from "../../auth/standing.ts";
import type { Database } from "../../db/database.ts";
import type { Db } from "../../db/scope/db.ts";
import { delegate } from "../../db/scope/delegate.ts";
import { type TrashMode, trashWhere } from "../../filter/list/plan.ts";
import type { ExportJob } from "../../generated/prisma/client.ts";
import { selecting } from "../../graphql/plan.ts";
import { RequestError, refuse } from "../../lib/errors.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { JobKind } from "../kind.ts";
import { type ExportedRow, readColumns } from "./columns.ts";
import { KEPT_HOURS } from "./export.service.ts";
import { exported } from "./exported.ts";
import { layoutOf, recordOf } from "./format.ts";

/** Number of records read by one statement, as in a page of a list, since texts may be long. */
const PAGE = 100;

/** Bytes of text after which a step ends, and after which the event loop may run other work. */
const PIECE = 2_000_000;
const TURN = 100_000;

/** Most bytes of a file. */
const MAX_BYTES = 1_000_000_000;

/**
 * Exports: the ids of the records are stored in batches, and each step writes the records of a batch, or as many as
 * fit a chunk of the file.
 */
export const exportKind: JobKind<"exportJob"> = {
  name: "exportJob",
  tables: { job: "export_job", chunk: "export_batch", result: "export_chunk" },
  noun: "an export",
  permission: "RECORD_EXPORT",
  source: () => "API",
  toAnalyze: () => [],
  async *steps(work) {
    while (await work.step((writer) => doPiece(writer, work.job))) yield;
  },
};

/** @returns the job's columns that the step changes; null if nothing is left */
async function doPiece(writer: Writer, job: ExportJob): Promise<Partial<ExportJob> | null> {
  const { tx } = writer;
  requirePermission(writer.caller.viewer, exported[job.entity].permission);
  const batch = await tx.exportBatch.findFirst({ where: { jobId: job.id }, orderBy: { position: "asc" } });
  if (!batch) return null;
  const { dataScope: seen } = writer.caller.viewer;
  const { at, found, piece } = await writePiece(tx, job, batch.ids, seen === "ALL");
  const where = { jobId: job.id, position: batch.position };
  if (at < batch.ids.length) await tx.exportBatch.updateMany({ where, data: { ids: batch.ids.slice(at) } });
  else await tx.exportBatch.deleteMany({ where });
  const bytes = job.bytes + piece.length;
  if (bytes > MAX_BYTES) {
    throw refuse(
      "LIMIT_REACHED",
      [],
      `The file has more than ${MAX_BYTES} bytes: export fewer records, or fewer columns.`,
    );
  }
  // The chunk at position 0 is the start of the file.
  if (piece.length > 0) {
    await tx.bulk.keepExportChunk(job.id, job.done + 1, piece, batch.ids.slice(0, at));
  }
  const dataScope = seen === "ALL" ? "ALL" : job.dataScope;
  return { done: job.done + at, skipped: job.skipped + at - found, bytes, dataScope };
}

/**
 * @param seesAll whether the member sees all data
 * @returns number of processed ids, number of them with a record, and the text of the records
 */
async function writePiece(tx: Db, job: ExportJob, ids: readonly string[], seesAll: boolean) {
  const layout = layoutOf(job);
  const select = selecting([...readColumns(job.entity, layout.columns)]);
  const names = { tags: new Map<string, string>(), members: new Map<string, string>() };
  const texts: string[] = [];
  let length = 0;
  let turn = 0;
  let at = 0;
  while (at < ids.length && length < PIECE) {
    const page = ids.slice(at, at + PAGE);
    const found = await readRows(tx, job, page, select);
    const rows = seesAll ? found : await withoutHidden(tx, found);
    await readNames(tx, rows, names);
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const id of page) {
      const row = byId.get(id);
      if (!row) continue;
      const text = recordOf(layout, row, names);
      texts.push(text);
      length += text.length;
      if (length - turn < TURN) continue;
      turn = length;
      await setImmediate();
    }
    at += page.length;
  }
  return { at, found: texts.length, piece: Buffer.from(texts.join("")) };
}

/** The records with these ids that still exist and are visible to the member; fewer at once if they are large. */
async function readRows(
  tx: Db,
  job: ExportJob,
  ids: readonly string[],
  select: object,
): Promise<ExportedRow[]> {
  const { model, hasTrash } = exported[job.entity];
  const around = hasTrash ? [trashWhere[job.trash as TrashMode]] : [];
  try {
    const rows = await delegate(tx, model).findMany({
      where: { AND: [{ id: { in: [...ids] } }, ...around] },
      ...select,
    });
    return rows as ExportedRow[];
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== "ANSWER_TOO_LARGE" || ids.length === 1)
      throw error;
    const half = Math.ceil(ids.length / 2);
    const first = await readRows(tx, job, ids.slice(0, half), select);
    return [...first, ...(await readRows(tx, job, ids.slice(half), select))];
  }
}

/** Pointers of deals, with the models that they lead to. */
const pointers = { contactId: "contact", leadId: "lead" } as const;

/** Deals whose contact or lead the member does not see are shown without it, as everywhere else. */
async function withoutHidden(tx: Db, rows: readonly ExportedRow[]): Promise<readonly ExportedRow[]> {
  let shown = rows;
  for (const [pointer, model] of Object.entries(pointers)) {
    const ids = [...new Set(shown.map((row) => row[pointer]).filter((id) => typeof id === "string"))];
    if (ids.length === 0) continue;
    const found = await delegate(tx, model).findMany({ where: { id: { in: ids } }, select: { id: true } });
    const seen = new Set(found.map((row) => (row as { readonly id: string }).id));
    shown = shown.map((row) => (seen.has(String(row[pointer])) ? row : { ...row, [pointer]: null }));
  }
  return shown;
}

/** Adds the names of tags and members of some records that are not cached yet. */
async function readNames(
  tx: Db,
  rows: readonly ExportedRow[],
  { tags, members }: { readonly tags: Map<string, string>; readonly members: Map<string, string> },
): Promise<void> {
  const unknown = (known: ReadonlyMap<string, string>, ids: readonly unknown[]) => [
    ...new Set(ids.filter((id): id is string => typeof id === "string" && !known.has(id))),
  ];
  const tagIds = unknown(
    tags,
    rows.flatMap((row) => (row.tagIds ?? []) as readonly string[]),
  );
  const found = tagIds.length === 0 ? [] : await tx.tag.findMany({ where: { id: { in: tagIds } } });
  for (const { id, name } of found) tags.set(id, name);
  const memberIds = unknown(
    members,
    rows.flatMap(({ ownerId, memberId }) => [ownerId, memberId]),
  );
  for (const { id, email } of memberIds.length === 0 ? [] : await tx.members(memberIds)) {
    members.set(id, email);
  }
}

/** Deletes the files of exports that ended a day ago. */
export async function dropExpiredFiles({ pool }: Pick<Database, "pool">): Promise<void> {
  await pool.query(
    `DELETE FROM export_chunk AS c USING export_job AS j
     WHERE j.org_id = c.org_id AND j.id = c.job_id AND j.finished_at < now() - interval '${KEPT_HOURS} hours'`,
  );
}
