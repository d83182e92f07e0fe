/** Maximum number of texts that are kept for one request; few requests have more than ten different texts. */
const MOST_TEXTS = 50;
/** Maximum number of characters of a kept text. */
const MOST_CHARACTERS = 2_000;

/** Statements with the same text. */
export interface SameStatements {
  /** With `$1`, `$2` instead of values. */
  readonly text: string;
  count: number;
  /** Sum of the times from sending a statement to its answer. */
  milliseconds: number;
}

/** The statements of one request. */
export class StatementTally {
  count = 0;
  milliseconds = 0;
  readonly #texts: Map<string, SameStatements> | null;
  readonly #others: SameStatements = { text: "others", count: 0, milliseconds: 0 };

  /** @param keepTexts whether to keep the texts of the statements */
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
   * The slowest statements, with shortened texts.
   *
   * @param most maximum number of texts
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

/** A text, shortened to MOST_CHARACTERS. */
export const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

/** Rounds milliseconds to microseconds. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
