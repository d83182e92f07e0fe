import { type CursorBinding, type CursorValue, decodeCursor, encodeCursor } from "./cursor.ts";
import { RequestError } from "./errors.ts";

/**
 * Pages by keyset: a page begins at a position between two rows. It skips a number of rows only if `offset` says so.
 */

export const MAX_PAGE = 100;
export const DEFAULT_PAGE = 25;

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly offset?: number | null | undefined;
}

/** The checked arguments of a page. */
export interface Window {
  readonly take: number;
  readonly skip: number;
  readonly backwards: boolean;
  /** The `after` of a forward page, the `before` of a backward one. */
  readonly cursor: string | null;
}

const refuse = (field: string, message: string): never => {
  throw new RequestError("BAD_USER_INPUT", `${field} ${message}`, { field });
};

/** @throws RequestError BAD_USER_INPUT naming the argument and its bounds */
export function readWindow({ first, after, last, before, offset }: PageArgs): Window {
  for (const [name, value] of [
    ["first", first],
    ["last", last],
  ] as const) {
    if (value != null && (value < 1 || value > MAX_PAGE)) refuse(name, `must be between 1 and ${MAX_PAGE}`);
  }
  if (first != null && last != null) refuse("last", "cannot be used together with first");
  const backwards = last != null || (before != null && first == null);
  if (backwards && after != null) refuse("after", "goes with first; use before with last");
  if (!backwards && before != null) refuse("before", "goes with last; use after with first");
  if (offset != null && offset < 0) refuse("offset", "must be 0 or more");
  if (offset != null && (backwards || after != null))
    refuse("offset", "cannot be used together with last, after or before");
  return {
    take: first ?? last ?? DEFAULT_PAGE,
    skip: offset ?? 0,
    backwards,
    cursor: after ?? before ?? null,
  };
}

/** What a sort column contains; `words` are texts made by `orderKey`, in which accents do not count. */
export type SortType = "text" | "words" | "number" | "date";

/** One column of an order. */
export interface SortKey {
  readonly column: string;
  readonly type: SortType | "id";
  readonly nullable: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The last key of every order, so that no two rows tie. */
export const idKey = (descending: boolean): SortKey => ({
  column: "id",
  type: "id",
  nullable: false,
  descending,
  nullsFirst: false,
});

type Where = Readonly<Record<string, unknown>>;

/** An order in Prisma's form. */
export const orderBy = (keys: readonly SortKey[], backwards: boolean): Where[] =>
  keys.map(({ column, nullable, descending, nullsFirst }) => {
    const sort = descending !== backwards ? "desc" : "asc";
    return { [column]: nullable ? { sort, nulls: nullsFirst !== backwards ? "first" : "last" } : sort };
  });

/**
 * The rows beyond a position, in a form that can use an index: `a <= $1 AND (a < $1 OR (a = $1 AND id < $2))`.
 *
 * @param values one for each key, as the cursor has them
 * @param including whether to include the row at the position itself
 */
export function beyond(
  keys: readonly SortKey[],
  values: readonly CursorValue[],
  backwards: boolean,
  including = false,
): Where {
  const equals = keys.map((key, at) => ({ [key.column]: operand(key, values[at] ?? null) }));
  const branches = keys.flatMap((key, at) => {
    const next = passing(key, values[at] ?? null, backwards);
    return next ? [{ AND: [...equals.slice(0, at), next] }] : [];
  });
  const [lead] = keys;
  const bound =
    lead && !lead.nullable
      ? { [lead.column]: { [comparator(lead, backwards, true)]: operand(lead, values[0] ?? null) } }
      : {};
  return { AND: [bound, { OR: including ? [...branches, { AND: equals }] : branches }] };
}

/** The rows that this key alone puts beyond a value; null if there can be none. */
function passing(key: SortKey, value: CursorValue, backwards: boolean): Where | null {
  const nullsFirst = key.nullsFirst !== backwards;
  if (value === null) return nullsFirst ? { [key.column]: { not: null } } : null;
  const further = { [key.column]: { [comparator(key, backwards, false)]: operand(key, value) } };
  return key.nullable && !nullsFirst ? { OR: [further, { [key.column]: null }] } : further;
}

const comparator = (key: SortKey, backwards: boolean, inclusive: boolean): string =>
  (key.descending !== backwards ? "lt" : "gt") + (inclusive ? "e" : "");

const operand = (key: SortKey, value: CursorValue) =>
  key.type === "date" && value !== null ? new Date(value) : value;

/** An edge of a page. Its cursor is signed on access, because most cursors are never selected. */
export class Edge<Row> {
  constructor(
    readonly node: Row,
    readonly sign: (row: Row) => string,
  ) {}

  get cursor(): string {
    return this.sign(this.node);
  }
}

export interface Page<Row> {
  readonly edges: Edge<Row>[];
  readonly pageInfo: {
    /** Needs a statement of its own if the rows read do not show it; computed on access, as is `hasPreviousPage`. */
    readonly hasNextPage: boolean | Promise<boolean>;
    readonly hasPreviousPage: boolean | Promise<boolean>;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Decodes the window's cursor into the values of its position; null without a cursor. */
export const placeOf = (binding: CursorBinding, window: Window): CursorValue[] | null =>
  window.cursor === null ? null : decodeCursor(binding, window.cursor, window.backwards ? "before" : "after");

/** The rows of a page in the list's order, and whether there are more beyond them. */
export interface Cut<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

/** Takes a page from rows in the order in which they were read: one more than asked for, if there are more. */
export function cutPage<Row>(read: readonly Row[], { take, backwards }: Window): Cut<Row> {
  const rows = read.slice(0, take);
  if (backwards) rows.reverse();
  return { rows, more: read.length > take };
}

/**
 * Whether there are rows on the side that a page was reached from: before it, or after it if it goes backwards. A
 * cursor or an offset does not prove it: the cursor's row may be gone, and the offset may skip all rows.
 *
 * @param look whether there is a row at the cursor or on that side of it; without a cursor, whether there is any row
 */
const isBehind = (
  { rows }: Cut<unknown>,
  { cursor, skip }: Window,
  look: () => Promise<boolean>,
): boolean | Promise<boolean> => (cursor !== null || (skip > 0 && rows.length === 0) ? look() : skip > 0);

/** Whether there are rows on the sides of a page; a look at the database only when it is called. */
export const sidesOf = (cut: Cut<unknown>, window: Window, look: () => Promise<boolean>) => ({
  hasNextPage: () => (window.backwards ? isBehind(cut, window, look) : cut.more),
  hasPreviousPage: () => (window.backwards ? cut.more : isBehind(cut, window, look)),
});

/**
 * Makes a page from rows that were read as `cutPage` takes them.
 *
 * @param values a row's sort values, the id last
 * @param look see `isBehind`
 */
export function makePage<Row>(
  read: readonly Row[],
  window: Window,
  binding: CursorBinding,
  values: (row: Row) => CursorValue[],
  look: () => Promise<boolean>,
): Page<Row> {
  const cut = cutPage(read, window);
  const sign = (row: Row) => encodeCursor(binding, values(row));
  const edges = cut.rows.map((node) => new Edge(node, sign));
  const sides = sidesOf(cut, window, look);
  return {
    edges,
    pageInfo: {
      get hasNextPage() {
        return sides.hasNextPage();
      },
      get hasPreviousPage() {
        return sides.hasPreviousPage();
      },
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** A row's value of a key, in the form of a cursor. */
export function cursorValue(row: Readonly<Record<string, unknown>>, { column }: SortKey): CursorValue {
  const value = row[column];
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" ? value : String(value);
}
