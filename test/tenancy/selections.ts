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

/** Selections of everything that a type has, as deep as there is room. */

/** Rows of each page inside another one. */
const PAGE = 3;

/** The name under which a field of one of several types is answered, when another type has one of this name. */
const SEPARATOR = "__of__";

/** A field that a walk does not select where it meets its type, for it needs arguments that a table gives. */
const needsArguments = (field: GraphQLField<unknown, unknown>) =>
  field.args.some(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);

const paged = ({ args }: GraphQLField<unknown, unknown>) =>
  args.some(({ name }) => name === "first") ? `(first: ${PAGE})` : "";

/**
 * Selects all fields of a type; nothing for a leaf.
 *
 * @param depth of objects in objects
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
    // Edges are the nodes again, and what they have of their own.
    if (field.name === "edges" && isObjectType(inner)) {
      const own = Object.keys(inner.getFields()).filter((name) => name !== "node");
      const node = isObjectType(inner.getFields().node?.type) ? "" : "node { __typename }";
      return [`edges { __typename ${own.join(" ")} ${node} }`];
    }
    return [`${field.name}${paged(field)} ${selectionOf(inner, depth - 1)}`.trim()];
  });
}

/** A fragment for each type that it may be; fields that two of them have by different types are told apart. */
function abstract(type: GraphQLNamedType, depth: number): string {
  if (!isAbstractType(type)) return "";
  const types = schema.getPossibleTypes(type);
  const shapes = new Map<string, Set<string>>();
  for (const one of types)
    for (const field of Object.values(one.getFields()))
      shapes.set(field.name, (shapes.get(field.name) ?? new Set()).add(String(field.type)));
  const fragments = types.map((one) => {
    // Of a record in a list of all kinds of them, what it says of itself.
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

/** Every field that data holds something of, as `Type.field`. */
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

/** Every field of every type that answers are made of, as `Type.field`. */
export const allFields = (): string[] =>
  Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith("__"))
    .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
