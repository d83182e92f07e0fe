import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from "graphql";
import {
  GraphQLCountryCode,
  GraphQLCurrency,
  GraphQLDate,
  GraphQLDateTime,
  GraphQLDuration,
  GraphQLEmailAddress,
  GraphQLJSON,
  GraphQLPhoneNumber,
  GraphQLTimeZone,
  GraphQLURL,
} from "graphql-scalars";
import type { RequestCode } from "../lib/error-codes.ts";
import { quote } from "../lib/errors.ts";
import {
  formatDay,
  InexactError,
  jsonNumberProblem,
  parseDay,
  parseDecimal,
  parseMoment,
  textProblem,
  withoutExponent,
} from "../lib/exact.ts";
import { isTimeZone } from "../lib/time-zone.ts";

/** Scalars: a value that cannot be stored exactly is refused, never changed. */

/** Throws an error as the scalars of graphql-js do, so that graphql-js adds the path within the variable. */
const refuse = (message: string, code: RequestCode = "BAD_USER_INPUT"): never => {
  throw new GraphQLError(message, { extensions: { code } });
};

function exact<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InexactError) return refuse(`value ${error.message}`);
    throw error;
  }
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : refuse("value must be a string");

/**
 * Parses a value. An invalid value has the same code in a variable and in a literal; a literal's error also has its
 * location.
 *
 * @param node the literal; omitted for a variable
 */
function reading<T>(read: () => T, node?: ValueNode): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new GraphQLError(error.message, {
      nodes: error.nodes ?? node ?? null,
      extensions: { code: "BAD_USER_INPUT", ...error.extensions },
    });
  }
}

/** A scalar of graphql-scalars with its name and description, but with parsing and serialization of our own. */
function exactScalar<Internal>(
  base: GraphQLScalarType,
  parse: (value: unknown) => Internal,
  serialize: (value: unknown) => unknown,
): GraphQLScalarType<Internal, unknown> {
  return new GraphQLScalarType<Internal, unknown>({
    name: base.name,
    description: base.description,
    specifiedByURL: base.specifiedByURL,
    parseValue: (value) => reading(() => parse(value)),
    parseLiteral: (node: ValueNode, variables) =>
      reading(() => {
        checkNumbers(node);
        return parse(valueFromASTUntyped(node, variables));
      }, node),
    serialize,
  });
}

/** Checks the numbers of a literal as they are written, before JavaScript converts them to doubles. */
function checkNumbers(node: ValueNode): void {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT: {
      const problem = jsonNumberProblem(Number(node.value), node.value);
      if (problem) refuse(`value ${problem}`);
      return;
    }
    case Kind.LIST:
      node.values.forEach(checkNumbers);
      return;
    case Kind.OBJECT:
      for (const { value } of node.fields) checkNumbers(value);
  }
}

const asDate = (value: unknown): Date => (value instanceof Date ? value : new Date(String(value)));

export const DateTimeScalar = exactScalar(
  GraphQLDateTime as GraphQLScalarType,
  (value) => exact(() => parseMoment(asText(value))),
  (value) => asDate(value).toISOString(),
);

export const DateScalar = exactScalar(
  GraphQLDate as GraphQLScalarType,
  (value) => exact(() => formatDay(parseDay(asText(value)))),
  (value) => (typeof value === "string" ? value : formatDay(asDate(value))),
);

const decimalBounds = { digits: 38, scale: 12 } as const;

export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: "Decimal",
  description:
    'A decimal number as text, such as "1250.50", so that nothing rounds it on the way. Input may be text or an integer.',
  parseValue: (value) =>
    typeof value === "string" || (typeof value === "number" && Number.isSafeInteger(value))
      ? exact(() => parseDecimal(value, decimalBounds))
      : refuse('value must be a decimal as text, such as "1250.50"'),
  // The text of a literal, before JavaScript converts it to a double.
  parseLiteral: (node) =>
    reading(() => {
      if (node.kind === Kind.STRING) return exact(() => parseDecimal(node.value, decimalBounds));
      return node.kind === Kind.INT || node.kind === Kind.FLOAT
        ? exact(() => parseDecimal(withoutExponent(node.value), decimalBounds))
        : refuse('value must be a decimal, such as "1250.50"');
    }, node),
  serialize: String,
});

/**
 * Why a JSON value cannot be stored exactly: strings are checked like String values, and numbers must not have been
 * rounded.
 *
 * @returns a continuation of "value", starting with the path inside it; null if there is no problem
 */
function jsonProblem(value: unknown): string | null {
  if (typeof value === "string") return spaced(textProblem(value));
  if (typeof value === "number") return spaced(jsonNumberProblem(value));
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const problem = spaced(textProblem(key)) ?? jsonProblem(inner);
    if (problem !== null) return `${Array.isArray(value) ? `[${key}]` : `.${key}`}${problem}`;
  }
  return null;
}

const spaced = (problem: string | null): string | null => problem && ` ${problem}`;

function checkJson(value: unknown): unknown {
  const problem = jsonProblem(value);
  return problem === null ? value : refuse(`value${problem}`);
}

export const JsonScalar = exactScalar(GraphQLJSON as GraphQLScalarType, checkJson, (value) => value);

export function isCurrency(code: string): boolean {
  try {
    return GraphQLCurrency.parseValue(code) === code;
  } catch {
    return false;
  }
}

const asIs = (base: GraphQLScalarType) =>
  exactScalar(base, (value) => base.parseValue(value) as string, String);

/** Stored values were checked when they were written; serialization never refuses them. */
export const EmailAddressScalar = asIs(GraphQLEmailAddress as GraphQLScalarType);
export const PhoneNumberScalar = asIs(GraphQLPhoneNumber as GraphQLScalarType);
export const UrlScalar = asIs(GraphQLURL as GraphQLScalarType);
/** Upper case, as in ISO 3166-1. */
export const CountryCodeScalar = exactScalar(
  GraphQLCountryCode as GraphQLScalarType,
  (value) => {
    const code = asText(value);
    if (/^[A-Z]{2}$/.test(code)) return code;
    return refuse("value must be a two-letter country code of ISO 3166-1 in upper case, such as DE");
  },
  (value) => value,
);

export const CurrencyScalar = exactScalar(
  GraphQLCurrency as GraphQLScalarType,
  (value) => {
    const code = asText(value);
    // The library accepts any case.
    if (code === code.toUpperCase() && isCurrency(code)) return code;
    return refuse(`${quote(code)} is not an ISO 4217 currency code, such as "EUR"`, "INVALID_CURRENCY");
  },
  String,
);
export const DurationScalar = asIs(GraphQLDuration as GraphQLScalarType);

export const TimeZoneScalar = exactScalar(
  GraphQLTimeZone as GraphQLScalarType,
  (value) => {
    const name = asText(value);
    if (isTimeZone(name)) return name;
    return refuse(`${quote(name)} is not an IANA time zone, such as "Europe/Paris"`, "INVALID_TIME_ZONE");
  },
  String,
);

function checkText(text: string): string {
  const problem = textProblem(text);
  return problem ? refuse(`value ${problem}`) : text;
}

/**
 * The built-in scalars are changed in place, since they are global objects: String and ID would accept characters
 * that PostgreSQL cannot store.
 */
for (const scalar of [
  GraphQLString,
  GraphQLID,
  GraphQLInt,
  GraphQLFloat,
  GraphQLBoolean,
] as GraphQLScalarType[]) {
  const { parseValue, parseLiteral } = scalar;
  const check = (value: unknown) => (typeof value === "string" ? checkText(value) : value);
  scalar.parseValue = (value) => reading(() => check(parseValue.call(scalar, value)));
  scalar.parseLiteral = (node, variables) =>
    reading(() => check(parseLiteral.call(scalar, node, variables)), node);
}
