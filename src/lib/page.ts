import { type CursorBinding, type CursorValue, decodeCursor, encodeCursor } from "./cursor.ts";
import { RequestError } from "./errors.ts";

/** Pages by keyset: a place between two rows, never a count of rows skipped, unless `offset` asks for one. */

export const MAX_PAGE = 100;
export const DEFAULT_PAGE = 25;

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly offset?: number | null | undefined;
}

/** What a page asks for, checked. */
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
    if (value != null && (value < 1 || value > MAX_PAGE)) refuse(name, `must be 1 to ${MAX_PAGE}`);
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

/** One column of an order. */
export interface SortKey {
  readonly column: string;
  readonly type: "text" | "number" | "date" | "id";
  readonly nullable: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The last key of every order: no two rows tie. */
export const idKey = (descending: boolean): SortKey => ({
  column: "id",
  type: "id",
  nullable: false,
  descending,
  nullsFirst: false,
});

type Where = Readonly<Record<string, unknown>>;

/** An order as Prisma spells it. */
export const orderBy = (keys: readonly SortKey[], backwards: boolean): Where[] =>
  keys.map(({ column, nullable, descending, nullsFirst }) => {
    const sort = descending !== backwards ? "desc" : "asc";
    return { [column]: nullable ? { sort, nulls: nullsFirst !== backwards ? "first" : "last" } : sort };
  });

/**
 * The rows beyond a place, in the form that uses an index: `a <= $1 AND (a < $1 OR (a = $1 AND id < $2))`.
 *
 * @param values one for each key, as the cursor holds them
 */
export function beyond(keys: readonly SortKey[], values: readonly CursorValue[], backwards: boolean): Where {
  const branches = keys.flatMap((key, at) => {
    const next = passing(key, values[at] ?? null, backwards);
    if (!next) return [];
    const equal = keys
      .slice(0, at)
      .map((earlier, index) => ({ [earlier.column]: operand(earlier, values[index] ?? null) }));
    return [{ AND: [...equal, next] }];
  });
  const [lead] = keys;
  const bound =
    lead && !lead.nullable
      ? { [lead.column]: { [comparator(lead, backwards, true)]: operand(lead, values[0] ?? null) } }
      : {};
  return { AND: [bound, { OR: branches }] };
}

/** Rows that this one key puts beyond a value; null when there can be none. */
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

/** A row of a page. Its cursor is signed when it is asked for: most of them never are. */
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
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Decodes the window's cursor into the values of the place it names; null when it names none. */
export const placeOf = (binding: CursorBinding, window: Window): CursorValue[] | null =>
  window.cursor === null ? null : decodeCursor(binding, window.cursor, window.backwards ? "before" : "after");

/** The rows of a page in the list's order, and whether there are more on its sides. */
export interface Cut<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Takes a page out of rows that were read in the order of the walk, one more than asked for when there are more. */
export function cutPage<Row>(read: readonly Row[], window: Window): Cut<Row> {
  const more = read.length > window.take;
  const rows = read.slice(0, window.take);
  if (window.backwards) rows.reverse();
  const came = window.cursor !== null || window.skip > 0;
  return {
    rows,
    hasNextPage: window.backwards ? came : more,
    hasPreviousPage: window.backwards ? more : came,
  };
}

/**
 * Makes a page of rows as `cutPage` takes it out of them.
 *
 * @param values a row's sort values, the id last
 */
export function makePage<Row>(
  read: readonly Row[],
  window: Window,
  binding: CursorBinding,
  values: (row: Row) => CursorValue[],
): Page<Row> {
  const { rows, hasNextPage, hasPreviousPage } = cutPage(read, window);
  const sign = (row: Row) => encodeCursor(binding, values(row));
  const edges = rows.map((node) => new Edge(node, sign));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** A row's value of a key, as a cursor holds it. */
export function cursorValue(row: Readonly<Record<string, unknown>>, { column }: SortKey): CursorValue {
  const value = row[column];
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" ? value : String(value);
}
