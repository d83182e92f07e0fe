import { createHash } from "node:crypto";
import { encodeId } from "../../db/ids.ts";
import { isUniqueViolation } from "../../db/open/faults.ts";
import type { Db } from "../../db/scope/db.ts";
import type { Entity } from "../../filter/registry/fields.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { textProblem } from "../../lib/exact.ts";
import { ownTurn } from "../../lib/turn.ts";
import { newId } from "../../lib/typeid.ts";
import type { Upload } from "../../lib/upload.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { applyOwner } from "../../records/owner.ts";
import type { PhoneCaller } from "../../records/phones.ts";
import { findTags, tagRefusals } from "../../records/tags.ts";
import { type IdempotencyKey, type Repeatable, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { importBatch } from "./batch.ts";
import { importEntities } from "./entities.ts";
import { ImportInput, type ImportInputValues } from "./import.inputs.ts";
import { errorRows, type Options, settingsOf } from "./job.ts";
import { headingRefusals, isKnownHeading, mapColumns } from "./mapping.ts";
import { type ImportRow, readInputRow } from "./row.ts";
import { NotCsvError, type Sniffed, sniff } from "./sniff.ts";

/** Rows that are read before the event loop turns. */
const TURN = 100;

/** An import writes as itself, whoever asked for it. */
const asImport = (caller: Caller): Caller => ({
  ...caller,
  viewer: { ...caller.viewer, source: "IMPORT" },
});

/**
 * Imports rows at once, or takes in a file and queues the job that reads it.
 *
 * @throws RefusalError for what is wrong with the import as a whole; rows that are refused are the job's matter
 */
export function importRecords(
  caller: PhoneCaller,
  entity: Entity,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<ImportJob> {
  const asked = readInput(ImportInput, raw);
  const input: Asked = { ...asked, entity, country: asked.defaultCountry ?? caller.viewer.defaultCountry };
  if ((input.rows == null) === (input.file == null)) {
    throw refuse("REQUIRED", ["input"], "give either rows or a file");
  }
  if (input.rows != null && input.matchOn?.includes("ID")) {
    throw refuse("INVALID_VALUE", ["input", "matchOn"], "rows have no ids: ID is for files");
  }
  return input.file == null
    ? importRows(asImport(caller), input, idempotencyKey)
    : importFile(asImport(caller), input, input.file, idempotencyKey);
}

/** What is asked for, and of what. */
type Asked = ImportInputValues & {
  readonly entity: Entity;
  /** Of phone numbers that are written without one. */
  readonly country: string | null;
};

const operationOf = (entity: Entity): string => (entity === "LEAD" ? "leadImport" : "contactImport");

/** Columns of a job that do not depend on where its rows come from. */
async function newJob(
  writer: Writer,
  { entity, mode, dryRun, matchOn, missingName, tags, createMissingTags, ownerId, country }: Asked,
) {
  const { tx, caller } = writer;
  const owner = await applyOwner(caller, tx, undefined, ownerId);
  const named = findTags(tags ?? [], await writer.catalogue(entity, tags ?? []));
  const found = [...owner.refusals, ...tagRefusals(named, ["input", "tags"], createMissingTags)];
  if (found.length > 0) throw new RefusalError(found);
  const options: Options = {
    matchOn: matchOn ?? null,
    missingName: missingName ?? "REFUSE",
    tags: tags ?? [],
    createMissingTags: createMissingTags ?? false,
    ownerId: owner.ownerId,
    defaultCountry: country,
  };
  return {
    entity,
    memberId: caller.viewer.memberId,
    apiKeyId: caller.viewer.apiKeyId,
    mode: mode ?? "SKIP",
    dryRun: dryRun ?? false,
    options: { ...options },
  } as const;
}

function importRows(caller: Caller, input: Asked, idempotencyKey: IdempotencyKey): Promise<ImportJob> {
  const { entity, country, ...asked } = input;
  return write(
    caller,
    async (writer) => {
      const job = await newJob(writer, input);
      const rows: ImportRow[] = [];
      for (const [at, row] of (input.rows ?? []).entries()) {
        if (at % TURN === TURN - 1) await ownTurn();
        rows.push({
          row: at + 1,
          line: at + 1,
          raw: JSON.stringify(row),
          ...readInputRow(entity, row, country),
        });
      }
      const id = newId();
      const settings = settingsOf(job);
      const { errors, notes, ...counts } = await importBatch(writer, importEntities[entity], rows, settings);
      const made = await writer.insert("importJob", {
        ...job,
        ...counts,
        id,
        state: "DONE",
        encoding: "utf-8",
        mapping: [],
        total: rows.length,
        done: rows.length,
        startedAt: caller.now,
        finishedAt: new Date(),
      });
      await writer.tx.bulk.insertImportErrors(errorRows(id, { errors, notes }));
      return made;
    },
    {
      repeatable: repeatable("importJob", operationOf(entity), asked, idempotencyKey),
      timeout: 120_000,
      retry: isUniqueViolation,
    },
  );
}

/** Bytes from which encoding, separator and headings are detected. */
const HEAD = 1_048_576;

/** Bytes of one stored chunk of a file. */
const PIECE = 262_144;

/**
 * Takes in a file: its first megabyte says how it is written, and all of it is kept, piece by piece, until the job
 * is done. No transaction is open while the caller sends.
 */
async function importFile(
  caller: Caller,
  input: Asked,
  { fileName, limit, stream }: Upload,
  idempotencyKey: IdempotencyKey,
): Promise<ImportJob> {
  const { file: _, entity, country: _country, ...asked } = input;
  const pieces = piecesOf(stream, limit);
  try {
    const problem = textProblem(fileName);
    if (problem) throw refuse("INVALID_VALUE", ["input", "file"], `the file's name ${problem}`);
    const first = await pieces.next();
    const head = first.done ? Buffer.alloc(0) : first.value;
    const job = await openJob(caller, input, fileName, head);
    try {
      const { bytes, hash } = await keepPieces(caller.db, job.id, head, pieces);
      const again = repeatable("importJob", operationOf(entity), [asked, hash], idempotencyKey);
      const queued = await queueJob(caller, job.id, bytes, again);
      // A retry under the same idempotency key answers with the first job; this upload is discarded.
      if (queued.id !== job.id || queued.state !== "QUEUED") await dropUpload(caller.db, job.id);
      // What is kept with the key is how the job was then.
      return queued.id === job.id ? queued : await asItIs(caller.db, queued);
    } catch (error) {
      await dropUpload(caller.db, job.id);
      throw error;
    }
  } finally {
    // Of a file that was refused the rest is not wanted.
    await pieces.return(undefined);
  }
}

/** The job of a file that has begun to arrive. */
function openJob(caller: Caller, input: Asked, fileName: string, head: Buffer): Promise<ImportJob> {
  const { headings, before, encoding, byLine = false, delimiter } = sniffHead(head, input);
  return write(caller, async (writer) => {
    const { entity } = input;
    const { definitions } = await writer.catalogue(entity);
    const { columns, refusals } = mapColumns(headings, input.mapping ?? [], definitions, entity);
    const found = [...headingRefusals(headings), ...refusals];
    if (found.length > 0) throw new RefusalError(found);
    const job = await newJob(writer, input);
    return writer.insert("importJob", {
      ...job,
      options: { ...job.options, before, byLine },
      state: "UPLOADING",
      fileName: fileName.slice(0, 255).toWellFormed(),
      encoding,
      delimiter,
      mapping: columns,
    });
  });
}

const asItIs = async (db: Db, job: ImportJob): Promise<ImportJob> =>
  (await db.importJob.findFirst({ where: { id: job.id } })) ?? job;

async function keepPieces(
  db: Db,
  jobId: string,
  head: Buffer,
  pieces: AsyncIterator<Buffer, undefined>,
): Promise<{ bytes: number; hash: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  let position = 0;
  for (let piece: Buffer | undefined = head; piece !== undefined; ) {
    hash.update(piece);
    bytes += piece.length;
    // In small pieces, so that little is held whoever reads them.
    for (let at = 0; at < piece.length; at += PIECE) {
      await db.keepChunk(jobId, position, piece.subarray(at, at + PIECE));
      position += 1;
    }
    const next: IteratorResult<Buffer> = await pieces.next();
    piece = next.done ? undefined : next.value;
  }
  return { bytes, hash: hash.digest("hex") };
}

/** Lets a job wait for who works on it; one that was cancelled while its file arrived stays as it is. */
const queueJob = (
  caller: Caller,
  id: string,
  fileBytes: number,
  again: Repeatable<ImportJob>,
): Promise<ImportJob> =>
  write(
    caller,
    async (writer) => {
      const job = await lockRow(writer, "importJob", encodeId("ImportJob", id));
      if (job.state !== "UPLOADING") return job;
      return writer.update("importJob", job, { state: "QUEUED", fileBytes });
    },
    { repeatable: again },
  );

/** Drops what has arrived of a job's file, and the job unless it has ended. One that is queued keeps both. */
async function dropUpload(db: Db, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.lock.rows("import_job", [id], "update");
    const job = await tx.importJob.findFirst({ where: { id } });
    if (!job || (job.state !== "UPLOADING" && job.finishedAt === null)) return;
    await tx.importChunk.deleteMany({ where: { jobId: id } });
    await tx.importJob.deleteMany({ where: { id, state: "UPLOADING" } });
  });
}

function sniffHead(head: Buffer, { entity, encoding, delimiter }: Asked): Sniffed {
  const given = { ...(encoding && { encoding }), ...(delimiter && { delimiter }) };
  try {
    return sniff(head, head.length < HEAD, given, (heading) => isKnownHeading(heading, entity));
  } catch (error) {
    if (!(error instanceof NotCsvError)) throw error;
    throw refuse("INVALID_VALUE", ["input", "file"], `the file ${error.message}`);
  }
}

/** The bytes of a file in pieces of one size. */
async function* piecesOf(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Buffer, undefined> {
  let kept: Uint8Array[] = [];
  let size = 0;
  let total = 0;
  for await (const chunk of stream) {
    kept.push(chunk);
    size += chunk.length;
    total += chunk.length;
    if (total > limit) {
      throw refuse(
        "TOO_LONG",
        ["input", "file"],
        `the file is larger than ${limit} bytes; import it in parts`,
      );
    }
    if (size < HEAD) continue;
    yield Buffer.concat(kept);
    kept = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(kept);
  return undefined;
}

/**
 * Stops an import; what it has written stays. One that has ended stays as it is.
 *
 * @throws RefusalError NOT_FOUND
 */
export const cancelImport = (caller: Caller, id: string): Promise<ImportJob> =>
  write(caller, async (writer) => {
    const before = await lockRow(writer, "importJob", id);
    if (before.finishedAt !== null) return before;
    await writer.tx.importChunk.deleteMany({ where: { jobId: before.id } });
    return writer.update("importJob", before, {
      state: "CANCELLED",
      finishedAt: caller.now,
      leasedUntil: null,
    });
  });
