import { setImmediate } from "node:timers/promises";
import { type RowReader, readRecord, unreadable } from "./record.ts";
import type { CsvSlice } from "./records.ts";
import { MAX_RAW } from "./records.ts";
import type { ImportRow } from "./row.ts";

/** Splits a file's rows into batches that fit one transaction and memory, however wide or long the rows are. */

/** Most rows of a batch. */
const ROWS = 1000;

/** Most text of a batch, in UTF-16 units; one row may be longer. */
const TEXT = 1_000_000;

/** Most cells of a batch; one row may have more. */
const CELLS = 50_000;

/**
 * Number of cells after which the event loop may run other work. As many characters count as one cell, because a cell
 * may be a long list.
 */
const TURN = 10_000;
const CELL = 16;

/**
 * Reads the rows of a file in batches.
 *
 * @param done number of rows to skip, which earlier steps have imported
 */
export async function* rowBatches(
  slices: AsyncIterable<CsvSlice>,
  reader: RowReader,
  done: number,
): AsyncGenerator<ImportRow[]> {
  let rows: ImportRow[] = [];
  let text = 0;
  let cells = 0;
  let turn = 0;
  let number = 0;
  for await (const { records } of slices) {
    for (const { line, raw, cells: read, problem } of records) {
      number += 1;
      if (number <= done) continue;
      const width = read?.length ?? 1;
      if (rows.length > 0 && (rows.length === ROWS || text + raw.length > TEXT || cells + width > CELLS)) {
        yield rows;
        rows = [];
        text = 0;
        cells = 0;
      }
      const row = read === null ? unreadable(problem ?? "") : readRecord(read, reader);
      rows.push({ row: number, line, raw: raw.slice(0, MAX_RAW), ...row });
      text += raw.length;
      cells += width;
      turn += width + Math.trunc(raw.length / CELL);
      if (turn < TURN) continue;
      turn = 0;
      await setImmediate();
    }
  }
  if (rows.length > 0) yield rows;
}
