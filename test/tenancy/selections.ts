import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/schema.ts";

/** Selections of all fields of a type, as deep as the limits allow. */

/** Number of rows of a nested page. */
const PAGE = 3;

/** Separates the parts of an alias, which is used if possible types have fields of the same name. */
const SEPARATOR = "__of__";

/** Whether a field is not selected with its type, because it has required arguments, which a table provides. */
const needsArguments = (field: GraphQLField<unknown, unknown>) =>
  field.args.some(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);

const paged = ({ args }: GraphQLField<unknown, unknown>) =>
  args.some(({ name }) => name === "first") ? `(first: ${PAGE})` : "";

/**
 * Selects all fields of a type; nothing for a leaf.
 *
 * @param depth maximum number of nested objects
 */
export function selectionOf(type: GraphQLNamedType, depth: number): string {
  if (isLeafType(type)) return "";
  if (isAbstractType(type)) return abstract(type, depth);
  if (!isObjectType(type)) throw new Error(`no selection for ${type.name}: test/tenancy/selections.ts`);
  return `{ __typename ${fieldsOf(type, depth).join(" ")} }`;
}

function fieldsOf(type: GraphQLObjectType, depth: number): string[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (needsArguments(field) || (depth <= 0 && !isLeafType(inner))) return [];
    // Edges contain the nodes again: only their other fields are selected.
    if (field.name === "edges" && isObjectType(inner)) {
      const own = Object.keys(inner.getFields()).filter((name) => name !== "node");
      const node = isObjectType(inner.getFields().node?.type) ? "" : "node { __typename }";
      return [`edges { __typename ${own.join(" ")} ${node} }`];
    }
    return [`${field.name}${paged(field)} ${selectionOf(inner, depth - 1)}`.trim()];
  });
}

/** A fragment for each possible type; fields of the same name with different types get aliases. */
function abstract(type: GraphQLNamedType, depth: number): string {
  if (!isAbstractType(type)) return "";
  const types = schema.getPossibleTypes(type);
  const shapes = new Map<string, Set<string>>();
  for (const one of types)
    for (const field of Object.values(one.getFields()))
      shapes.set(field.name, (shapes.get(field.name) ?? new Set()).add(String(field.type)));
  const fragments = types.map((one) => {
    // For an interface with many types, only the direct fields of each record are selected.
    const inner = types.length > 12 ? 0 : depth;
    const fields = fieldsOf(one, inner).map((field) => {
      const name = /^\w+/.exec(field)?.[0] ?? "";
      const alone = (shapes.get(name)?.size ?? 0) < 2;
      return alone ? field : `${name}${SEPARATOR}${one.name}: ${field}`;
    });
    return `... on ${one.name} { ${fields.join(" ")} }`;
  });
  return `{ __typename ${fragments.join(" ")} }`;
}

/** Collects every field that has data in an answer, as `Type.field`. */
export function fieldsIn(data: unknown, found: Set<string>): void {
  if (Array.isArray(data)) {
    for (const item of data) fieldsIn(item, found);
    return;
  }
  if (typeof data !== "object" || data === null) return;
  const { __typename: type, ...fields } = data as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    const isThere = value !== null && !(Array.isArray(value) && value.length === 0);
    if (typeof type === "string" && isThere) found.add(`${type}.${name.split(SEPARATOR)[0]}`);
    fieldsIn(value, found);
  }
}

/** Every field of every output type, as `Type.field`. */
export const allFields = (): string[] =>
  Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith("__"))
    .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
