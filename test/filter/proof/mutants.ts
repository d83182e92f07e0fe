import type { Fault } from "../../support/mutation.ts";
import type { Type } from "./model.ts";

/** Faults that the proof must find: each replaces one fragment of the source by a wrong one. */

export interface Mutant extends Fault {
  /** Types of the fields to filter by, so that few random filters are enough to find the fault. */
  readonly about: readonly Type[];
  /** The relations from the listed records to the records with these fields. */
  readonly inside?: readonly string[];
}

/** @param file path inside src/filter */
const mutant = (name: string, file: string, fragment: string, instead: string, ...about: Type[]): Mutant => ({
  name,
  file: `filter/${file}`,
  fragment,
  instead,
  about,
});

export const mutants: readonly Mutant[] = [
  mutant(
    "rows without a value are lost",
    "compile/compile.ts",
    "missing ? { OR: [where, missing] } : where",
    "where",
    "text",
  ),
  mutant("% _ and \\ are patterns", "compile/parts.ts", '.replace(/[\\\\%_]/g, "\\\\$&")', "", "text"),
  mutant(
    "not greater is less",
    "compile/parts.ts",
    'gt: "lte", gte: "lt"',
    'gt: "lt", gte: "lt"',
    "integer",
    "number",
    "dateTime",
  ),
  mutant(
    "a span holds its end",
    "compile/compile.ts",
    "{ gte: from, lt: to }",
    "{ gte: from, lte: to }",
    "date",
    "dateTime",
  ),
  mutant(
    "what is always true is forgotten in an OR",
    "compile/parts.ts",
    "const everything: Where = { id: { notIn: [] } }",
    "const everything: Where = {}",
    "boolean",
    "tags",
  ),
  mutant(
    "all of several tags are any of them",
    "compile/compile.ts",
    "? { [column]: { hasEvery: known } }",
    "? { [column]: { hasSome: known } }",
    "tags",
  ),
  mutant(
    "a phone number begins anywhere",
    "compile/compile.ts",
    'comparator === "in" || comparator === "startsWith"',
    'comparator === "in"',
    "phone",
  ),
  mutant(
    "long texts are looked up by a token that they have not",
    "compile/compile.ts",
    "String(operand).length <= MAX_TOKEN_VALUE",
    "String(operand).length > 0",
    "text",
  ),
  mutant(
    "texts without a column lose the rows without a value",
    "compile/compile.ts",
    "operands.map((operand) => ({ NOT: at({ equals: operand }) })) }, missing]",
    "operands.map((operand) => ({ NOT: at({ equals: operand }) })) }]",
    "text",
  ),
  mutant(
    "not of and stays and",
    "language/normalize.ts",
    'const kind = (written === "and") !== negated ? "and" : "or"',
    "const kind = written",
    "boolean",
  ),
  mutant(
    "a membership in nothing is everything",
    "language/normalize.ts",
    'node.comparator === "hasAny") return { kind: negated ? "all" : "none" }',
    'node.comparator === "hasAny") return { kind: "all" }',
    "enum",
    "integer",
  ),
  {
    ...mutant(
      "not of the one related record is SQL's",
      "language/normalize.ts",
      'none && node.relation.one && inner.kind !== "all"',
      "false",
      "dateTime",
    ),
    inside: ["deals", "contact"],
  },
  mutant(
    "one operator of several is dropped",
    "language/parse.ts",
    "Object.entries(comparators).map(([operator, value])",
    "Object.entries(comparators).slice(0, 1).map(([operator, value])",
    "integer",
  ),
  mutant(
    "a negative operator asks for some related record",
    "registry/through.ts",
    "at === 0 && leaf.negated !== empty",
    "false",
    "enum",
  ),
  mutant(
    "ends with is contains",
    "registry/operators.ts",
    'meaning("endsWith", "one")',
    'meaning("contains", "one")',
    "text",
  ),
  mutant(
    "texts compare as they are written",
    "language/operands.ts",
    "const text: Reader = (value) => fold(said(value))",
    "const text: Reader = (value) => said(value)",
    "text",
  ),
  mutant(
    "addresses compare as texts",
    "language/operands.ts",
    "emailKey(said(value)) ?? fold(",
    "fold(",
    "email",
  ),
  mutant(
    "addresses are not looked for as they are shown",
    "compile/compile.ts",
    "const found = shownMatch ? { OR: [match, shownMatch.match] } : match",
    "const found = match",
    "email",
  ),
  mutant(
    "no part is looked for in further addresses",
    "compile/compile.ts",
    "const any = further ? { OR: [found, further] } : found",
    "const any = found",
    "email",
  ),
  mutant(
    "a further address may be what the address must not be",
    "compile/compile.ts",
    "return further ? { AND: [own, further] } : own",
    "return own",
    "email",
  ),
  mutant(
    "a further address is none",
    "compile/compile.ts",
    "return further ? { OR: [own, further] } : own",
    "return own",
    "email",
  ),
  mutant(
    "who has no further address is lost where one is excluded",
    "compile/compile.ts",
    "return negated ? { OR: [{ NOT: lines.match }, lines.missing] } : lines.match",
    "return negated ? { NOT: lines.match } : lines.match",
    "email",
  ),
  mutant(
    "a number with 00 is looked for as it is",
    "language/phone.ts",
    'return [bare, bare.replace(/^00/, "+")]',
    "return [bare]",
    "phone",
  ),
  mutant(
    "the last days are one too many",
    "language/dates.ts",
    "from: today.subtract(duration).add({ days: 1 })",
    "from: today.subtract(duration)",
    "date",
  ),
  mutant(
    "days begin where the server is",
    "language/dates.ts",
    "day.toZonedDateTime(timeZone)",
    'day.toZonedDateTime("UTC")',
    "dateTime",
  ),
  mutant(
    "weeks begin on Sunday",
    "language/dates.ts",
    "day.dayOfWeek - 1",
    "day.dayOfWeek % 7",
    "date",
    "dateTime",
  ),
  mutant(
    "a stored list forgets its time zone",
    "list/filter.service.ts",
    "timeZone ?? fallback ?? viewer.timeZone",
    "timeZone ?? viewer.timeZone",
    "dateTime",
  ),
  mutant(
    "the trash is in the list",
    "list/plan.ts",
    "EXCLUDE: { deletedAt: null }",
    "EXCLUDE: { purgedAt: null }",
    "boolean",
  ),
];
