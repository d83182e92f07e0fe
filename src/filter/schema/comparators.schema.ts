import { builder } from "../../graphql/builder.ts";
import { type CalendarUnit, type DurationUnit, MAX_AMOUNT } from "../language/dates.ts";
import type { FieldType } from "../registry/fields.ts";

/** The typed form's comparators: one input for each type of field. */

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];
type InputFieldMap = ReturnType<Parameters<typeof builder.inputType>[1]["fields"]>;

const say = {
  eq: "Equals.",
  ne: "Does not equal; true for records without a value.",
  in: "Equals one of these; an empty list matches nothing.",
  notIn: "Equals none of these; true for records without a value.",
  contains: "Contains this.",
  notContains: "Does not contain this; true for records without a value.",
  startsWith: "Begins with this.",
  endsWith: "Ends with this.",
  gt: "Greater or later than this.",
  gte: "Equal to this, greater or later.",
  lt: "Less or earlier than this.",
  lte: "Equal to this, less or earlier.",
  on: "On this day, in the time zone of the list.",
  within: "A relative date, in the time zone of the list.",
  olderThan: "Longer ago than this duration, such as P30D: before the last 30 days.",
  hasAny: "Has at least one of these.",
  hasAll: "Has every one of these.",
  hasNone: "Has none of these; true for records without any.",
  isEmpty: "true: has no value (null, blank text, empty list). false: has one.",
} as const;

type Operand = "String" | "Int" | "Boolean" | "ID" | "Date" | "DateTime" | "Decimal";

const sets: Readonly<Record<string, readonly (keyof typeof say)[]>> = {
  text: ["eq", "ne", "in", "notIn", "contains", "notContains", "startsWith", "endsWith", "isEmpty"],
  equality: ["eq", "ne", "in", "notIn"],
  nullable: ["eq", "ne", "in", "notIn", "isEmpty"],
  boolean: ["eq", "ne", "isEmpty"],
  ordered: ["eq", "ne", "in", "notIn", "gt", "gte", "lt", "lte", "isEmpty"],
  days: ["eq", "ne", "in", "notIn", "gt", "gte", "lt", "lte", "on", "within", "olderThan", "isEmpty"],
  moments: ["gt", "gte", "lt", "lte", "on", "within", "olderThan", "isEmpty"],
  carried: ["hasAny", "hasAll", "hasNone", "isEmpty"],
};

const lists = new Set(["in", "notIn", "hasAny", "hasAll", "hasNone"]);

export const DurationUnitEnum = builder.enumType("DurationUnit", {
  description: "The unit of a range of days or hours.",
  values: {
    HOUR: { description: "Hours, counted from the moment of the request." },
    DAY: { description: "Days from midnight to midnight; today is one of them." },
    WEEK: { description: "Seven days." },
    MONTH: { description: "From a day to the same day of another month, or its last." },
    QUARTER: { description: "Three months." },
    YEAR: { description: "Twelve months." },
  } satisfies Record<DurationUnit, object>,
});

export const CalendarUnitEnum = builder.enumType("CalendarUnit", {
  description: "A calendar period.",
  values: {
    DAY: { description: "From midnight to midnight." },
    WEEK: { description: "Seven days from the organization's `weekStart`, Monday by default." },
    MONTH: { description: "A calendar month." },
    QUARTER: { description: "January to March, April to June, and so on." },
    YEAR: { description: "A calendar year." },
  } satisfies Record<CalendarUnit, object>,
});

const DurationInput = builder.inputType("DurationInput", {
  description: "A number of days, months or other units.",
  fields: (t) => ({
    amount: t.int({ required: true, description: `Number of units, 1 to ${MAX_AMOUNT}.` }),
    unit: t.field({ type: DurationUnitEnum, required: true, description: "Of what." }),
  }),
});

const RelativeRange = builder.inputType("RelativeRange", {
  description:
    "A relative date: a range of days that includes today, or of hours from the moment of the request. Days begin at midnight of the time zone.",
  isOneOf: true,
  fields: (t) => ({
    last: t.field({ type: DurationInput, description: "The days up to and including today." }),
    next: t.field({ type: DurationInput, description: "The days from today on, including today." }),
    this: t.field({
      type: CalendarUnitEnum,
      description: "The day, week, month, quarter or year that today is in.",
    }),
    previous: t.field({
      type: CalendarUnitEnum,
      description: "The day, week, month, quarter or year before the current one.",
    }),
  }),
});

/** The GraphQL type of an operator's argument; operators on days and times have the same types for every field. */
const operandType = (operator: keyof typeof say, operand: Operand) => {
  if (operator === "isEmpty") return "Boolean";
  if (operator === "on") return "Date";
  if (operator === "within") return RelativeRange;
  if (operator === "olderThan") return "Duration";
  return lists.has(operator) ? ([operand] as [Operand]) : operand;
};

type Fields = InputFieldMap;

const comparator = (
  name: string,
  operand: Operand,
  operators: keyof typeof sets,
  description: string,
  more: (t: InputFields) => Fields = () => ({}),
) =>
  builder.inputType(name, {
    description: `${description} Several operators are AND-ed.`,
    fields: (t) => ({
      ...Object.fromEntries(
        (sets[operators] ?? []).map((operator) => [
          operator,
          t.field({ type: operandType(operator, operand), description: say[operator] }),
        ]),
      ),
      ...more(t),
    }),
  });

const StringFilter = comparator(
  "StringFilter",
  "String",
  "text",
  "Compares text regardless of case; accents count. %, _ and \\ have no special meaning.",
);
const BooleanFilter = comparator("BooleanFilter", "Boolean", "boolean", "Compares true and false.");
export const IntFilter = comparator("IntFilter", "Int", "ordered", "Compares whole numbers.");
const NumberFilter = comparator("NumberFilter", "Decimal", "ordered", "Compares numbers exactly.");
const DateFilter = comparator("DateFilter", "Date", "days", "Compares calendar days.");
const DateTimeFilter = comparator("DateTimeFilter", "DateTime", "moments", "Compares moments.");
const SelectFilter = comparator("SelectFilter", "String", "nullable", "Compares one chosen option.");
const TagFilter = comparator(
  "TagFilter",
  "String",
  "carried",
  "Compares lists: tags by name or id, options by name.",
);
const IdFilter = comparator("IdFilter", "ID", "equality", "Compares ids.");
const EnumFilter = comparator("EnumFilter", "String", "equality", "Compares values of an enum by name.");
const MemberFilter = comparator(
  "MemberFilter",
  "ID",
  "nullable",
  "Compares members by id, role or e-mail address.",
  (t) => ({
    role: t.field({
      type: EnumFilter,
      description: "Role of the member: OWNER, ADMIN, MEMBER or READ_ONLY.",
    }),
    email: t.field({ type: StringFilter, description: "E-mail address of the member." }),
  }),
);

/** The comparator input of each type of field. */
export const comparators = {
  text: StringFilter,
  email: StringFilter,
  phone: StringFilter,
  boolean: BooleanFilter,
  integer: IntFilter,
  number: NumberFilter,
  date: DateFilter,
  dateTime: DateTimeFilter,
  currency: EnumFilter,
  enum: EnumFilter,
  select: SelectFilter,
  multiSelect: TagFilter,
  tags: TagFilter,
  id: IdFilter,
  member: MemberFilter,
  smartList: IdFilter,
} as const satisfies Record<Exclude<FieldType, "relation">, unknown>;

const customTypes = ["text", "number", "boolean", "date", "dateTime", "select", "multiSelect"] as const;

export const CustomFieldFilter = builder.inputType("CustomFieldFilter", {
  description: "Compares one custom field, with the comparator of its type.",
  fields: (t) => ({
    slug: t.string({ required: true, description: "The custom field's slug." }),
    ...Object.fromEntries(
      customTypes.map((type) => [
        type,
        t.field({ type: comparators[type], description: `For fields of type ${type}.` }),
      ]),
    ),
  }),
});
