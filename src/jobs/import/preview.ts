import { encodeId } from "../../db/ids.ts";
import type { Entity } from "../../filter/registry/fields.ts";
import { refuse } from "../../lib/errors.ts";
import { formatDay } from "../../lib/exact.ts";
import { readInput } from "../../records/inputs.ts";
import { write } from "../../records/write/write.ts";
import { importBatch, type RowOutcome } from "./batch.ts";
import { rowBatches } from "./batches.ts";
import { countRecords, readCsv } from "./csv.ts";
import { importEntities } from "./entities.ts";
import { type FilePlan, planFile } from "./file-plan.ts";
import { ImportInput } from "./import.inputs.ts";
import { readingOf, settingsOf } from "./job.ts";
import { type Asked, askedOf, type ImportCaller, newJob } from "./new-job.ts";
import { HEAD, piecesOf } from "./pieces.ts";
import { type ImportField, placesOf } from "./places.ts";
import type { RowReader } from "./record.ts";
import type { ImportRow, RowProblem } from "./row.ts";
import { Looker, type ShownBy } from "./typed.ts";

/** Previews an import from the first rows of its file; nothing is written. */

/** Number of rows that are shown. */
const SHOWN = 10;

/** The value of a field or custom field after the import. */
export interface PreviewValue {
  readonly field: ImportField | null;
  /** Slug. */
  readonly customField: string | null;
  readonly values: readonly string[];
}

export interface PreviewRow extends Pick<RowOutcome, "outcome"> {
  readonly row: number;
  readonly line: number;
  readonly values: readonly PreviewValue[];
  /** Reasons to refuse the row, or notes about it. */
  readonly problems: readonly RowProblem[];
}

export interface Preview
  extends Pick<FilePlan, "encoding" | "delimiter" | "before" | "columns" | "unmapped"> {
  /** Number of examined rows, and whether these are all rows of the file. */
  readonly total: number;
  readonly whole: boolean;
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly rows: readonly PreviewRow[];
}

/**
 * Previews an import: format of the file, mapping of its columns, and the result for its first rows: a thousand, or
 * as many as are in the first megabyte.
 *
 * @param raw the input of the import
 * @throws RefusalError for problems of the import as a whole
 */
export async function previewImport(caller: ImportCaller, entity: Entity, raw: unknown): Promise<Preview> {
  const asked = readInput(ImportInput, raw);
  if (asked.file == null || asked.rows != null) {
    throw refuse("REQUIRED", ["input", "file"], "give a file: only files are previewed");
  }
  const { stream, limit } = asked.file;
  const input: Asked = { ...askedOf(caller, entity, asked), dryRun: true };
  const pieces = piecesOf(stream, limit);
  try {
    const first = await pieces.next();
    return await previewOf(caller, input, first.done ? Buffer.alloc(0) : first.value);
  } finally {
    // The rest of the file is not read.
    await pieces.return(undefined);
  }
}

const previewOf = (caller: ImportCaller, input: Asked, head: Buffer): Promise<Preview> =>
  write(caller, async (writer) => {
    const { entity, country } = input;
    const { definitions } = await writer.catalogue(entity);
    const plan = planFile(head, input, definitions);
    const { columns, unmapped, encoding, delimiter, before } = plan;
    const job = await newJob(writer, input);
    const columnsShow = await shownBy(head, plan, new Looker(columns, definitions));
    const { rows, whole } = await firstRows(head, plan, {
      entity,
      columns,
      definitions,
      reading: readingOf({ delimiter, options: { ...job.options, shown: columnsShow } }),
      defaultCountry: country,
      leaveOut: input.invalidValues === "LEAVE_OUT",
    });
    const settings = settingsOf(job);
    const { errors, notes, outcomes, ...counts } = await importBatch(
      writer,
      importEntities[entity],
      rows,
      settings,
    );
    const problemsOf = new Map([...errors, ...notes].map(({ row, problems }) => [row, problems]));
    const shown = outcomes.slice(0, SHOWN).map(
      (outcome): PreviewRow => ({
        row: outcome.row.row,
        line: outcome.row.line,
        outcome: outcome.outcome,
        values: valuesOf(entity, outcome),
        problems: problemsOf.get(outcome.row) ?? [],
      }),
    );
    return {
      encoding,
      delimiter,
      before,
      columns,
      unmapped,
      total: rows.length,
      whole,
      ...counts,
      rows: shown,
    };
  });

const slicesOf = (head: Buffer, { encoding, byLine = false, delimiter, before }: FilePlan) =>
  readCsv(chunked(head), { encoding, byLine, delimiter, before });

/** Number and date formats that the columns of the first rows show. */
async function shownBy(head: Buffer, plan: FilePlan, looker: Looker): Promise<ShownBy> {
  await countRecords(slicesOf(head, plan), head.length, (cells) => looker.look(cells));
  return looker.shown;
}

/** The complete rows at the start of the file. */
async function firstRows(
  head: Buffer,
  plan: FilePlan,
  reader: RowReader,
): Promise<{ readonly rows: readonly ImportRow[]; readonly whole: boolean }> {
  const batches = rowBatches(slicesOf(head, plan), reader, 0);
  const { value: rows = [] } = await batches.next();
  const more = (await batches.next()).done !== true;
  await batches.return(undefined);
  const isAll = head.length < HEAD;
  return { rows: isAll || more ? rows : rows.slice(0, -1), whole: isAll && !more };
}

async function* chunked(head: Buffer): AsyncGenerator<Uint8Array> {
  yield head;
}

/** The values of a record after the import, in the order of the fields. */
function valuesOf(entity: Entity, { pending, tags, outcome }: RowOutcome): PreviewValue[] {
  if (pending === null || outcome === "SKIPPED") return [];
  const columns = pending.columns as unknown as Readonly<Record<string, unknown>>;
  const places = Object.entries(placesOf(entity)) as [ImportField, { column: string | null }][];
  const fields = places.map(([field, { column }]) => {
    const value = column === null ? null : columns[column];
    const values = field === "TAGS" ? [...tags] : field === "OWNER" ? ownerOf(value) : textsOf(value);
    return { field, customField: null, values };
  });
  const custom = Object.entries(pending.columns.custom).map(([slug, value]) => ({
    field: null,
    customField: slug,
    values: textsOf(value),
  }));
  return [...fields, ...custom].filter(({ values }) => values.length > 0);
}

const ownerOf = (id: unknown): string[] => (typeof id === "string" ? [encodeId("Member", id)] : []);

function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [value instanceof Date ? formatDay(value) : String(value)];
}
