import type { CustomValueJson } from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { nearest } from "../../filter/registry/nearest.ts";
import { quote } from "../../lib/errors.ts";
import {
  formatDay,
  InexactError,
  parseDay,
  parseDecimal,
  parseMoment,
  textProblem,
} from "../../lib/exact.ts";
import { fold, isBlank } from "../../lib/fold.ts";
import { isWebUrl } from "../../lib/url.ts";

/** Longest TEXT or URL value, in UTF-16 units. */
export const MAX_TEXT = 10_000;

/** NUMBER values pass through JSON: fifteen digits are what a double keeps exactly. */
export const NUMBER_BOUNDS = { digits: 15, scale: 6 } as const;

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
 * @returns the value as it is stored, or null when it is blank: null, blank text or an empty list clear a value
 * @throws CustomValueError saying what would be right
 */
export function readCustomValue(value: unknown, definition: Definition): CustomValueJson | null {
  if (value === null || (typeof value === "string" && isBlank(value))) return null;
  switch (definition.type) {
    case "TEXT":
      return text(value);
    case "URL":
      if (!isWebUrl(text(value)))
        throw new CustomValueError("must be a web address, such as https://example.com");
      return text(value);
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
      return option(value, definition);
    case "MULTI_SELECT": {
      if (!Array.isArray(value)) throw new CustomValueError("must be a list of options");
      const chosen = new Set(value.map((item) => option(item, definition)));
      return chosen.size === 0 ? null : definition.options.filter((candidate) => chosen.has(candidate));
    }
  }
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new CustomValueError("must be a text");
  if (value.length > MAX_TEXT) throw new CustomValueError(`must not be longer than ${MAX_TEXT} characters`);
  const problem = textProblem(value);
  if (problem) throw new CustomValueError(problem);
  return value;
}

function option(value: unknown, { options }: Definition): string {
  const wanted = fold(text(value).trim());
  const found = options.find((candidate) => fold(candidate) === wanted);
  if (found !== undefined) return found;
  throw new CustomValueError(`${quote(value)} is not one of the options`, nearest(text(value), options));
}

function exact<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InexactError ? new CustomValueError(error.message) : error;
  }
}
