import { decodeId } from "../../db/ids.ts";
import { tagKey } from "../../lib/accents.ts";
import { emailKey } from "../../lib/email.ts";
import { quote } from "../../lib/errors.ts";
import { InexactError, parseDay, parseDecimal, parseMoment } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";
import { withoutInvisibleEnds } from "../../lib/invisible.ts";
import type { FieldType, FilterField } from "../registry/fields.ts";
import { nearest } from "../registry/nearest.ts";
import type { Comparator } from "../registry/operators.ts";
import type { Operand } from "./ast.ts";
import {
  type Amount,
  type Clock,
  calendarUnits,
  type DateKind,
  DurationError,
  daySpan,
  durationUnits,
  MAX_AMOUNT,
  olderSpan,
  type RelativeRange,
  rangeSpan,
  type Span,
} from "./dates.ts";
import { beginningsOf, partsOf, wholeNumber } from "./phone.ts";

/** An operand does not fit its field. */
export class OperandError extends Error {
  override readonly name = "OperandError";
  constructor(
    message: string,
    readonly suggestions: readonly string[] = [],
  ) {
    super(message);
  }
}

/** @param country default country of phone numbers, ISO 3166-1 alpha-2 */
type Reader = (value: unknown, field: FilterField, country: string | null) => Operand;

/** The text without invisible characters at its ends, since stored texts have none there. */
const said = (value: unknown): string => withoutInvisibleEnds(expect(value, "string"));

const text: Reader = (value) => fold(said(value));

/** Options by their folded text, cached per field. */
const foldedOptions = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

function foldedOf(options: readonly string[]): ReadonlyMap<string, string> {
  const known = foldedOptions.get(options);
  if (known) return known;
  const folded = new Map(options.toReversed().map((option) => [fold(option), option]));
  foldedOptions.set(options, folded);
  return folded;
}

const option: Reader = (value, field) => {
  const wanted = fold(said(value));
  const options = field.options ?? [];
  const found = foldedOf(options).get(wanted);
  if (found !== undefined) return found;
  const suggestions = nearest(expect(value, "string"), options);
  throw new OperandError(
    `${quote(value)} is not one of the options ${list(options)}${didYouMean(suggestions)}`,
    suggestions,
  );
};

const id: Reader = (value, field) => {
  const given = expect(value, "string");
  const decoded = decodeId(given);
  if (!decoded) throw new OperandError(`${quote(given)} is not an id`);
  if (decoded.type !== field.idType) {
    throw new OperandError(
      `${quote(given)} is the id of a ${decoded.type}, where one of a ${field.idType} belongs`,
    );
  }
  return decoded.uuid;
};

/** Bounds of range operands. They may exceed the column's range but must be finite. */
const comparable = { digits: 30, scale: 12 };

const readers: Readonly<Record<FieldType, Reader>> = {
  text,
  email: (value) => emailKey(said(value)) ?? fold(said(value)),
  phone: (value, _field, country) => wholeNumber(fold(said(value)), country),
  boolean: (value) => expect(value, "boolean"),
  integer: (value) => {
    const number = expect(value, "number");
    if (!Number.isSafeInteger(number) || Math.abs(number) > 2_147_483_647) {
      throw new OperandError("must be a whole number of 32 bits");
    }
    return number;
  },
  number: (value) => {
    if (typeof value !== "string" && typeof value !== "number")
      throw new OperandError(`must be a number, not ${kind(value)}`);
    return exact(() => parseDecimal(value, comparable));
  },
  date: (value) => exact(() => parseDay(expect(value, "string"))),
  currency: (value) => {
    const code = expect(value, "string").trim().toUpperCase();
    if (!/^[A-Z]{3}$/.test(code)) throw new OperandError('must be an ISO 4217 code, such as "EUR"');
    return code;
  },
  // The DateTime scalar of the typed form has parsed it already.
  dateTime: (value) => (value instanceof Date ? value : exact(() => parseMoment(expect(value, "string")))),
  enum: option,
  select: option,
  multiSelect: option,
  tags: (value) => tagKey(expect(value, "string")),
  id,
  member: id,
  smartList: id,
  relation: () => {
    throw new OperandError("takes no value");
  },
};

const parts: ReadonlySet<Comparator> = new Set(["contains", "startsWith", "endsWith"]);

/**
 * Parses one operand into the form in which the field's values are compared.
 *
 * @param country default country of phone numbers, ISO 3166-1 alpha-2
 * @returns one operand, or several spellings of a part of a text, any of which may match
 * @throws OperandError whose message says what is valid
 */
export function readOperands(
  value: unknown,
  field: FilterField,
  comparator: Comparator,
  country: string | null,
): readonly Operand[] {
  const operand = readers[field.type](value, field, country);
  if (!parts.has(comparator)) return [operand];
  if (field.type === "phone") {
    // A stored number starts with its country code.
    const read = comparator === "startsWith" ? beginningsOf : partsOf;
    return read(fold(said(value)), country);
  }
  // Text with the form of an address may be a whole address, or a part of a longer address in its shown form.
  return field.type === "email" ? [...new Set([operand, fold(said(value))])] : [operand];
}

/**
 * Parses a range of days or times.
 *
 * @param value a day, a relative range, or a duration, as `takes` requires
 * @throws OperandError whose message says what is valid
 */
export function readSpan(
  value: unknown,
  takes: "day" | "range" | "duration",
  { type }: FilterField,
  clock: Clock,
): Span {
  const kind: DateKind = type === "date" ? "date" : "dateTime";
  return exact(() => {
    if (takes === "day") return daySpan(parseDay(expect(value, "string")), kind, clock);
    if (takes === "duration") return olderSpan(expect(value, "string"), kind, clock);
    return rangeSpan(readRange(value), kind, clock);
  });
}

const rangeForm =
  'must be { last: { amount: 7, unit: "DAY" } }, { next: { … } }, { this: "MONTH" } or { previous: "WEEK" }';

function readRange(value: unknown): RelativeRange {
  const [entry, ...others] = entriesOf(value, rangeForm);
  if (!entry || others.length > 0) throw new OperandError(rangeForm);
  const [name, said] = entry;
  if (name === "last") return { last: readAmount(said) };
  if (name === "next") return { next: readAmount(said) };
  if (name === "this") return { this: oneOf(said, calendarUnits) };
  if (name === "previous") return { previous: oneOf(said, calendarUnits) };
  throw new OperandError(rangeForm);
}

function readAmount(value: unknown): Amount {
  const { amount, unit, ...others } = Object.fromEntries(entriesOf(value, rangeForm));
  if (Object.keys(others).length > 0) throw new OperandError(rangeForm);
  if (typeof amount !== "number" || !Number.isInteger(amount) || amount < 1 || amount > MAX_AMOUNT) {
    throw new OperandError(`must have an amount of 1 to ${MAX_AMOUNT}`);
  }
  return { amount, unit: oneOf(unit, durationUnits) };
}

function oneOf<Unit extends string>(value: unknown, units: readonly Unit[]): Unit {
  const found = units.find((unit) => unit === value);
  if (found === undefined) throw new OperandError(`must name one of the units ${list(units)}`);
  return found;
}

function entriesOf(value: unknown, message: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new OperandError(message);
  return Object.entries(value).filter(([, inner]) => inner !== undefined);
}

function exact<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const known = error instanceof InexactError || error instanceof DurationError;
    throw known ? new OperandError(error.message) : error;
  }
}

interface Primitives {
  string: string;
  number: number;
  boolean: boolean;
}

function expect<Name extends keyof Primitives>(value: unknown, name: Name): Primitives[Name] {
  if (typeof value === name) return value as Primitives[Name];
  throw new OperandError(`must be a ${name}, not ${kind(value)}`);
}

const kind = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;

const list = (options: readonly string[]): string =>
  options.slice(0, 12).map(quote).join(", ") + (options.length > 12 ? ", …" : "");

const didYouMean = ([first]: readonly string[]): string =>
  first === undefined ? "" : `; did you mean ${quote(first)}?`;
