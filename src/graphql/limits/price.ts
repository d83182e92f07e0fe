/** The price of a field, given where the field is defined; fields without one cost 1. */

const PRICE = "price";

export interface Price {
  /** Cost of the field itself, without its selection; 1 by default, 10 for a mutation. */
  readonly cost?: number;
  /** Number of items, if the arguments do not give it. */
  readonly items?: number;
}

/** Extensions of a field that costs more than 1, or whose list has a known length. */
export const price = (told: Price) => ({ [PRICE]: told });

export const priceOf = (extensions: object | null | undefined): Price =>
  (extensions as { readonly [PRICE]?: Price } | null | undefined)?.[PRICE] ?? {};

/** Cost of a text of up to 50,000 characters. */
export const LONG_TEXT = 25;
/** Cost of a statement that reads every record of a list. */
export const COUNTING = 50;
