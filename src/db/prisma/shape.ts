/**
 * The shape of a Prisma call: its arguments without the values. Calls of one shape have the same SQL and differ only in
 * its parameters.
 */
export interface Shape {
  /** The same for all calls of the shape. */
  readonly key: string;
  /** The values, in the order in which they appear in the arguments. */
  readonly values: readonly Value[];
  /**
   * Whether a generic plan is safe: rows are found by keys and times alone, so that no value would need another plan.
   */
  readonly genericPlanSafe: boolean;
}

/**
 * The only names in the `where` of a shape that is safe for a generic plan. The selectivity of owners and filters
 * varies.
 */
const genericPlanNames: ReadonlySet<string> = new Set([
  "AND",
  "OR",
  "orgId",
  "id",
  "contactId",
  "leadId",
  "dealId",
  "tagId",
  "convertedContactId",
  "mergedIntoId",
  "createdAt",
  "deletedAt",
  "purgedAt",
  "in",
  "not",
  "lt",
  "lte",
  "gt",
  "gte",
]);

/** Longest list that is safe for a generic plan; each length is a shape of its own. */
const GENERIC_PLAN_LENGTH = 8;

export type Value = string | number | Date;

/** The kind of a value; all values of one kind are sent in the same way. */
type Kind = "text" | "decimal" | "integer" | "moment";

const MOST_INTEGER = 2 ** 31 - 1;

/** A text that could be the name of an enum value, which is no parameter; it is part of the shape's key. */
const ENUM_LIKE = /^[A-Z][A-Z0-9_]*$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;

const kindOf = (value: unknown): Kind | null => {
  if (typeof value === "string") {
    if (ENUM_LIKE.test(value)) return null;
    return DECIMAL.test(value) ? "decimal" : "text";
  }
  if (typeof value === "number") {
    // A negative `take` reads backwards, with other SQL.
    return Number.isInteger(value) && value >= 0 && value <= MOST_INTEGER ? "integer" : null;
  }
  return value instanceof Date ? "moment" : null;
};

/** The arguments of a read. Its values are in `where`, `take` and `skip`. */
export interface ReadArgs {
  readonly where?: object;
  readonly take?: number;
  readonly skip?: number;
  readonly select?: object;
}

/**
 * The shape of a read's arguments.
 *
 * @returns null if a value has no kind, such as Prisma's own objects
 */
export function shapeOf({ where, take, skip, ...others }: ReadArgs): Shape | null {
  const reading: Reading = { values: [], genericPlanSafe: true };
  const condition = keyOf(where ?? null, reading);
  const { genericPlanSafe } = reading;
  const part = keyOf([take ?? null, skip ?? null], reading);
  return condition === null || part === null
    ? null
    : { key: `${condition} ${part} ${JSON.stringify(others)}`, values: reading.values, genericPlanSafe };
}

interface Reading {
  readonly values: Value[];
  genericPlanSafe: boolean;
}

function keyOf(node: unknown, reading: Reading): string | null {
  const kind = kindOf(node);
  if (kind !== null) {
    reading.values.push(node as Value);
    return kind.charAt(0);
  }
  if (typeof node !== "object" || node === null) {
    return typeof node === "number" || typeof node === "bigint" ? null : `=${JSON.stringify(node)}`;
  }
  if (Array.isArray(node)) {
    if (node.length > GENERIC_PLAN_LENGTH) reading.genericPlanSafe = false;
    let key = "[";
    for (const item of node) {
      const inner = keyOf(item, reading);
      if (inner === null) return null;
      key += `${inner},`;
    }
    return `${key}]`;
  }
  if (Object.getPrototypeOf(node) !== Object.prototype) return null;
  let key = "{";
  for (const [name, value] of Object.entries(node)) {
    if (value === undefined) continue;
    const inner = keyOf(value, reading);
    if (inner === null) return null;
    if (!genericPlanNames.has(name)) reading.genericPlanSafe = false;
    key += `${JSON.stringify(name)}:${inner},`;
  }
  return `${key}}`;
}

/** The same arguments with markers instead of values, and the markers in the order of a shape's values. */
export function marked({ where, take, skip, ...others }: ReadArgs) {
  const markers: Value[] = [];
  const mark = (value: Value) => {
    const made = marker(value, markers.length);
    markers.push(made);
    return made;
  };
  const condition = where === undefined ? {} : { where: withValues(where, mark) as object };
  const part = Object.fromEntries(
    Object.entries({ take, skip })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, withValues(value, mark)]),
  );
  return { args: { ...others, ...condition, ...part }, markers };
}

function withValues(node: unknown, next: (value: Value) => Value): unknown {
  if (kindOf(node) !== null) return next(node as Value);
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => withValues(item, next));
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withValues(value, next)]));
}

/** A value of the same kind that no caller would send; `at` makes it unique. */
function marker(value: Value, at: number): Value {
  switch (kindOf(value)) {
    case "integer":
      return 1_900_000_000 + at;
    case "decimal":
      return `${7_310_000_000 + at}.5`;
    case "moment":
      return new Date(MARKED_MOMENT + at * 1001);
    default:
      // Contains characters that escaping or case folding would change, so that a changed value is detected.
      return `${MARK}${at}~"\\%_'É`;
  }
}

/** Part of every text marker; no text that Prisma adds contains it. */
export const MARK = "~rolograph~";
const MARKED_MOMENT = Date.UTC(2171, 4, 17, 13, 41, 23, 457);
