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

/** Rows after which the statistics of the tables are made anew. */
const MANY = 1000;

/** Most rows of one file, and most blank lines. */
const MAX_ROWS = 1_000_000;

/** Imports of files: the rows are counted first, and then imported a batch a step. */
export const importKind: JobKind<"importJob"> = {
  name: "importJob",
  tables: { job: "import_job", chunk: "import_chunk" },
  noun: "an import",
  permission: "RECORD_IMPORT",
  source: () => "IMPORT",
  // Another caller makes one of its contacts at this moment.
  isTransient: isUniqueViolation,
  needsAnalyze: ({ done, dryRun }) => done > MANY && !dryRun,
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

/** @throws RefusalError when they are too many */
async function countRows(work: JobWork<"importJob">): Promise<void> {
  const looker = new Looker(work.job.mapping as unknown as Column[], await definitionsOf(work));
  const { total, blank } = await countRecords(slicesOf(work), MAX_ROWS, (cells) => looker.look(cells));
  if (total > MAX_ROWS || blank > MAX_ROWS) {
    const what = total > MAX_ROWS ? "rows; import it in parts" : "blank lines; take them out";
    throw refuse("LIMIT_REACHED", [], `The file has more than ${MAX_ROWS} ${what}.`);
  }
  // Kept in one step with the count, so that whoever takes the job up reads its cells alike.
  const options = { ...(work.job.options as object), shown: looker.shown };
  await work.step(async () => ({ total, blank, options: options as unknown as ImportJob["options"] }));
}

const definitionsOf = async (work: JobWork<"importJob">) =>
  (await (await work.db()).catalogue(work.job.entity)).definitions;

/**
 * A dry run from its beginning: what it had seen of the file was known to the process that had it before. It has
 * written nothing but what it found wrong.
 */
async function restart({ tx }: Writer, { job }: JobWork<"importJob">) {
  await tx.importError.deleteMany({ where: { jobId: job.id } });
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0, inTrash: 0, redirected: 0, leftOut: 0 };
  return { done: 0, ...counts, claims: job.claims };
}

/** The rows that no step has dealt with, in the order of the file. */
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

/** @returns what the batch moves of the job */
async function doBatch(
  writer: Writer,
  { job }: JobWork<"importJob">,
  rows: readonly ImportRow[],
  settings: BatchSettings,
) {
  const { tx, caller } = writer;
  const { memberId, dataScope } = caller.viewer;
  // What a restricted member makes is theirs, also when they became restricted only after asking.
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
    // A job that starts over whenever it is resumed may never end.
    ...(job.dryRun && { claims: job.claims }),
  };
}

function slicesOf(work: JobWork<"importJob">): AsyncGenerator<CsvSlice> {
  const { encoding, delimiter, options } = work.job;
  const { before, byLine } = options as unknown as Options;
  return readCsv(chunksOf(work), { encoding, byLine, delimiter: delimiter ?? ",", before } as CsvFormat);
}

/** The file, a piece at a time. */
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

/** Ends the jobs whose file stopped arriving a day ago, as when a process died meanwhile. */
export async function dropBrokenUploads({ pool }: Database): Promise<void> {
  await pool.query(
    `WITH broken AS (
       UPDATE import_job SET state = 'FAILED', finished_at = now(), problem = 'The upload broke off.'
       WHERE state = 'UPLOADING' AND created_at < now() - interval '1 day' RETURNING org_id, id)
     DELETE FROM import_chunk AS c USING broken AS b WHERE c.org_id = b.org_id AND c.job_id = b.id`,
  );
}
