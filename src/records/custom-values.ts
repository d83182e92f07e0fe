import type { CustomValueJson } from "../filter/language/derive.ts";
import type { Definition } from "../filter/registry/fields.ts";
import { nearest } from "../filter/registry/nearest.ts";
import { quote } from "../lib/errors.ts";
import { formatDay, InexactError, parseDay, parseDecimal, parseMoment, textProblem } from "../lib/exact.ts";
import { fold, isBlank } from "../lib/fold.ts";
import { withoutInvisibleEnds } from "../lib/invisible.ts";
import { urlProblem } from "../lib/url.ts";

/** Longest TEXT or URL value, in UTF-16 units. */
const MAX_TEXT = 10_000;

/** NUMBER values pass through JSON: a double keeps 15 digits exactly, wherever the decimal point is. */
const NUMBER_BOUNDS = { digits: 21, scale: 6, significant: 15 } as const;

export class CustomValueError extends Error {
  override readonly name = "CustomValueError";
  constructor(
    message: string,
    readonly suggestions: readonly string[] = [],
  ) {
    super(message);
  }
}

/**
 * Checks a value against its field's definition.
 *
 * @param suggest whether to suggest the options that a wrong one may have meant
 * @returns the value as it is stored, or null if it is blank: null, blank text and an empty list clear a value
 * @throws CustomValueError saying what would be right
 */
export function readCustomValue(
  value: unknown,
  definition: Definition,
  suggest = true,
): CustomValueJson | null {
  if (value === null || (typeof value === "string" && isBlank(value))) return null;
  switch (definition.type) {
    case "TEXT":
      return text(value);
    case "URL":
      return url(text(value));
    case "NUMBER":
      if (typeof value !== "number" && typeof value !== "string")
        throw new CustomValueError("must be a number");
      return Number(exact(() => parseDecimal(value, NUMBER_BOUNDS)));
    case "BOOLEAN":
      if (typeof value !== "boolean") throw new CustomValueError("must be true or false");
      return value;
    case "DATE":
      return exact(() => formatDay(parseDay(text(value))));
    case "DATE_TIME":
      return exact(() => parseMoment(text(value)).toISOString());
    case "SELECT":
      return option(value, definition, suggest);
    case "MULTI_SELECT": {
      if (!Array.isArray(value)) throw new CustomValueError("must be a list of options");
      const chosen = new Set(value.map((item) => option(item, definition, suggest)));
      return chosen.size === 0 ? null : definition.options.filter((candidate) => chosen.has(candidate));
    }
  }
}

function url(value: string): string {
  const problem = urlProblem(value);
  if (problem !== null) throw new CustomValueError(problem);
  return value;
}

function text(given: unknown): string {
  if (typeof given !== "string") throw new CustomValueError("must be a string");
  const value = withoutInvisibleEnds(given);
  if (value.length > MAX_TEXT) throw new CustomValueError(`must not be longer than ${MAX_TEXT} characters`);
  const problem = textProblem(value);
  if (problem) throw new CustomValueError(problem);
  return value;
}

/** Options by their folded form, computed once for a definition. */
const foldedOptions = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

function option(value: unknown, { options }: Definition, suggest: boolean): string {
  const folded = foldedOptions.get(options) ?? new Map(options.map((each) => [fold(each), each]));
  foldedOptions.set(options, folded);
  const found = folded.get(fold(text(value).trim()));
  if (found !== undefined) return found;
  const suggestions = suggest ? nearest(text(value), options) : [];
  throw new CustomValueError(`${quote(value)} is not one of the options`, suggestions);
}

function exact<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InexactError ? new CustomValueError(error.message) : error;
  }
}
