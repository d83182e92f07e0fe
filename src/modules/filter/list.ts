import type { Connection } from "../../connection.ts";
import type { Context } from "../../context.ts";
import { RequestError } from "../../errors.ts";
import { type CursorBinding, fingerprint } from "../../lib/cursor.ts";
import {
  beyond,
  cursorValue,
  idKey,
  makePage,
  orderBy,
  type PageArgs,
  placeOf,
  readWindow,
  type SortKey,
} from "../../lib/page.ts";
import { keepDefinitions } from "../custom-field/custom-field.loaders.ts";
import type { Where } from "./compile.ts";
import type { Entity } from "./fields.ts";
import { type FilterArgs, filterWhere } from "./filter.service.ts";
import { nearest } from "./nearest.ts";
import type { Registry } from "./registry.ts";

export type TrashMode = "EXCLUDE" | "INCLUDE" | "ONLY";

export interface OrderInput {
  /** A field's path in the registry. */
  readonly field?: string | null | undefined;
  /** Slug of a custom field, instead. */
  readonly customField?: string | null | undefined;
  readonly direction?: "ASC" | "DESC" | null | undefined;
  readonly nulls?: "FIRST" | "LAST" | null | undefined;
}

export interface ListArgs extends PageArgs, FilterArgs {
  readonly orderBy?: readonly OrderInput[] | null | undefined;
  readonly trash?: TrashMode | null | undefined;
}

/** The two calls of a scoped model that a list needs. */
interface Listed<Row> {
  findMany(args: object): Promise<Row[]>;
  count(args: object): Promise<number>;
}

const trashWhere: Readonly<Record<TrashMode, Where>> = {
  EXCLUDE: { deletedAt: null },
  INCLUDE: { purgedAt: null },
  ONLY: { deletedAt: { not: null }, purgedAt: null },
};

/** A list inside which another filter looks. */
export interface Within {
  readonly where: Where;
  /** Tells the list and its version apart, for cursors. */
  readonly key: string;
}

/**
 * A page of contacts or leads: one statement for the rows and one for their number, each when it is selected, and one
 * for the custom fields and tags that a filter names.
 */
export async function filteredConnection<Row extends { readonly id: string }>(
  context: Context,
  entity: Entity,
  model: Listed<Row>,
  args: ListArgs,
  within?: Within,
): Promise<Connection<Row>> {
  const window = readWindow(args);
  const usesCustomOrder = args.orderBy?.some((order) => order.customField != null) ?? false;
  const {
    where: filtered,
    registry,
    definitions,
  } = await filterWhere(context.db, entity, args, usesCustomOrder);
  if (definitions) keepDefinitions(context, entity, definitions);
  const keys = readOrder(args.orderBy ?? [], registry);
  const { filter, query, search, trash } = args;
  const binding: CursorBinding = {
    secret: context.viewer.cursorSecret,
    list: fingerprint([
      entity,
      keys,
      filter ?? null,
      query ?? null,
      search ?? null,
      trash ?? null,
      within?.key ?? null,
    ]),
  };
  const place = placeOf(binding, window);
  const where: Where = { AND: [trashWhere[trash ?? "EXCLUDE"], ...(within ? [within.where] : []), filtered] };
  const readPage = async () => {
    const rows = await model.findMany({
      where: place ? { AND: [where, beyond(keys, place, window.backwards)] } : where,
      orderBy: orderBy(keys, window.backwards),
      take: window.take + 1,
      ...(window.skip > 0 && { skip: window.skip }),
      // Derived columns are left out of reads; a cursor needs those of its order.
      omit: Object.fromEntries(keys.map((key) => [key.column, false])),
    });
    return makePage(rows, window, binding, (row) => keys.map((key) => cursorValue(row, key)));
  };
  // Read when an edge or the page is asked for: whoever only wants the number does not wait for rows.
  let page: ReturnType<typeof readPage> | undefined;
  const pageOnce = () => {
    page ??= readPage();
    return page;
  };
  return {
    get edges() {
      return pageOnce().then(({ edges }) => edges);
    },
    get pageInfo() {
      return pageOnce().then(({ pageInfo }) => pageInfo);
    },
    totalCount: () => model.count({ where }),
  };
}

const MAX_ORDERS = 5;

/**
 * Reads an order; the id always breaks ties.
 *
 * @throws RequestError for what cannot be sorted by, with its path
 */
export function readOrder(orders: readonly OrderInput[], registry: Registry): SortKey[] {
  if (orders.length > MAX_ORDERS) {
    throw new RequestError(
      "TOO_MANY_ITEMS",
      `orderBy has ${orders.length} items; the limit is ${MAX_ORDERS}`,
      { field: "orderBy" },
    );
  }
  const given = orders.length > 0 ? orders : [{ field: "createdAt", direction: "DESC" as const }];
  const keys = given.map((order, at): SortKey => {
    const path = `orderBy[${at}]`;
    if ((order.field == null) === (order.customField == null)) {
      throw new RequestError("BAD_USER_INPUT", `${path} must name either field or customField`, {
        field: path,
      });
    }
    const name = order.field ?? `custom.${order.customField}`;
    const sort = registry.byName(name)?.sort;
    if (!sort) throw notSortable(name, `${path}.${order.field == null ? "customField" : "field"}`, registry);
    return { ...sort, descending: order.direction === "DESC", nullsFirst: order.nulls === "FIRST" };
  });
  return [...keys, idKey(keys[0]?.descending ?? false)];
}

function notSortable(name: string, field: string, registry: Registry): RequestError {
  const sortable = registry.names().filter((candidate) => registry.byName(candidate)?.sort);
  const suggestions = nearest(name, sortable);
  const hint = suggestions[0] === undefined ? "" : `; did you mean "${suggestions[0]}"?`;
  return new RequestError("UNKNOWN_FILTER_FIELD", `${field} cannot be sorted by${hint}`, {
    field,
    suggestions,
  });
}
