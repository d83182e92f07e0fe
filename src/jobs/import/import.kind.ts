import type { Database } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/faults.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import { refuse } from "../../lib/errors.ts";
import { isStillMember } from "../../records/owner.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { JobKind, JobWork } from "../kind.ts";
import { type BatchSettings, importBatch } from "./batch.ts";
import { rowBatches } from "./batches.ts";
import type { Column } from "./column.ts";
import { type CsvFormat, countRecords, readCsv } from "./csv.ts";
import { importEntities } from "./entities.ts";
import { errorRows, type Options, readingOf, settingsOf } from "./job.ts";
import type { CsvSlice } from "./records.ts";
import type { ImportRow } from "./row.ts";
import { Looker } from "./typed.ts";

/** Rows after which the planner's statistics are updated. */
const MANY = 1000;

/** Most rows of one file, and most blank lines. */
const MAX_ROWS = 1_000_000;

/** Imports of files: a job first counts the rows, then imports one batch per step. */
export const importKind: JobKind<"importJob"> = {
  name: "importJob",
  tables: { job: "import_job", chunk: "import_chunk" },
  noun: "an import",
  permission: "RECORD_IMPORT",
  source: () => "IMPORT",
  // Another request created a contact with the same address at the same moment.
  isTransient: isUniqueViolation,
  toAnalyze: ({ done, dryRun, entity }) => {
    if (done <= MANY || dryRun) return [];
    return entity === "LEAD" ? ["lead", "lead_tag"] : ["contact", "contact_tag"];
  },
  async *steps(work) {
    if (work.job.total === 0) {
      await countRows(work);
      yield;
    }
    if (work.job.dryRun && work.job.done > 0) await work.step((writer) => restart(writer, work));
    const settings = settingsOf(work.job);
    for await (const rows of batchesOf(work)) {
      await work.step((writer) => doBatch(writer, work, rows, settings));
      yield;
    }
  },
};

/** @throws RefusalError if there are too many rows */
async function countRows(work: JobWork<"importJob">): Promise<void> {
  const looker = new Looker(work.job.mapping as unknown as Column[], await definitionsOf(work));
  const { total, blank } = await countRecords(slicesOf(work), MAX_ROWS, (cells) => looker.look(cells));
  if (total > MAX_ROWS || blank > MAX_ROWS) {
    const what = total > MAX_ROWS ? "rows; import it in parts" : "blank lines; take them out";
    throw refuse("LIMIT_REACHED", [], `The file has more than ${MAX_ROWS} ${what}.`);
  }
  // Stored together with the count, so that a resumed job reads numbers and dates in the same way.
  const options = { ...(work.job.options as object), shown: looker.shown };
  await work.step(async () => ({ total, blank, options: options as unknown as ImportJob["options"] }));
}

const definitionsOf = async (work: JobWork<"importJob">) =>
  (await (await work.db()).catalogue(work.job.entity)).definitions;

/**
 * Restarts a dry run from the beginning: the rows it had seen were known only to the previous process. Only its
 * problems were written.
 */
async function restart({ tx }: Writer, { job }: JobWork<"importJob">) {
  await tx.importError.deleteMany({ where: { jobId: job.id } });
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0, inTrash: 0, redirected: 0, leftOut: 0 };
  return { done: 0, ...counts, claims: job.claims };
}

/** The rows that no step has processed yet, in the order of the file. */
async function* batchesOf(work: JobWork<"importJob">): AsyncGenerator<ImportRow[], void> {
  const { entity, done, mapping, options } = work.job;
  const { defaultCountry = null, invalidValues } = options as unknown as Options;
  const definitions = await definitionsOf(work);
  const columns = mapping as unknown as Column[];
  const reading = readingOf(work.job);
  const leaveOut = invalidValues === "LEAVE_OUT";
  yield* rowBatches(
    slicesOf(work),
    { entity, columns, definitions, reading, defaultCountry, leaveOut },
    done,
  );
}

/** @returns the job's columns that the batch changes */
async function doBatch(
  writer: Writer,
  { job }: JobWork<"importJob">,
  rows: readonly ImportRow[],
  settings: BatchSettings,
) {
  const { tx, caller } = writer;
  const { memberId, dataScope } = caller.viewer;
  // New records of a restricted member are assigned to that member, also if the member was restricted after starting
  // the job.
  const restricted = dataScope === "ASSIGNED" && { ownerId: memberId };
  const { ownerId } = { ...settings, ...restricted };
  if (ownerId !== null && !(await isStillMember(tx, ownerId))) {
    const message =
      "The member to whom new records were to be assigned has been removed: import the file again for another one.";
    throw refuse("UNKNOWN_REFERENCE", [], message);
  }
  const {
    errors,
    notes,
    outcomes: _,
    ...counts
  } = await importBatch(writer, importEntities[job.entity], rows, {
    ...settings,
    ...restricted,
  });
  await tx.bulk.insertImportErrors(errorRows(job.id, { errors, notes }));
  return {
    done: job.done + rows.length,
    created: job.created + counts.created,
    updated: job.updated + counts.updated,
    skipped: job.skipped + counts.skipped,
    failed: job.failed + counts.failed,
    inTrash: job.inTrash + counts.inTrash,
    redirected: job.redirected + counts.redirected,
    leftOut: job.leftOut + counts.leftOut,
    // A restart counts as a failed attempt, so that a dry run that is interrupted again and again ends.
    ...(job.dryRun && { claims: job.claims }),
  };
}

function slicesOf(work: JobWork<"importJob">): AsyncGenerator<CsvSlice> {
  const { encoding, delimiter, options } = work.job;
  const { before, byLine } = options as unknown as Options;
  return readCsv(chunksOf(work), { encoding, byLine, delimiter: delimiter ?? ",", before } as CsvFormat);
}

/** The stored chunks of the file. */
async function* chunksOf(work: JobWork<"importJob">): AsyncGenerator<Uint8Array> {
  const { orgId, id } = work.job;
  for (let position = 0; ; position += 1) {
    await work.keep();
    const { rows } = await work.database.pool.query<{ bytes: Buffer }>(
      "SELECT bytes FROM import_chunk WHERE org_id = $1 AND job_id = $2 AND position = $3",
      [orgId, id, position],
    );
    const [chunk] = rows;
    if (!chunk) return;
    yield chunk.bytes;
  }
}

/** Fails jobs whose upload stopped a day ago, for example because the process died. */
export async function dropBrokenUploads({ pool }: Database): Promise<void> {
  await pool.query(
    `WITH broken AS (
       UPDATE import_job SET state = 'FAILED', finished_at = now(), problem = 'The upload was interrupted.'
       WHERE state = 'UPLOADING' AND created_at < now() - interval '1 day' RETURNING org_id, id)
     DELETE FROM import_chunk AS c USING broken AS b WHERE c.org_id = b.org_id AND c.job_id = b.id`,
  );
}
