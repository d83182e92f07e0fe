import { createHash } from "node:crypto";
import { encodeId } from "../../db/ids.ts";
import type { Db } from "../../db/scope/db.ts";
import { makeTextFields } from "../../entities/custom-field/text-fields.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { refuse } from "../../lib/errors.ts";
import { textProblem } from "../../lib/exact.ts";
import type { Upload } from "../../lib/upload.ts";
import { lockRow } from "../../records/lock-row.ts";
import { type IdempotencyKey, type Repeatable, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { Column } from "./column.ts";
import { planFile } from "./file-plan.ts";
import type { Options } from "./job.ts";
import { type Asked, newJob, operationOf } from "./new-job.ts";
import { piecesOf } from "./pieces.ts";

/** Bytes of a stored chunk of a file. */
const PIECE = 262_144;

/**
 * Receives a file: its format is detected from the first megabyte, and the file is stored in chunks until the job
 * ends. No transaction is open while the client sends.
 */
export async function importFile(
  caller: Caller,
  input: Asked,
  { fileName, limit, stream }: Upload,
  idempotencyKey: IdempotencyKey,
): Promise<ImportJob> {
  const { file: _, entity, country: _country, currency: _currency, timeZone: _zone, ...asked } = input;
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
      const queued = await queueJob(caller, job.id, bytes, input, again);
      // A retry under the same idempotency key answers with the first job; this upload is discarded.
      if (queued.id !== job.id || queued.state !== "QUEUED") await dropUpload(caller.db, job.id);
      // The answer stored with the idempotency key has the state of that time.
      return queued.id === job.id ? queued : await asItIs(caller.db, queued);
    } catch (error) {
      await dropUpload(caller.db, job.id);
      throw error;
    }
  } finally {
    // The rest of a refused file is not read.
    await pieces.return(undefined);
  }
}

/** The job of a file whose upload has begun. */
const openJob = (caller: Caller, input: Asked, fileName: string, head: Buffer): Promise<ImportJob> =>
  write(caller, async (writer) => {
    const { definitions } = await writer.catalogue(input.entity);
    const {
      columns,
      unmapped,
      before,
      encoding,
      byLine = false,
      delimiter,
    } = planFile(head, input, definitions);
    const job = await newJob(writer, input);
    return writer.insert("importJob", {
      ...job,
      options: { ...job.options, before, byLine },
      state: "UPLOADING",
      fileName: fileName.slice(0, 255).toWellFormed(),
      encoding,
      delimiter,
      mapping: columns.map((column) => ({ ...column })),
      unmapped: unmapped.map((column) => ({ ...column, samples: [...column.samples] })),
    });
  });

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
    // Small chunks limit the memory that a reader needs.
    for (let at = 0; at < piece.length; at += PIECE) {
      await db.keepChunk(jobId, position, piece.subarray(at, at + PIECE));
      position += 1;
    }
    const next: IteratorResult<Buffer> = await pieces.next();
    piece = next.done ? undefined : next.value;
  }
  return { bytes, hash: hash.digest("hex") };
}

/** The columns of a job; columns to keep in custom fields are mapped to fields that are created here. */
async function withFields(
  writer: Writer,
  { entity, mapping, options, dryRun }: ImportJob,
): Promise<Column[]> {
  const columns = mapping as unknown as Column[];
  const { keepUnmapped } = options as unknown as Options;
  if (keepUnmapped !== "CUSTOM_FIELDS" || dryRun) return columns;
  const kept = columns.filter(({ reason }) => reason === "KEPT").map(({ column }) => column);
  const slugs = await makeTextFields(writer, entity, kept, ["input", "keepUnmapped"]);
  return columns.map((column) => ({
    ...column,
    customField: slugs.get(column.column) ?? column.customField,
  }));
}

/** Queues a job for the runner; a job that was cancelled during its upload stays cancelled. */
const queueJob = (
  caller: Caller,
  id: string,
  fileBytes: number,
  { keepUnmapped }: Asked,
  again: Repeatable<ImportJob>,
): Promise<ImportJob> =>
  write(
    caller,
    async (writer) => {
      // Custom field definitions are locked before records.
      if (keepUnmapped === "CUSTOM_FIELDS") await writer.tx.lock.fields();
      const job = await lockRow(writer, "importJob", encodeId("ImportJob", id));
      if (job.state !== "UPLOADING") return job;
      const columns = await withFields(writer, job);
      const mapping = columns.map((column) => ({ ...column }));
      return writer.update("importJob", job, { state: "QUEUED", fileBytes, mapping });
    },
    { repeatable: again },
  );

/** Deletes the uploaded part of a file, and its job unless the job has ended. A queued job and its file stay. */
async function dropUpload(db: Db, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.lock.rows("import_job", [id], "update");
    const job = await tx.importJob.findFirst({ where: { id } });
    if (!job || (job.state !== "UPLOADING" && job.finishedAt === null)) return;
    await tx.importChunk.deleteMany({ where: { jobId: id } });
    await tx.importJob.deleteMany({ where: { id, state: "UPLOADING" } });
  });
}
