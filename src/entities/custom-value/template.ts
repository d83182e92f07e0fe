/** Texts with tokens such as `{{contact.first_name}}`. Pure. */

/** A token with an optional text for when it has no value: `{{ contact.first_name | "there" }}`. */
const token = /\{\{\s*([a-zA-Z_][\w.-]*)\s*(?:\|\s*"([^"{}]*)"\s*)?\}\}/g;

/** Values of tokens by name; names without a value are omitted. */
export type Tokens = ReadonlyMap<string, string>;

export interface Rendered {
  readonly text: string;
  /** Names that had no value, each once, in the order in which they appear. */
  readonly missing: readonly string[];
}

/** The names of the tokens in a text, each once. */
export const tokensIn = (text: string): string[] => [
  ...new Set([...text.matchAll(token)].map(([, name = ""]) => name)),
];

/** The filled text would be longer than the limit. */
export class RenderLimitError extends Error {
  override readonly name = "RenderLimitError";
}

/**
 * Fills the tokens of a text. A token without a value becomes its default, else it stays as it is and is listed. Values
 * are not searched for tokens.
 *
 * @param limit maximum length of the result, in UTF-16 units
 * @throws RenderLimitError before a longer text is built
 */
export function render(text: string, tokens: Tokens, limit = Number.POSITIVE_INFINITY): Rendered {
  let filling = 0;
  const missing = new Set<string>();
  const filled = text.replace(token, (whole, name: string, fallback: string | undefined) => {
    const value = tokens.get(name) ?? fallback;
    if (value === undefined) missing.add(name);
    filling += value?.length ?? whole.length;
    if (filling > limit) throw new RenderLimitError();
    return value ?? whole;
  });
  if (filled.length > limit) throw new RenderLimitError();
  return { text: filled, missing: [...missing] };
}
