import { Kind, type ValueNode } from "graphql";
import { RequestError } from "../../lib/errors.ts";

/** Limits of the values in a request, checked before they are coerced. */

/** Most nested objects and lists. A filter of the maximum depth needs about 30. */
export const MAX_VALUE_DEPTH = 128;
/** Most keys of one object; the largest input type has about 40. */
const MAX_KEYS = 200;
/** Most values in all variables together; an import of 1000 rows has some 50 000. */
const MAX_VALUES = 100_000;

/**
 * Checks the variables and extensions of a request.
 *
 * @param what name of the values in messages, such as `variables`
 * @throws RequestError QUERY_TOO_DEEP or TOO_MANY_ITEMS
 */
export function checkValues(value: unknown, what: string): void {
  let count = 0;
  const look = (inner: unknown, path: string, depth: number): void => {
    count += 1;
    if (typeof inner !== "object" || inner === null) return;
    if (Array.isArray(inner)) {
      if (depth > MAX_VALUE_DEPTH) refuseDepth(what);
      // A list with millions of items is refused before its items are visited.
      if (count + inner.length > MAX_VALUES) refuseNumber(what);
      for (const item of inner) look(item, path, depth + 1);
      return;
    }
    // An uploaded file is among the variables, but is not visited.
    if (Object.getPrototypeOf(inner) !== Object.prototype) return;
    if (depth > MAX_VALUE_DEPTH) refuseDepth(what);
    const keys = Object.keys(inner);
    if (keys.length > MAX_KEYS) refuseKeys(path, keys.length);
    for (const key of keys)
      look((inner as Record<string, unknown>)[key], depth < 3 ? `${path}.${key}` : path, depth + 1);
    if (count > MAX_VALUES) refuseNumber(what);
  };
  look(value, what, 0);
}

function refuseDepth(what: string): never {
  throw new RequestError(
    "QUERY_TOO_DEEP",
    `${what} has values nested more than ${MAX_VALUE_DEPTH} levels deep.`,
    {
      status: 400,
      field: what,
    },
  );
}

function refuseNumber(what: string): never {
  throw new RequestError("TOO_MANY_ITEMS", `${what} has more than ${MAX_VALUES} values.`, {
    status: 400,
    field: what,
  });
}

function refuseKeys(path: string, count: number): never {
  const field = path.length > 60 ? `${path.slice(0, 60)}…` : path;
  throw new RequestError("TOO_MANY_ITEMS", `${field} has ${count} keys; the limit is ${MAX_KEYS}.`, {
    status: 400,
    field,
  });
}

/** Whether a literal is nested deeper than allowed. */
export function isDeep(node: ValueNode, depth = 0): boolean {
  if (node.kind !== Kind.LIST && node.kind !== Kind.OBJECT) return false;
  if (depth >= MAX_VALUE_DEPTH) return true;
  return node.kind === Kind.LIST
    ? node.values.some((value) => isDeep(value, depth + 1))
    : node.fields.some(({ value }) => isDeep(value, depth + 1));
}
