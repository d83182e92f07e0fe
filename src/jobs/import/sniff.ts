import { isUtf8 } from "node:buffer";
import { type Encoding, fileDecoder, linesBeyondAscii, type Written } from "./decoders.ts";
import { legacyOf } from "./encodings.ts";
import { type CsvRecord, RecordReader } from "./records.ts";
import { utf16Of } from "./utf16.ts";

/** Finding out how a file is written. Pure. */

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

/** What a file's beginning says of the whole. */
export interface Sniffed extends Written {
  readonly delimiter: Delimiter;
  /** How many records stand before the headings: the line by which Excel says what separates columns, and prose. */
  readonly before: number;
  readonly headings: readonly string[];
  /** The first rows below the headings. */
  readonly rows: readonly (readonly string[])[];
}

/** The file cannot be read as CSV at all; the message says what it may be. */
export class NotCsvError extends Error {
  override readonly name = "NotCsvError";
}

/** What a caller says of a file, which is believed. */
export interface Given {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
  /** Records before the headings. */
  readonly before?: number | undefined;
}

/**
 * Finds out how a file is written.
 *
 * @param head its first bytes, the whole of the first row at least
 * @param whole whether that is all of it
 * @param given what the caller says, which is believed
 * @param known whether a text is known as a heading: by these the row of headings is found
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

/** Cells of a row by which it may be known as that of the headings. */
const LOOKED_AT = 50;

/** Headings that a row below prose must have at least. */
const ENOUGH = 2;

/**
 * Where the row of headings is: the first one, unless it looks like prose, with one cell or no known heading, and some
 * headings are known in one below.
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

/** Lines with letters beyond ASCII that are looked at, and bytes of those that are no UTF-8. */
const LINES = 10_000;
const LINES_BYTES = 65_536;

/** In which encoding a file is: that of most lines with letters beyond ASCII. */
function writtenOf(head: Buffer, whole: boolean): Written {
  if (head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return { encoding: "utf-8" };
  const wide = utf16Of(head);
  if (wide !== null) return { encoding: wide };
  const others: Buffer[] = [];
  let bytes = 0;
  let utf8 = 0;
  let bad = 0;
  for (const { start, end } of linesBeyondAscii(head)) {
    // The last line may be cut off.
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
  // Where no encoding is found, the lines that are no UTF-8 are refused, and none is read as another text.
  return encoding === null ? { encoding: "utf-8" } : { encoding, byLine: true };
}

const NEW_LINE = Buffer.from("\n");

/** Rows that tell what separates columns, and the text in which they are looked for, in UTF-16 units. */
const SAMPLE = 20;
const SAMPLE_TEXT = 65_536;

/** Slices of blank lines after which no first row is looked for. */
const BLANK_SLICES = 4;

/**
 * The one that divides the most rows into as many columns as the row of headings has; rows that cannot be read do not
 * count. Below prose the row of headings is that with known ones.
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

/** The first records of a text; none when there is too much blank before them. */
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
