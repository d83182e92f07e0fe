import { setImmediate } from "node:timers/promises";
import { fileDecoder, type Written } from "../../lib/decoders.ts";
import { type CsvSlice, RecordReader, SLICE } from "./records.ts";
import type { Delimiter } from "./sniff.ts";

/** Reads CSV as a stream: only the records of one slice are held in memory. */

export interface CsvFormat extends Written {
  readonly delimiter: Delimiter;
  /** Records before the headings. */
  readonly before?: number;
}

/**
 * Reads a file slice by slice, without its headings. Between slices the event loop runs other work, so that no file
 * can block other requests.
 *
 * @param chunks the file's bytes
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  { delimiter, before = 0, ...written }: CsvFormat,
): AsyncGenerator<CsvSlice> {
  const reader = new RecordReader(delimiter);
  let above = before + 1;
  for await (const { text, last } of decoded(chunks, written)) {
    reader.push(text, last);
    for (let slice = reader.take(); slice !== null; slice = reader.take()) {
      const { records, blank } = slice;
      yield above > 0 ? { records: records.slice(above), blank } : slice;
      above = Math.max(0, above - records.length);
      await setImmediate();
    }
  }
}

async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  written: Written,
): AsyncGenerator<{ readonly text: string; readonly last: boolean }> {
  const decoder = fileDecoder(written);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      yield { text: decoder.decode(chunk.subarray(at, at + SLICE)), last: false };
    }
  }
  yield { text: decoder.decode(), last: true };
}

/** Number of rows and of blank lines in a file. */
export interface RowCount {
  readonly total: number;
  readonly blank: number;
}

/**
 * Counts a file's rows, and stops when a limit is exceeded.
 *
 * @param limit of rows, and of blank lines
 * @param look called with each readable row
 */
export async function countRecords(
  slices: AsyncIterable<CsvSlice>,
  limit: number,
  look: (cells: readonly string[]) => void,
): Promise<RowCount> {
  const counts = { total: 0, blank: 0 };
  for await (const { records, blank } of slices) {
    for (const { cells } of records) {
      if (cells !== null) look(cells);
    }
    counts.total += records.length;
    counts.blank += blank;
    if (counts.total > limit || counts.blank > limit) break;
  }
  return counts;
}
