import { type GraphQLSchema, isObjectType } from "graphql";
import { encodeId, type IdType } from "../db/ids.ts";

/**
 * Resolves ids without promises. The relay plugin resolves them by promises, which makes graphql-js create a promise
 * for every object with an id and every list of them: more work than the rest of a page.
 */
export function withIdsAtOnce(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === "Node")) continue;
    const { id } = type.getFields();
    if (!id) continue;
    id.resolve = (row: { readonly id: string }) => encodeId(type.name as IdType, row.id);
  }
  return schema;
}
