/**
 * The shape of a Prisma call: its arguments with the values taken out. Calls of one shape are one statement, which
 * differs in its parameters alone.
 */
export interface Shape {
  /** The same for all calls of the shape. */
  readonly key: string;
  /** The values, in the order in which the arguments have them. */
  readonly values: readonly Value[];
  /** Whether the best plan is the same for all values: rows are found by their keys and by where they stand. */
  readonly genericPlanSafe: boolean;
}

/** What the `where` of a genericPlanSafe shape may name. Whoever owns a row or what a filter asks is rare or frequent. */
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

/** Lists of each length are a shape of their own. */
const GENERIC_PLAN_LENGTH = 8;

export type Value = string | number | Date;

/** What stands in the place of a value: enough to send it as another of its kind is sent. */
type Kind = "text" | "decimal" | "integer" | "moment";

const MOST_INTEGER = 2 ** 31 - 1;

/** Prisma reads these as names of enum values, and a text of the same form is only kept apart. */
const ENUM_LIKE = /^[A-Z][A-Z0-9_]*$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;

const kindOf = (value: unknown): Kind | null => {
  if (typeof value === "string") {
    if (ENUM_LIKE.test(value)) return null;
    return DECIMAL.test(value) ? "decimal" : "text";
  }
  if (typeof value === "number") {
    // Prisma reads a list backwards when it is to take a negative number of rows.
    return Number.isInteger(value) && value >= 0 && value <= MOST_INTEGER ? "integer" : null;
  }
  return value instanceof Date ? "moment" : null;
};

/** The arguments of a read. Values are in its `where` and in what part of the list it takes. */
export interface ReadArgs {
  readonly where?: object;
  readonly take?: number;
  readonly skip?: number;
  readonly select?: object;
}

/** @returns null for arguments with values that have no kind, such as objects of Prisma's own */
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

/** The same call with markers in the places of its values, in the order in which a shape has them. */
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

/** A value of the kind of another that no caller sends, told by its number. */
function marker(value: Value, at: number): Value {
  switch (kindOf(value)) {
    case "integer":
      return 1_900_000_000 + at;
    case "decimal":
      return `${7_310_000_000 + at}.5`;
    case "moment":
      return new Date(MARKED_MOMENT + at * 1001);
    default:
      // What escapes or folds texts on the way does not leave this one as it is.
      return `${MARK}${at}~"\\%_'É`;
  }
}

/** In no text that Prisma itself adds. */
export const MARK = "~rolograph~";
const MARKED_MOMENT = Date.UTC(2171, 4, 17, 13, 41, 23, 457);
