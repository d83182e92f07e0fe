import { pipeline, Readable } from "node:stream";
import { stringify } from "csv-stringify";
import type { Db } from "../../db/scope/db.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import { type Column, REFUSAL_HEADING } from "./column.ts";
import { errorsOf } from "./errors-csv.ts";
import { MAX_RAW, RecordReader } from "./records.ts";

/**
 * The refused rows of a file, in the form of the file with one more column for the reasons: corrected, they can be
 * imported again. Cells are as they were sent, so that a spreadsheet may evaluate one as a formula.
 */
export function refusedRows(db: Db, { id, mapping, delimiter }: ImportJob): Readable {
  const columns = (mapping as unknown as Column[]).map(({ column }) => column);
  // If the file already has the column with the reasons, it is replaced.
  const headings = columns.at(-1) === REFUSAL_HEADING ? columns.slice(0, -1) : columns;
  const between = delimiter ?? ",";
  return pipeline(
    Readable.from(rowsOf(db, id, headings.length, between)),
    stringify({
      header: true,
      columns: [...headings, REFUSAL_HEADING],
      delimiter: between,
      record_delimiter: "windows",
    }),
    // The error is reported to the reader of the stream.
    () => {},
  );
}

async function* rowsOf(db: Db, jobId: string, width: number, delimiter: string): AsyncGenerator<string[]> {
  let row = 0;
  let raw = "";
  let reasons: string[] = [];
  const whole = () => {
    const cells = cellsOf(raw, delimiter, width);
    return [...cells, reasons.join("; ")];
  };
  for await (const error of errorsOf(db, jobId)) {
    if (error.row !== row && reasons.length > 0) {
      yield whole();
      reasons = [];
    }
    row = error.row;
    raw = error.raw;
    const where = error.column === null ? "" : `${error.column}: `;
    reasons.push(`${where}${error.message}`);
  }
  if (reasons.length > 0) yield whole();
}

/** The cells of a row; a row that cannot be split has its (possibly cut) text in the first cell. */
function cellsOf(raw: string, delimiter: string, width: number): string[] {
  const reader = new RecordReader(delimiter);
  reader.push(raw, true);
  const [record] = reader.take()?.records ?? [];
  const cells = record?.cells != null && raw.length < MAX_RAW ? [...record.cells] : [raw];
  return Array.from({ length: width }, (_, at) => cells[at] ?? "");
}
