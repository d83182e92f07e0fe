import { GraphQLID, GraphQLScalarType, GraphQLString, type ValueNode, valueFromASTUntyped } from "graphql";
import {
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
import { quote, RequestError } from "../lib/errors.ts";
import { formatDay, InexactError, parseDay, parseDecimal, parseMoment, textProblem } from "../lib/exact.ts";
import { isTimeZone } from "../lib/time-zone.ts";

/** Scalars refuse what they cannot keep exactly; they never alter it. */

const refuse = (message: string): never => {
  throw new RequestError("BAD_USER_INPUT", message);
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

/** A scalar of graphql-scalars with its name and description, but our own reading and writing. */
function exactScalar<Internal>(
  base: GraphQLScalarType,
  parse: (value: unknown) => Internal,
  serialize: (value: unknown) => unknown,
): GraphQLScalarType<Internal, unknown> {
  return new GraphQLScalarType<Internal, unknown>({
    name: base.name,
    description: base.description,
    specifiedByURL: base.specifiedByURL,
    parseValue: parse,
    parseLiteral: (node: ValueNode) => parse(valueFromASTUntyped(node)),
    serialize,
  });
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

export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: "Decimal",
  description:
    'A decimal number as text, such as "1250.50", so that nothing rounds it on the way. Input may be text or an integer.',
  parseValue: (value) =>
    typeof value === "string" || (typeof value === "number" && Number.isSafeInteger(value))
      ? exact(() => parseDecimal(value, { digits: 38, scale: 12 }))
      : refuse('value must be a decimal as text, such as "1250.50"'),
  // The text of a literal, before JavaScript makes a double of it.
  parseLiteral: (node) =>
    node.kind === "IntValue" || node.kind === "FloatValue" || node.kind === "StringValue"
      ? exact(() => parseDecimal(node.value, { digits: 38, scale: 12 }))
      : refuse('value must be a decimal, such as "1250.50"'),
  serialize: String,
});

/** Every text inside a JSON value is checked like a String's. */
function checkTexts(value: unknown): unknown {
  if (typeof value === "string") return checkText(value);
  if (Array.isArray(value)) value.forEach(checkTexts);
  else if (typeof value === "object" && value !== null) Object.entries(value).forEach(checkTexts);
  return value;
}

export const JsonScalar = exactScalar(GraphQLJSON as GraphQLScalarType, checkTexts, (value) => value);

const asIs = (base: GraphQLScalarType) =>
  exactScalar(base, (value) => base.parseValue(value) as string, String);

/** Stored values were checked when they were written, by rules of our own; answering never refuses them. */
export const EmailAddressScalar = asIs(GraphQLEmailAddress as GraphQLScalarType);
export const PhoneNumberScalar = asIs(GraphQLPhoneNumber as GraphQLScalarType);
export const UrlScalar = asIs(GraphQLURL as GraphQLScalarType);
export const CurrencyScalar = asIs(GraphQLCurrency as GraphQLScalarType);
export const DurationScalar = asIs(GraphQLDuration as GraphQLScalarType);

export const TimeZoneScalar = exactScalar(
  GraphQLTimeZone as GraphQLScalarType,
  (value) => {
    const name = asText(value);
    if (isTimeZone(name)) return name;
    throw new RequestError("INVALID_TIME_ZONE", `${quote(name)} is no time zone, such as "Europe/Paris"`);
  },
  String,
);

function checkText(text: string): string {
  const problem = textProblem(text);
  return problem ? refuse(`value ${problem}`) : text;
}

/** The built-in String and ID let through what PostgreSQL cannot hold. They are this process's own objects. */
for (const scalar of [GraphQLString, GraphQLID]) {
  const { parseValue, parseLiteral } = scalar;
  scalar.parseValue = (value) => checkText(parseValue.call(scalar, value));
  scalar.parseLiteral = (node, variables) => checkText(parseLiteral.call(scalar, node, variables));
}
