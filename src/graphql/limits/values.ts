import { Kind, type ValueNode } from "graphql";
import { RequestError } from "../../lib/errors.ts";

/** Bounds of the values that a request brings, before anything reads them by their type. */

/** Objects and lists inside each other. A filter of the depth that filters may have needs about 30. */
export const MAX_VALUE_DEPTH = 128;
/** Keys of one object; the largest input has about 40. */
const MAX_KEYS = 200;
/** Values in all variables together; an import of 1000 rows has some 50 000. */
const MAX_VALUES = 100_000;

/**
 * Looks at everything that came beside a document.
 *
 * @param what what the values are called, such as `variables`
 * @throws RequestError QUERY_TOO_DEEP or TOO_MANY_ITEMS
 */
export function checkValues(value: unknown, what: string): void {
  let count = 0;
  const look = (inner: unknown, path: string, depth: number): void => {
    count += 1;
    if (typeof inner !== "object" || inner === null) return;
    if (Array.isArray(inner)) {
      if (depth > MAX_VALUE_DEPTH) refuseDepth(what);
      // Millions of empty values are counted before they are looked at.
      if (count + inner.length > MAX_VALUES) refuseNumber(what);
      for (const item of inner) look(item, path, depth + 1);
      return;
    }
    // An uploaded file stands among the variables, but is not read here.
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

/** Whether a literal is nested deeper than values may be. */
export function isDeep(node: ValueNode, depth = 0): boolean {
  if (node.kind !== Kind.LIST && node.kind !== Kind.OBJECT) return false;
  if (depth >= MAX_VALUE_DEPTH) return true;
  return node.kind === Kind.LIST
    ? node.values.some((value) => isDeep(value, depth + 1))
    : node.fields.some(({ value }) => isDeep(value, depth + 1));
}
