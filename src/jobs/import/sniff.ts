import { type CsvRecord, RecordReader } from "./records.ts";

/** Finding out how a file is written. Pure. */

export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof encodings)[number];

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

/** What a file's beginning says of the whole. */
export interface Sniffed {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** How many records stand before the headings: the line by which Excel says what separates columns, and prose. */
  readonly before: number;
  readonly headings: readonly string[];
}

/** The file cannot be read as CSV at all; the message says what it may be. */
export class NotCsvError extends Error {
  override readonly name = "NotCsvError";
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
  given: { readonly encoding?: Encoding | undefined; readonly delimiter?: Delimiter | undefined } = {},
  known: (heading: string) => boolean = () => false,
): Sniffed {
  if (head.length === 0) throw new NotCsvError("is empty");
  if (head.subarray(0, 4).equals(Buffer.from("PK\x03\x04"))) {
    throw new NotCsvError("is a spreadsheet (.xlsx) or a zip archive, not CSV: export it as CSV first");
  }
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    throw new NotCsvError("is compressed: unpack it first");
  }
  const encoding = given.encoding ?? encodingOf(head, whole);
  const text = new TextDecoder(encoding).decode(head, { stream: !whole });
  const said = delimiters.find((each) => each === /^"?sep=(.)"?[\r\n]/i.exec(text)?.[1]);
  const delimiter = given.delimiter ?? said ?? delimiterOf(text, whole, known);
  const records = firstRecords(text, whole, delimiter, SAMPLE);
  const before = headingsAt(said === undefined ? records : records.slice(1), known);
  const at = said === undefined ? before : before + 1;
  const first = records[at] ?? firstRecords(text, whole, delimiter, at + 1)[at];
  if (!first) {
    throw new NotCsvError("has no first row with headings, or it is too long or too far from the beginning");
  }
  if (first.cells === null) {
    throw new NotCsvError(`has headings that cannot be read: the first row ${first.problem}`);
  }
  return { encoding, delimiter, before: at, headings: first.cells.map((heading) => heading.trim()) };
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

/** Of a text in Windows-1252 that is not English, hardly a letter in twenty looks like one in UTF-8. */
const ACCIDENTS = 20;

function encodingOf(head: Buffer, whole: boolean): Encoding {
  if (head.subarray(0, 2).equals(Buffer.from([0xff, 0xfe]))) return "utf-16le";
  if (head.subarray(0, 2).equals(Buffer.from([0xfe, 0xff]))) return "utf-16be";
  const zeros = zeroBytes(head);
  // Every second byte of Latin letters in UTF-16; other texts have none.
  if (zeros.odd * 4 > head.length) return "utf-16le";
  if (zeros.even * 4 > head.length) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: !whole });
    return "utf-8";
  } catch {
    // A few bad bytes cost their rows; they do not make another encoding of all the others.
    const { letters, bad } = utf8Letters(head);
    return letters * ACCIDENTS >= bad ? "utf-8" : "windows-1252";
  }
}

function zeroBytes(bytes: Buffer): { even: number; odd: number } {
  const zeros = { even: 0, odd: 0 };
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1))
    zeros[at % 2 === 0 ? "even" : "odd"] += 1;
  return zeros;
}

/** How many letters beyond ASCII some bytes have when they are UTF-8, and how many bytes are no part of one. */
function utf8Letters(bytes: Buffer): { letters: number; bad: number } {
  const text = new TextDecoder("utf-8").decode(bytes);
  let letters = 0;
  let bad = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd) bad += 1;
    else if (code > 127) letters += 1;
  }
  return { letters, bad };
}

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
