import type { FieldType } from "./fields.ts";

/** Comparators in their positive form; each negative operator is the complement of one. */
export type Comparator =
  | "in"
  | "contains"
  | "startsWith"
  | "endsWith"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  /** From the first operand (inclusive) to the second (exclusive). */
  | "within"
  | "isEmpty"
  | "hasAny"
  | "hasAll";

/** What an operator means: a comparator, whether its complement is meant, and what it takes. */
export interface Meaning {
  readonly comparator: Comparator;
  readonly negated: boolean;
  /** One operand, a list, nothing, or a description of a range of days or times. */
  readonly takes: "one" | "many" | "nothing" | "day" | "range" | "duration";
}

const meaning = (comparator: Comparator, takes: Meaning["takes"], negated = false): Meaning => ({
  comparator,
  negated,
  takes,
});

/** Operators of the typed form. `isEmpty` takes a boolean: false is the complement. */
export const typedOperators = {
  eq: meaning("in", "one"),
  ne: meaning("in", "one", true),
  in: meaning("in", "many"),
  notIn: meaning("in", "many", true),
  contains: meaning("contains", "one"),
  notContains: meaning("contains", "one", true),
  startsWith: meaning("startsWith", "one"),
  endsWith: meaning("endsWith", "one"),
  gt: meaning("gt", "one"),
  gte: meaning("gte", "one"),
  lt: meaning("lt", "one"),
  lte: meaning("lte", "one"),
  on: meaning("within", "day"),
  within: meaning("within", "range"),
  olderThan: meaning("within", "duration"),
  hasAny: meaning("hasAny", "many"),
  hasAll: meaning("hasAll", "many"),
  hasNone: meaning("hasAny", "many", true),
  isEmpty: meaning("isEmpty", "nothing"),
} as const satisfies Record<string, Meaning>;

export type TypedOperator = keyof typeof typedOperators;

/** Operators of the query form, with their descriptions in the schema. */
export const genericOperators = {
  EQ: { means: typedOperators.eq, description: "Equals. Text without regard to case." },
  NE: { means: typedOperators.ne, description: "Does not equal; true for records without a value." },
  IN: { means: typedOperators.in, description: "Equals one of a list." },
  NOT_IN: {
    means: typedOperators.notIn,
    description: "Equals none of a list; true for records without a value.",
  },
  CONTAINS: {
    means: typedOperators.contains,
    description: "Text: contains it. Tags and options: has it.",
  },
  NOT_CONTAINS: { means: typedOperators.notContains, description: "The complement of CONTAINS." },
  STARTS_WITH: { means: typedOperators.startsWith, description: "Text begins with." },
  ENDS_WITH: { means: typedOperators.endsWith, description: "Text ends with." },
  GT: { means: typedOperators.gt, description: "Greater, or later." },
  GTE: { means: typedOperators.gte, description: "Greater or equal, or not before." },
  LT: { means: typedOperators.lt, description: "Less, or earlier." },
  LTE: { means: typedOperators.lte, description: "Less or equal, or not after." },
  ON: { means: typedOperators.on, description: "On this day, in the time zone of the list." },
  WITHIN: {
    means: typedOperators.within,
    description:
      'A relative date: `{ last: { amount: 7, unit: "DAY" } }`, `{ next: … }`, `{ this: "MONTH" }` or `{ previous: "WEEK" }`.',
  },
  OLDER_THAN: {
    means: typedOperators.olderThan,
    description: "Longer ago than an ISO 8601 duration, such as `P30D`: before the last 30 days.",
  },
  IS_EMPTY: {
    means: typedOperators.isEmpty,
    description: "Has no value: null, blank text or an empty list.",
  },
  IS_NOT_EMPTY: { means: meaning("isEmpty", "nothing", true), description: "Has a value." },
  HAS_ANY: { means: typedOperators.hasAny, description: "Has at least one of a list." },
  HAS_ALL: { means: typedOperators.hasAll, description: "Has every one of a list." },
  HAS_NONE: { means: typedOperators.hasNone, description: "Has none of a list." },
} as const satisfies Record<string, { means: Meaning; description: string }>;

export type GenericOperator = keyof typeof genericOperators;

const equality = ["EQ", "NE", "IN", "NOT_IN"] as const;
const dates = ["ON", "WITHIN", "OLDER_THAN"] as const;
const ranges = ["GT", "GTE", "LT", "LTE"] as const;
const emptiness = ["IS_EMPTY", "IS_NOT_EMPTY"] as const;
const parts = ["CONTAINS", "NOT_CONTAINS", "STARTS_WITH", "ENDS_WITH"] as const;
const sets = ["CONTAINS", "NOT_CONTAINS", "HAS_ANY", "HAS_ALL", "HAS_NONE"] as const;

/** The operators of each type of field; the typed inputs offer the same ones under their own names. */
export const operatorsOf: Readonly<Record<FieldType, readonly GenericOperator[]>> = {
  text: [...equality, ...parts, ...emptiness],
  email: [...equality, ...parts, ...emptiness],
  phone: [...equality, ...parts, ...emptiness],
  boolean: ["EQ", "NE", ...emptiness],
  integer: [...equality, ...ranges, ...emptiness],
  number: [...equality, ...ranges, ...emptiness],
  currency: equality,
  date: [...equality, ...ranges, ...dates, ...emptiness],
  dateTime: [...ranges, ...dates, ...emptiness],
  enum: equality,
  select: [...equality, ...emptiness],
  multiSelect: [...sets, ...emptiness],
  tags: [...sets, ...emptiness],
  id: equality,
  member: [...equality, ...emptiness],
  smartList: equality,
  relation: emptiness,
};

/** The name of a typed operator in the query form. */
export const genericNameOf = (operator: TypedOperator): GenericOperator =>
  operator.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase() as GenericOperator;

/** The operator of a comparison in its positive form. */
export const positiveOperator = {
  in: "IN",
  contains: "CONTAINS",
  startsWith: "STARTS_WITH",
  endsWith: "ENDS_WITH",
  gt: "GT",
  gte: "GTE",
  lt: "LT",
  lte: "LTE",
  within: "WITHIN",
  isEmpty: "IS_EMPTY",
  hasAny: "HAS_ANY",
  hasAll: "HAS_ALL",
} as const satisfies Record<Comparator, GenericOperator>;
