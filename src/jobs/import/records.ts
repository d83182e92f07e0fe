/**
 * Splits the text of a CSV file into records. Pure.
 *
 * RFC 4180, with any line ending and rows of any width. A record that cannot be read loses only its own line: reading
 * continues on the next line, even if an open quote would include it.
 */

/** Longest record in UTF-16 units, which is also how far the end of a quote is searched. */
const MAX_RECORD = 1_048_576;

/** Most columns of a file. One more is read of records with more. */
export const MAX_COLUMNS = 1000;

/** UTF-16 units of text that are processed before the event loop may run other work. */
export const SLICE = 16_384;

/** Most UTF-16 units of a record's raw text that are stored. */
export const MAX_RAW = 10_000;

/** A record of a file, or the problem in its place. */
export interface CsvRecord {
  /**
   * The line on which the record starts, from 1, as editors count: CRLF, LF and CR each end a line, also inside
   * quotes.
   */
  readonly line: number;
  /** The raw text of the record, cut if it is too long. */
  readonly raw: string;
  /** Null if the record cannot be read. */
  readonly cells: readonly string[] | null;
  readonly problem: string | null;
}

/** The records of a slice of text, and the number of blank lines among them. */
export interface CsvSlice {
  readonly records: readonly CsvRecord[];
  readonly blank: number;
}

const problems = {
  notClosed: "has a quote that is not closed",
  textAfter: "has text after a closing quote; a quote inside quotes is written twice",
  stray: "has a quote in the middle of a cell; put the whole cell in quotes and write the quote twice",
  tooLong: `is longer than ${MAX_RECORD} characters`,
};

/** Position of a character that does not occur. */
const NOWHERE = Number.POSITIVE_INFINITY;

export class RecordReader {
  readonly #delimiter: string;
  /** A cell without quotes. */
  readonly #plain: RegExp;
  #text = "";
  #at = 0;
  #line = 1;
  #ended = false;
  /** A CR at the end of the text so far, which may be followed by an LF. */
  #held = "";
  /** Whether the text that follows is the rest of a line that was too long. */
  #skipping = false;
  /** The next position of each character at or after `#at`, once searched. */
  #next = { "\n": -1, "\r": -1, '"': -1 };
  /** How far a quoted record was read when the text ended, so that no part is read twice. */
  #begun: { readonly cells: string[]; readonly at: number; readonly from: number } | null = null;
  /** The problem of a record whose line has not ended yet. */
  #wrong: string | null = null;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#plain = new RegExp(`[^"\\r\\n${delimiter}]*`, "y");
  }

  /**
   * Adds text.
   *
   * @param last whether this is the end of the file
   */
  push(text: string, last = false): void {
    const whole = this.#held + text;
    this.#held = !last && whole.endsWith("\r") ? "\r" : "";
    this.#text = this.#text.slice(this.#at) + (this.#held === "" ? whole : whole.slice(0, -1));
    this.#at = 0;
    this.#ended = last;
    this.#next = { "\n": -1, "\r": -1, '"': -1 };
  }

  /**
   * Takes the records of the next slice of text.
   *
   * @returns null if no complete record is left
   */
  take(): CsvSlice | null {
    const start = this.#at;
    const records: CsvRecord[] = [];
    let blank = 0;
    while (this.#at < this.#text.length && this.#at - start < SLICE) {
      if (this.#skipping && !this.#skipped()) break;
      if (this.#at === this.#text.length) break;
      if (this.#lineEnd(this.#at) === this.#at) {
        this.#pass(this.#at);
        blank += 1;
        continue;
      }
      const record = this.#record();
      if (record === null) break;
      if (isBlank(record)) blank += 1;
      else records.push(record);
    }
    return this.#at === start ? null : { records, blank };
  }

  /** Skips the rest of a line. */
  #skipped(): boolean {
    const end = this.#lineEnd(this.#at);
    if (end === NOWHERE && !this.#ended) {
      this.#at = this.#text.length;
      return false;
    }
    this.#pass(end);
    this.#skipping = false;
    return true;
  }

  /** The next record; null if its end has not arrived yet. */
  #record(): CsvRecord | null {
    const start = this.#at;
    const line = this.#line;
    const end = this.#lineEnd(start);
    if (this.#find('"', start) < end) return this.#quoted(start, line);
    if (end === NOWHERE && !this.#ended) {
      return this.#text.length - start > MAX_RECORD ? this.#refuse(problems.tooLong, start) : null;
    }
    const raw = this.#text.slice(start, end);
    if (raw.length > MAX_RECORD) return this.#refuse(problems.tooLong, start);
    this.#pass(end);
    return { line, raw, cells: raw.split(this.#delimiter, MAX_COLUMNS + 1), problem: null };
  }

  /** The next record, if it has quotes and may span several lines. */
  #quoted(start: number, line: number): CsvRecord | null {
    const read =
      this.#wrong === null ? this.#cells(start) : { end: NOWHERE, cells: [], problem: this.#wrong };
    const long = (read.end === NOWHERE ? this.#text.length : read.end) - start > MAX_RECORD;
    if (read.problem !== null) {
      this.#wrong = read.problem;
      const whole = this.#ended || this.#lineEnd(start) !== NOWHERE;
      return whole || this.#text.length - start > MAX_RECORD ? this.#refuse(read.problem, start) : null;
    }
    if (read.end === NOWHERE) return long ? this.#refuse(problems.notClosed, start) : null;
    const raw = this.#text.slice(start, read.end);
    this.#pass(read.end, raw);
    return long
      ? { line, raw: raw.slice(0, MAX_RAW), cells: null, problem: problems.tooLong }
      : { line, raw, cells: read.cells, problem: null };
  }

  /** The cells of the record at a position; its end is NOWHERE if the text ends inside the record. */
  #cells(start: number): { readonly end: number; readonly cells: string[]; readonly problem: string | null } {
    const text = this.#text;
    const { cells, ...begun } = this.#begun ?? { cells: [], at: 0, from: 1 };
    let at = start + begun.at;
    let from = start + begun.from;
    const result = (end: number, problem: string | null = null) => ({ end, cells, problem });
    const broken = (reached: number) => {
      this.#begun = { cells, at: at - start, from: reached - start };
      return result(NOWHERE);
    };
    for (; ; at += 1, from = at + 1) {
      let end: number;
      let cell: string;
      if (text[at] === '"') {
        let close = text.indexOf('"', from);
        let doubled = from > at + 1;
        for (; close !== -1 && text[close + 1] === '"'; close = text.indexOf('"', close + 2)) doubled = true;
        if (close === -1 && this.#ended) return result(NOWHERE, problems.notClosed);
        if (close === -1) return broken(text.length);
        // The next character may be a second quote, which would escape this one.
        if (close + 1 === text.length && !this.#ended) return broken(close);
        cell = text.slice(at + 1, close);
        if (doubled) cell = cell.replaceAll('""', '"');
        end = close + 1;
      } else {
        this.#plain.lastIndex = at;
        this.#plain.test(text);
        end = this.#plain.lastIndex;
        if (text[end] === '"') return result(end, problems.stray);
        if (end === text.length && !this.#ended) return broken(at + 1);
        cell = text.slice(at, end);
      }
      if (cells.length <= MAX_COLUMNS) cells.push(cell);
      const next = text[end];
      if (next === undefined || next === "\n" || next === "\r") return result(end);
      if (next !== this.#delimiter) return result(end, problems.textAfter);
      at = end;
    }
  }

  /** Stores a problem for a line, or for its first part if the rest has not arrived yet. */
  #refuse(problem: string, start: number): CsvRecord {
    const line = this.#line;
    this.#begun = null;
    this.#wrong = null;
    const end = this.#lineEnd(start);
    const raw = this.#text.slice(start, Math.min(end, start + MAX_RAW));
    if (end === NOWHERE && !this.#ended) {
      this.#skipping = true;
      this.#at = this.#text.length;
    } else this.#pass(end);
    return { line, raw, cells: null, problem };
  }

  /**
   * Continues after the end of a line.
   *
   * @param raw skipped text, if it may contain line breaks
   */
  #pass(end: number, raw = ""): void {
    this.#begun = null;
    this.#wrong = null;
    this.#line += 1 + (raw.match(/\r\n|\r|\n/g)?.length ?? 0);
    const crlf = this.#text[end] === "\r" && this.#text[end + 1] === "\n";
    this.#at = Math.min(end + (crlf ? 2 : 1), this.#text.length);
  }

  #lineEnd(from: number): number {
    return Math.min(this.#find("\n", from), this.#find("\r", from));
  }

  /** Searches the next position once, however many records come before it. */
  #find(what: "\n" | "\r" | '"', from: number): number {
    if (this.#next[what] < from) {
      const found = this.#text.indexOf(what, from);
      this.#next[what] = found === -1 ? NOWHERE : found;
    }
    return this.#next[what];
  }
}

/** Whether a record is blank: an empty line, or empty cells only. */
const isBlank = ({ cells }: CsvRecord): boolean =>
  cells?.every((cell) => cell === "" || cell.trim() === "") ?? false;
