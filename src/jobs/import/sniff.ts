import { isUtf8 } from "node:buffer";
import { type Encoding, fileDecoder, linesBeyondAscii, type Written } from "../../lib/decoders.ts";
import { legacyOf } from "./encodings.ts";
import { type CsvRecord, RecordReader } from "./records.ts";
import { utf16Of } from "./utf16.ts";

/** Detects the format of a file. Pure. */

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

/** The format of a file, as its first bytes show it. */
export interface Sniffed extends Written {
  readonly delimiter: Delimiter;
  /** Number of records before the headings: Excel's line `sep=;`, and lines of prose. */
  readonly before: number;
  readonly headings: readonly string[];
  /** The first rows after the headings. */
  readonly rows: readonly (readonly string[])[];
}

/** The file is not CSV; the message says what it may be. */
export class NotCsvError extends Error {
  override readonly name = "NotCsvError";
}

/** Parts of the format that the caller gives, which are not detected. */
export interface Given {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
  /** Number of records before the headings. */
  readonly before?: number | undefined;
}

/**
 * Detects the format of a file.
 *
 * @param head first bytes of the file, at least the whole first row
 * @param whole whether these are all bytes
 * @param given parts of the format that the caller gives
 * @param known whether a text is a known heading, which identifies the row of headings
 * @throws NotCsvError for spreadsheets, archives and files without a first row
 */
export function sniff(
  head: Buffer,
  whole: boolean,
  given: Given = {},
  known: (heading: string) => boolean = () => false,
): Sniffed {
  if (head.length === 0) throw new NotCsvError("is empty");
  if (head.subarray(0, 4).equals(Buffer.from("PK\x03\x04"))) {
    throw new NotCsvError("is a spreadsheet (.xlsx) or a zip archive, not CSV: export it as CSV first");
  }
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    throw new NotCsvError("is compressed: unpack it first");
  }
  const written: Written = given.encoding ? { encoding: given.encoding } : writtenOf(head, whole);
  const decoder = fileDecoder(written);
  const text = decoder.decode(head) + (whole || written.byLine ? decoder.decode() : "");
  const said = delimiters.find((each) => each === /^"?sep=(.)"?[\r\n]/i.exec(text)?.[1]);
  const delimiter = given.delimiter ?? said ?? delimiterOf(text, whole, known);
  const records = firstRecords(text, whole, delimiter, SAMPLE);
  const before = headingsAt(said === undefined ? records : records.slice(1), known);
  const at = given.before ?? (said === undefined ? before : before + 1);
  const first = records[at] ?? firstRecords(text, whole, delimiter, at + 1)[at];
  if (!first) {
    throw new NotCsvError("has no first row with headings, or it is too long or too far from the beginning");
  }
  if (first.cells === null) {
    throw new NotCsvError(`has headings that cannot be read: the first row ${first.problem}`);
  }
  const rows = records.slice(at + 1).flatMap(({ cells }) => (cells === null ? [] : [cells]));
  const headings = first.cells.map((heading) => heading.trim());
  return { ...written, delimiter, before: at, headings, rows };
}

/** Most cells of a row that are examined to find the row of headings. */
const LOOKED_AT = 50;

/** Fewest known headings of a row after prose. */
const ENOUGH = 2;

/**
 * Position of the row of headings: the first row, unless that has a single cell or no known heading and a later row
 * has known ones.
 */
function headingsAt(records: readonly CsvRecord[], known: (heading: string) => boolean): number {
  const count = ({ cells }: CsvRecord) => cells?.slice(0, LOOKED_AT).filter(known).length ?? 0;
  const [first] = records;
  if (first === undefined || first.cells === null || (first.cells.length > 1 && count(first) > 0)) return 0;
  return Math.max(
    0,
    records.findIndex((record) => count(record) >= ENOUGH),
  );
}

/** Most lines with non-ASCII letters that are examined, and most bytes of those that are not UTF-8. */
const LINES = 10_000;
const LINES_BYTES = 65_536;

/** The encoding of most lines with non-ASCII letters. */
function writtenOf(head: Buffer, whole: boolean): Written {
  if (head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return { encoding: "utf-8" };
  const wide = utf16Of(head);
  if (wide !== null) return { encoding: wide };
  const others: Buffer[] = [];
  let bytes = 0;
  let utf8 = 0;
  let bad = 0;
  for (const { start, end } of linesBeyondAscii(head)) {
    // The last line may be incomplete.
    if (end === head.length && !whole && start > 0) break;
    const line = head.subarray(start, end);
    if (utf8 + bad === LINES) break;
    if (isUtf8(line)) utf8 += 1;
    else {
      bad += 1;
      if (bytes < LINES_BYTES) others.push(line, NEW_LINE);
      bytes += line.length;
    }
  }
  if (utf8 >= bad) return { encoding: "utf-8" };
  const encoding = legacyOf(Buffer.concat(others).subarray(0, LINES_BYTES));
  // If no encoding is detected, rows that are not UTF-8 are refused rather than read wrongly.
  return encoding === null ? { encoding: "utf-8" } : { encoding, byLine: true };
}

const NEW_LINE = Buffer.from("\n");

/** Most rows that are examined for the separator, and most UTF-16 units of text. */
const SAMPLE = 20;
const SAMPLE_TEXT = 65_536;

/** Slices of blank lines after which the search for a first row ends. */
const BLANK_SLICES = 4;

/**
 * The separator that splits the most rows into as many columns as the row of headings; rows that cannot be read do
 * not count. After prose, the row of headings is the one with known headings.
 */
function delimiterOf(text: string, whole: boolean, known: (heading: string) => boolean): Delimiter {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of delimiters) {
    const sample = firstRecords(
      text.slice(0, SAMPLE_TEXT),
      whole && text.length <= SAMPLE_TEXT,
      delimiter,
      SAMPLE,
    );
    const records = sample.length > 0 ? sample : firstRecords(text, whole, delimiter, 1);
    const below = records.slice(headingsAt(records, known));
    const widths = below.flatMap(({ cells }) => cells?.length ?? []);
    const width = widths[0] ?? 0;
    const score = width < 2 ? 0 : width * widths.filter((each) => each === width).length;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** The first records of a text; none after too many blank lines. */
function firstRecords(text: string, whole: boolean, delimiter: string, count: number): CsvRecord[] {
  const reader = new RecordReader(delimiter);
  reader.push(text, whole);
  const records: CsvRecord[] = [];
  for (let slices = 0; records.length < count; slices += 1) {
    const slice = reader.take();
    if (slice === null || (records.length === 0 && slices === BLANK_SLICES)) break;
    records.push(...slice.records.slice(0, count - records.length));
  }
  return records;
}
