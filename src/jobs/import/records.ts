/**
 * Taking the records of a CSV file off a text that arrives in pieces. Pure.
 *
 * RFC 4180, with any line ending and rows of any width. A record that cannot be read costs its own line: reading goes
 * on with the line after it, also when a quote was left open and what follows would else be inside of it.
 */

/** Longest record that is read, in UTF-16 units; as far is looked for the end of a quote. */
const MAX_RECORD = 1_048_576;

/** Most columns of a file. Of a record with more, one more is read. */
export const MAX_COLUMNS = 1000;

/** How much text is worked on in one piece, in UTF-16 units: the event loop waits for as long. */
export const SLICE = 16_384;

/** Longest beginning of a record that is kept as it was sent, in UTF-16 units. */
export const MAX_RAW = 10_000;

/** A record of a file, or the problem that stands in its place. */
export interface CsvRecord {
  /** The line on which it begins, from 1, as editors count: CRLF, LF and CR each end one, inside quotes too. */
  readonly line: number;
  /** The record as it was sent; of one that is too long, its beginning. */
  readonly raw: string;
  /** Null when it cannot be read. */
  readonly cells: readonly string[] | null;
  readonly problem: string | null;
}

/** The records of a piece of text, and how many blank ones there were between them. */
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

/** Where a position is that was looked for and is not there. */
const NOWHERE = Number.POSITIVE_INFINITY;

export class RecordReader {
  readonly #delimiter: string;
  /** A cell without quotes. */
  readonly #plain: RegExp;
  #text = "";
  #at = 0;
  #line = 1;
  #ended = false;
  /** A CR at the end of the text so far: whether an LF belongs to it is not known yet. */
  #held = "";
  /** Whether what follows is the rest of a line that was too long. */
  #skipping = false;
  /** The next of each at or after `#at`, once it was looked for. */
  #next = { "\n": -1, "\r": -1, '"': -1 };
  /** How far from its beginning a record with quotes was read when the text broke off: none of it is read twice. */
  #begun: { readonly cells: string[]; readonly at: number; readonly from: number } | null = null;
  /** What is wrong with a record whose line has not ended yet. */
  #wrong: string | null = null;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#plain = new RegExp(`[^"\\r\\n${delimiter}]*`, "y");
  }

  /**
   * Adds what follows.
   *
   * @param last whether that is all
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
   * Takes off the records of the next slice of text.
   *
   * @returns null when no whole record is left
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

  /** Passes over the rest of a line. */
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

  /** The next record, or null when its end is not there yet. */
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

  /** The same for a record with quotes, which may go on over many lines. */
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

  /** The cells of the record that begins somewhere; its end is nowhere when the text breaks off inside of it. */
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
        // What follows may be a quote that belongs to this one.
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

  /** Puts a problem in the place of a line, or of its beginning while the rest of it has not come. */
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

  /** Goes on behind the line that ends there. @param raw what is passed over, when it may have lines of its own */
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

  /** Looks for the next one once, however many records come before it. */
  #find(what: "\n" | "\r" | '"', from: number): number {
    if (this.#next[what] < from) {
      const found = this.#text.indexOf(what, from);
      this.#next[what] = found === -1 ? NOWHERE : found;
    }
    return this.#next[what];
  }
}

/** Whether a record says nothing: a blank line, or one of empty cells. */
const isBlank = ({ cells }: CsvRecord): boolean =>
  cells?.every((cell) => cell === "" || cell.trim() === "") ?? false;
