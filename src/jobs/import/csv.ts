import { type CsvError, type Info, type Options, parse } from "csv-parse";
import { parse as parseAll } from "csv-parse/sync";

/** Reading CSV as a stream: nothing of a file is held but the record that is being read. */

/** Most bytes of one record; one without an end would otherwise be the whole rest of the file. */
const MAX_RECORD = 1_048_576;

export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof encodings)[number];

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

/** What a file's beginning says of the whole. */
export interface Sniffed {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** The first row. */
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
 * @throws NotCsvError for spreadsheets, archives and files without a first row
 */
export function sniff(
  head: Buffer,
  whole: boolean,
  given: { readonly encoding?: Encoding | undefined; readonly delimiter?: Delimiter | undefined } = {},
): Sniffed {
  if (head.length === 0) throw new NotCsvError("is empty");
  if (head.subarray(0, 4).equals(Buffer.from("PK\x03\x04"))) {
    throw new NotCsvError("is a spreadsheet (.xlsx) or a zip archive, not CSV: export it as CSV first");
  }
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    throw new NotCsvError("is compressed: unpack it first");
  }
  const encoding = given.encoding ?? encodingOf(head, whole);
  const text = new TextDecoder(encoding).decode(head);
  const delimiter = given.delimiter ?? delimiterOf(text);
  const [headings] = firstRows(text, delimiter, 1);
  if (!headings) throw new NotCsvError("has no first row with headings, or it is not closed");
  return { encoding, delimiter, headings: headings.map((heading) => heading.trim()) };
}

function encodingOf(head: Buffer, whole: boolean): Encoding {
  if (head.subarray(0, 2).equals(Buffer.from([0xff, 0xfe]))) return "utf-16le";
  if (head.subarray(0, 2).equals(Buffer.from([0xfe, 0xff]))) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: !whole });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** The one that divides the most rows into as many columns as the first has. */
function delimiterOf(text: string): Delimiter {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of delimiters) {
    const rows = firstRows(text, delimiter, 20);
    const width = rows[0]?.length ?? 0;
    const score = width < 2 ? 0 : width * rows.filter((row) => row.length === width).length;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function firstRows(text: string, delimiter: string, count: number): string[][] {
  try {
    return parseAll(text, { ...dialect(delimiter), to: count, skip_empty_lines: true });
  } catch {
    return [];
  }
}

/** RFC 4180, with any line ending and rows of any width; what is wrong with a row is its own matter. */
const dialect = (delimiter: string) =>
  ({
    delimiter,
    bom: true,
    relax_column_count: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: MAX_RECORD,
  }) satisfies Options;

/** A record of a file, or the problem that stands in its place. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly raw: string;
  /** Null when it cannot be read. */
  readonly cells: readonly string[] | null;
  readonly problem: string | null;
}

/**
 * Reads a file record by record, the headings apart.
 *
 * @param chunks the file's bytes
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  { encoding, delimiter }: Pick<Sniffed, "encoding" | "delimiter">,
): AsyncGenerator<CsvRecord> {
  let lines = 0;
  let headings = true;
  try {
    for await (const { record, info, raw } of parsed(decoded(chunks, encoding), delimiter)) {
      const line = lines + 1;
      lines = info.lines;
      if (headings && record.length === 1 && record[0]?.trim() === "") continue;
      if (!headings) yield { line, raw: raw.replace(/[\r\n]+$/, ""), cells: record, problem: null };
      headings = false;
    }
  } catch (error) {
    const reason = problems[(error as CsvError).code];
    if (reason === undefined) throw error;
    // What has no end swallows what follows: the records before it are kept.
    yield { line: lines + 1, raw: "", cells: null, problem: reason };
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: Info;
  readonly raw: string;
}

/**
 * Records as they are found. They are not read from the parser as a stream: that would forget those which it still
 * has when it comes upon one that cannot be read.
 */
async function* parsed(texts: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<Parsed> {
  const found: Parsed[] = [];
  const parser = parse({
    ...dialect(delimiter),
    info: true,
    raw: true,
    on_record: (record: unknown) => void found.push(record as Parsed),
  });
  // Whoever sends a text in is told of its error there.
  parser.on("error", () => {});
  for await (const text of texts) {
    const error = await new Promise((resolve) => parser.write(text, resolve));
    yield* found.splice(0);
    if (error) throw error;
  }
  const error = await new Promise<unknown>((resolve) => parser.end(resolve));
  yield* found;
  if (error) throw error;
}

const problems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "has a quote that is not closed; what follows it cannot be read",
  CSV_INVALID_CLOSING_QUOTE:
    "has text after a closing quote; what follows it cannot be read. A quote inside quotes is written twice",
  INVALID_OPENING_QUOTE: "has a quote in the middle of a cell; what follows it cannot be read",
  CSV_MAX_RECORD_SIZE:
    "is longer than 1 MB, perhaps for a quote that is not closed; what follows it cannot be read",
};

async function* decoded(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/** Whether a record is a blank line. */
export const isBlankRecord = ({ cells }: CsvRecord): boolean =>
  cells !== null &&
  (cells.length === 1 ? cells[0]?.trim() === "" : cells.every((cell) => cell.trim() === ""));
