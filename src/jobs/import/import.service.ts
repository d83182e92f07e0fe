import { isUniqueViolation } from "../../db/faults.ts";
import type { Entity } from "../../filter/registry/fields.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { refuse } from "../../lib/errors.ts";
import { ownTurn } from "../../lib/turn.ts";
import { newId } from "../../lib/typeid.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { importBatch } from "./batch.ts";
import { importEntities } from "./entities.ts";
import { importFile } from "./file.ts";
import { ImportInput } from "./import.inputs.ts";
import { errorRows, settingsOf } from "./job.ts";
import { type Asked, askedOf, type ImportCaller, newJob, operationOf } from "./new-job.ts";
import { type ImportRow, readInputRow } from "./row.ts";

/** Rows after which the event loop may run other work. */
const TURN = 100;

/** The caller with IMPORT as source of the changes. */
const asImport = (caller: Caller): Caller => ({
  ...caller,
  viewer: { ...caller.viewer, source: "IMPORT" },
});

/**
 * Imports rows at once, or receives a file and queues its job.
 *
 * @throws RefusalError for problems of the import as a whole; problems of rows are stored with the job
 */
export function importRecords(
  caller: ImportCaller,
  entity: Entity,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<ImportJob> {
  const input = askedOf(caller, entity, readInput(ImportInput, raw));
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

function importRows(caller: Caller, input: Asked, idempotencyKey: IdempotencyKey): Promise<ImportJob> {
  const { entity, country, currency: _currency, timeZone: _zone, ...asked } = input;
  return write(
    caller,
    async (writer) => {
      await writer.tx.lock.erasure("share");
      const job = await newJob(writer, input);
      const rows: ImportRow[] = [];
      for (const [at, row] of (input.rows ?? []).entries()) {
        if (at % TURN === TURN - 1) await ownTurn();
        rows.push({
          row: at + 1,
          line: at + 1,
          raw: JSON.stringify(row),
          ...readInputRow(entity, row, country, input.invalidValues === "LEAVE_OUT"),
        });
      }
      const id = newId();
      const settings = settingsOf(job);
      const {
        errors,
        notes,
        outcomes: _,
        ...counts
      } = await importBatch(writer, importEntities[entity], rows, settings);
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

/**
 * Cancels an import; records already written are kept. A job that has ended stays as it is.
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
