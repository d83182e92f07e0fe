/** Texts that are kept of one request. A request seldom sends more than ten different ones. */
const MOST_TEXTS = 50;
/** Characters that are kept of a text. */
const MOST_CHARACTERS = 2_000;

/** Statements of one text. */
export interface SameStatements {
  /** With `$1`, `$2` in the place of values. */
  readonly text: string;
  count: number;
  /** From being sent to being answered, all of them together. */
  milliseconds: number;
}

/** The statements of one request. */
export class StatementTally {
  count = 0;
  milliseconds = 0;
  readonly #texts: Map<string, SameStatements> | null;
  readonly #others: SameStatements = { text: "others", count: 0, milliseconds: 0 };

  /** @param keepTexts whether it is kept which statements they are */
  constructor(keepTexts: boolean) {
    this.#texts = keepTexts ? new Map() : null;
  }

  add(text: string, milliseconds: number): void {
    this.count += 1;
    this.milliseconds += milliseconds;
    if (!this.#texts) return;
    let same = this.#texts.get(text);
    if (!same && this.#texts.size < MOST_TEXTS) {
      same = { text, count: 0, milliseconds: 0 };
      this.#texts.set(text, same);
    }
    const entry = same ?? this.#others;
    entry.count += 1;
    entry.milliseconds += milliseconds;
  }

  /**
   * What took longest, with texts that are cut to what a log can take.
   *
   * @param most how many texts
   */
  slowest(most: number): SameStatements[] {
    const all = [...(this.#texts?.values() ?? []), ...(this.#others.count > 0 ? [this.#others] : [])];
    return all
      .sort((one, other) => other.milliseconds - one.milliseconds)
      .slice(0, most)
      .map(({ text, count, milliseconds }) => ({
        text: cut(text.replace(/\s+/g, " ").trim()),
        count,
        milliseconds: rounded(milliseconds),
      }));
  }
}

/** A text, cut to what is worth keeping of it. */
export const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

/** Milliseconds to the microsecond. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
