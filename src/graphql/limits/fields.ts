import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
} from "graphql";
import { RequestError } from "../../lib/errors.ts";

/**
 * Most fields of the objects in one variable, including omitted ones: graphql-js looks up every field, so that `{or:
 * [{}, {}, …]}` costs 60 times its length. Two hundred smart lists have 120 000, an import of 1000 rows some 70 000;
 * 300 000 take a tenth of a second.
 */
const MAX_FIELDS = 300_000;

/** Filter types, for which an exceeded limit has its own code. */
const isFilter = /Filter$|^SmartListQueryInput$/;

/**
 * Limits the work of coercing a variable.
 *
 * @param what name of the value in messages, such as `variables.filter`
 * @returns the message if it is too large
 */
export function fieldsProblem(value: unknown, type: GraphQLInputType, what: string): RequestError | null {
  let count = 0;
  const look = (inner: unknown, of: GraphQLInputType): void => {
    const bare = getNullableType(of);
    if (isListType(bare)) {
      // A single value is accepted as a list of one item.
      for (const item of Array.isArray(inner) ? inner : [inner]) look(item, bare.ofType);
      return;
    }
    if (!isInputObjectType(bare) || typeof inner !== "object" || inner === null) return;
    const fields = fieldsOf(bare);
    count += fields.size;
    for (const key of Object.keys(inner)) {
      const field = fields.get(key);
      if (field) look((inner as Record<string, unknown>)[key], field);
    }
  };
  look(value, type);
  if (count <= MAX_FIELDS) return null;
  const code = isFilter.test(getNamedType(type).name) ? "FILTER_TOO_LARGE" : "TOO_MANY_ITEMS";
  const message = `${what} has objects with ${count} fields in all, counting omitted fields; the limit is ${MAX_FIELDS}.`;
  return new RequestError(code, message, { status: 400, field: what });
}

const known = new WeakMap<GraphQLInputObjectType, ReadonlyMap<string, GraphQLInputType>>();

function fieldsOf(type: GraphQLInputObjectType): ReadonlyMap<string, GraphQLInputType> {
  const found = known.get(type);
  if (found) return found;
  const fields = new Map(Object.values(type.getFields()).map((field) => [field.name, field.type]));
  known.set(type, fields);
  return fields;
}
