import { RequestError } from "../../lib/errors.ts";
import { idKey, type SortKey } from "../../lib/page.ts";
import { nearest } from "../registry/nearest.ts";
import type { Registry } from "../registry/registry.ts";

export interface OrderInput {
  /** A field's path in the registry. */
  readonly field?: string | null | undefined;
  /** Slug of a custom field, in place of `field`. */
  readonly customField?: string | null | undefined;
  readonly direction?: "ASC" | "DESC" | null | undefined;
  readonly nulls?: "FIRST" | "LAST" | null | undefined;
}

const MAX_ORDERS = 5;

/**
 * Reads the order of a list; ties are ordered by id.
 *
 * @throws RequestError for a field that is not sortable, with its path
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
    const nullsFirst = sort.nullable && order.nulls === "FIRST";
    return { ...sort, descending: order.direction === "DESC", nullsFirst };
  });
  return [...keys, idKey(keys[0]?.descending ?? false)];
}

function notSortable(name: string, field: string, registry: Registry): RequestError {
  if (registry.byName(name)) {
    return new RequestError(
      "QUERY_TOO_EXPENSIVE",
      `${field} cannot be sorted by: the field has several values, or no column of its own that an index could serve`,
      { field },
    );
  }
  const sortable = registry.names().filter((candidate) => registry.byName(candidate)?.sort);
  const suggestions = nearest(name, sortable);
  const hint = suggestions[0] === undefined ? "" : `; did you mean "${suggestions[0]}"?`;
  return new RequestError("UNKNOWN_FILTER_FIELD", `${field} cannot be sorted by${hint}`, {
    field,
    suggestions,
  });
}
