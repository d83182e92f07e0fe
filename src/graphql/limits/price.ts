/** What fields cost. A field says so where it is defined; most of them say nothing and cost 1. */

const PRICE = "price";

export interface Price {
  /** Cost of the field itself, without its selections; 1 when left out, 10 for a mutation. */
  readonly cost?: number;
  /** How many items it may have, where its arguments do not say it. */
  readonly items?: number;
}

/**
 * Extensions of a field that costs more than 1, or whose list has a known length.
 *
 * @param price its own cost and its length, as `limits/cost.ts` counts them
 */
export const price = (told: Price) => ({ [PRICE]: told });

export const priceOf = (extensions: object | null | undefined): Price =>
  (extensions as { readonly [PRICE]?: Price } | null | undefined)?.[PRICE] ?? {};

/** A text of up to 50,000 characters. */
export const LONG_TEXT = 25;
/** A statement that looks at every record of a list. */
export const COUNTING = 50;
