/**
 * Reads numbers, days and moments without altering them. A value that cannot be stored exactly is refused, with a
 * message that says what would be right.
 */

/** A value that cannot be stored as it was sent. The message continues "value …". */
export class InexactError extends Error {
  override readonly name = "InexactError";
}

const moment =
  /^(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * A moment from RFC 3339 text, such as `2026-01-31T09:00:00Z`.
 *
 * @throws InexactError for days that do not exist, missing offsets, leap seconds and parts of a millisecond
 */
export function parseMoment(text: string): Date {
  const match = moment.exec(text);
  if (!match)
    throw new InexactError('must be a date and time with an offset, such as "2026-01-31T09:00:00Z"');
  parseDay(match[1] ?? "");
  if (/[1-9]/.test((match[5] ?? "").slice(3))) throw new InexactError("must not be finer than a millisecond");
  const date = new Date(text.toUpperCase().replace(" ", "T"));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) {
    throw new InexactError("must lie in the years 1 to 9999");
  }
  return date;
}

/**
 * A calendar day from `YYYY-MM-DD`, as midnight UTC.
 *
 * @throws InexactError for other forms and for days that do not exist
 */
export function parseDay(text: string): Date {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  // JavaScript makes 2026-02-30 the second of March.
  if (Number.isNaN(date.getTime()) || formatDay(date) !== text || text < "0001") {
    throw new InexactError('must be a day of the calendar, such as "2026-01-31"');
  }
  return date;
}

export const formatDay = (date: Date): string => date.toISOString().slice(0, 10);

/** Bounds of a decimal: digits altogether, and digits after the point. */
export interface DecimalBounds {
  readonly digits: number;
  readonly scale: number;
  /** Digits from the first to the last that is not 0; `digits` if omitted. */
  readonly significant?: number;
}

/** Longest text that is read as a number, in characters. */
const MAX_NUMBER = 400;
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * A decimal from text or a JSON number, in its shortest form: no leading or trailing zeros, no exponent.
 *
 * @throws InexactError for other forms, NaN and infinities, and for more digits than the bounds allow
 */
export function parseDecimal(value: string | number, bounds: DecimalBounds): string {
  const given = typeof value === "number" ? withoutExponent(String(value)) : value.trim();
  if (given.length > MAX_NUMBER) throw new InexactError(`must not be longer than ${MAX_NUMBER} characters`);
  const match = decimal.exec(given);
  if (!match || !/\d/.test(given)) {
    throw new InexactError(
      /^[+-]?[\d.]+[eE][+-]?\d+$/.test(given)
        ? 'must be written without an exponent, such as "0.0000001"'
        : 'must be a decimal number, such as "1250.50"',
    );
  }
  const { digits, scale, significant = digits } = bounds;
  const [, sign] = match;
  const whole = (match[2] ?? "").replace(/^0+/, "");
  const fraction = withoutTrailingZeros(match[3] ?? "");
  if (fraction.length > scale) throw new InexactError(`must not have more than ${scale} decimals`);
  if (whole.length > digits - scale)
    throw new InexactError(`must not have more than ${digits - scale} digits before the point`);
  if (`${whole}${fraction}`.replace(/^0+/, "").length > significant)
    throw new InexactError(`must not have more than ${significant} digits`);
  const text = `${whole || "0"}${fraction && `.${fraction}`}`;
  return sign === "-" && text !== "0" ? `-${text}` : text;
}

/**
 * Writes a number without an exponent: `1e-7` becomes `0.0000001`. Other texts are returned unchanged, and so are
 * numbers of more than 400 characters or with an exponent of more than three digits.
 */
export function withoutExponent(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(text);
  if (!match || text.length > MAX_NUMBER) return text;
  const [, sign = "", whole = "", fraction = "", exponent] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, "0");
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** A loop, because a regular expression for trailing zeros takes quadratic time. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** Significant decimal digits that every double keeps exactly. */
const DOUBLE_DIGITS = 15;

/**
 * Why a JSON number may differ from the one that was sent, since JavaScript has read it as a double; null if it does
 * not.
 *
 * @param text the number as it was written, if known
 */
export function jsonNumberProblem(value: number, text = String(value)): string | null {
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(text)) return null;
  const digits = text
    .replace(/[eE].*$/, "")
    .replace(/\D/g, "")
    .replace(/^0+/, "");
  const exact =
    Number.isFinite(value) &&
    (!Number.isInteger(value) || Number.isSafeInteger(value)) &&
    withoutTrailingZeros(digits).length <= DOUBLE_DIGITS;
  return exact
    ? null
    : `must be sent as text, in quotes: a JSON number of more than ${DOUBLE_DIGITS} digits is not kept exactly`;
}

/** Why a text is not one line; null if it is. */
export function lineProblem(text: string): string | null {
  if (/[\n\v\f\r\u0085\u2028\u2029]/.test(text)) return "must not have line breaks";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters
  return /[\u0000-\u001f\u007f-\u009f]/.test(text) ? "must not have tabs or other control characters" : null;
}

/** Why a text cannot be stored: PostgreSQL has no NUL, UTF-8 no lone surrogates. Null if it can be stored. */
export function textProblem(text: string): string | null {
  if (text.includes("\0")) return "contains a NUL character";
  return text.isWellFormed() ? null : "contains half of a surrogate pair";
}
