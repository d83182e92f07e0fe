/** What fields cost. A field says so where it is defined; most of them say nothing and cost 1. */

const PRICE = "price";

export interface Price {
  /** What the field costs itself, beside what is selected of it; 1 when left out, 10 for a mutation. */
  readonly cost?: number;
  /** How many items it may have, where its arguments do not say it. */
  readonly items?: number;
}

/** Told by a field that costs more than others, or whose list is longer than most. */
export const price = (told: Price) => ({ [PRICE]: told });

export const priceOf = (extensions: object | null | undefined): Price =>
  (extensions as { readonly [PRICE]?: Price } | null | undefined)?.[PRICE] ?? {};

/** A text of up to 50,000 characters. */
export const LONG_TEXT = 25;
/** A statement that looks at every record of a list. */
export const COUNTING = 50;
