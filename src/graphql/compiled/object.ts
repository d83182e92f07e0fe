import { type GraphQLObjectType, getNullableType, isLeafType, type SelectionSetNode } from "graphql";
import { encodeId, type IdType } from "../../db/ids.ts";
import { type Fragments, fieldsOf } from "./row.ts";

/**
 * Writes objects that are made here, as graphql-js would.
 *
 * @returns null if something is selected that is not a leaf property of the object
 */
export function objectWriter<Shape extends object>(
  type: GraphQLObjectType,
  selections: SelectionSetNode | undefined,
  fragments: Fragments,
): ((object: Shape) => string) | null {
  const fields = fieldsOf(type, selections, fragments);
  if (!fields) return null;
  const members: ((object: Readonly<Record<string, unknown>>) => string)[] = [];
  for (const [key, { name }] of fields) {
    const start = `"${key}":`;
    if (name.value === "__typename") {
      members.push(() => `${start}"${type.name}"`);
      continue;
    }
    const field = type.getFields()[name.value];
    if (!field) return null;
    const leaf = getNullableType(field.type);
    if (!isLeafType(leaf)) return null;
    const property = (field.extensions as { readonly pothosExposedField?: string }).pothosExposedField;
    if (name.value === "id" && type.getInterfaces().some((implemented) => implemented.name === "Node"))
      members.push(({ id }) => `${start}"${encodeId(type.name as IdType, String(id))}"`);
    else if (property !== undefined) {
      members.push((object) => {
        const value = object[property];
        return `${start}${value == null ? "null" : JSON.stringify(leaf.serialize(value))}`;
      });
    } else return null;
  }
  return (object) => `{${members.map((write) => write(object as never)).join(",")}}`;
}
