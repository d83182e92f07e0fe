import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { expect, test } from "vitest";
import { columnsOfPage, columnsOfRow } from "../../src/graphql/plan.ts";
import { schema } from "../../src/schema.ts";

/** Which columns a field's rows are asked for. */

/** What the resolver of a query's only field is told. */
function infoOf(query: string): GraphQLResolveInfo {
  const parentType = schema.getQueryType();
  const [operation] = parse(query).definitions as [OperationDefinitionNode];
  const [field] = operation.selectionSet.selections as [FieldNode];
  if (!parentType) throw new Error("the schema has no queries");
  return {
    fieldName: field.name.value,
    fieldNodes: [field],
    returnType: parentType.getFields()[field.name.value]?.type as GraphQLOutputType,
    parentType,
    path: { prev: undefined, key: field.name.value, typename: parentType.name },
    schema,
    fragments: {},
    rootValue: undefined,
    operation,
    variableValues: {},
  };
}

test.each([
  ["a page", [columnsOfPage, columnsOfRow]],
  ["a row", [columnsOfRow, columnsOfPage]],
] as const)(
  "a field is asked both for a page and for a row, first for %s: each has its own columns",
  (_first, asked) => {
    const info = infoOf('{ contact(id: "contact_x") { title } }');
    for (const ask of [...asked, ...asked]) {
      const columns = [...ask(info, "Contact")].sort();
      // No records stand where those of a page would.
      expect(columns).toEqual(ask === columnsOfRow ? ["id", "title"] : []);
    }
  },
);
