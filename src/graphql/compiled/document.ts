import { MapperKind, mapSchema } from "@graphql-tools/utils";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldConfig,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import type { JsonText } from "../../lib/json-text.ts";
import type { PageArgs } from "../../lib/page.ts";
import type { Context } from "../context.ts";
import { type PageWriter, pageWriter } from "./page.ts";
import type { Fragments } from "./row.ts";

/**
 * Child connections as leaf fields that contain JSON text from PostgreSQL, where a selection needs nothing but
 * columns. Callers do not see these leaves: a document is validated first, and then its connections are replaced.
 */

const AS_JSON = "answersAsJson";

/** The row of a parent. */
interface Parent {
  readonly id: string;
}

/** A connection whose pages can be JSON text. */
interface JsonPages {
  /** SQL expressions of a row's cursor. */
  readonly place: readonly string[];
  page(context: Context, parent: Parent, args: PageArgs, writer: PageWriter): Promise<JsonText>;
}

/** Extensions of a field that is such a connection. */
export const asJson = (pages: JsonPages) => ({ [AS_JSON]: pages });

const pagesOf = (
  field: { readonly extensions?: object | null | undefined } | null | undefined,
): JsonPages | undefined => (field?.extensions as { readonly [AS_JSON]?: JsonPages } | undefined)?.[AS_JSON];

const leafName = (name: string): string => `${name}_as_json`;

const Json = new GraphQLScalarType({ name: "ReadyJson", serialize: (value) => value });

/** The writer of each leaf of a document. */
const writers = new WeakMap<FieldNode, PageWriter>();

/** The writer of a leaf; undefined for a field that is none. */
export const writerOf = (node: FieldNode): PageWriter | undefined => writers.get(node);

/** The schema with a leaf for each such connection. */
export const withJsonLeaves = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_TYPE]: (type) => {
      const { fields, ...config } = type.toConfig();
      const leaves = Object.entries(fields).flatMap(([name, field]) => {
        const pages = pagesOf(field);
        return pages ? [[leafName(name), leafOf(field, pages)] as const] : [];
      });
      if (leaves.length === 0) return undefined;
      return new GraphQLObjectType({ ...config, fields: { ...fields, ...Object.fromEntries(leaves) } });
    },
  });

const leafOf = (
  { args, extensions }: GraphQLFieldConfig<unknown, unknown>,
  { page }: JsonPages,
): GraphQLFieldConfig<unknown, unknown> => ({
  type: new GraphQLNonNull(Json),
  ...(args && { args }),
  ...(extensions && { extensions }),
  resolve: (parent, given, context, { fieldNodes: [node] }) => {
    const writer = node && writers.get(node);
    if (!writer) throw new Error("a JSON leaf without a writer: its document was not made by withLeaves");
    return page(context as Context, parent as Parent, given as PageArgs, writer);
  },
});

/** The document with leaves instead of all connections that can be JSON text. */
export function withLeaves(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const fragments: Fragments = new Map(
    document.definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const merged = mergedKeys(schema, document);
  const info = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const pages = pagesOf(info.getFieldDef());
        const type = getNamedType(info.getType());
        if (!pages || !isObjectType(type) || merged.has(keyOf(info, node))) return undefined;
        const writer = pageWriter(type, node, fragments, pages.place);
        if (!writer) return undefined;
        const { selectionSet: _, ...field } = node;
        const leaf: FieldNode = {
          ...field,
          alias: node.alias ?? node.name,
          name: { kind: Kind.NAME, value: leafName(node.name.value) },
        };
        writers.set(leaf, writer);
        return leaf;
      },
    }),
  );
}

const keyOf = (info: TypeInfo, { alias, name }: FieldNode): string =>
  `${info.getParentType()?.name} ${(alias ?? name).value}`;

/** Response keys that are selected more than once on a type: leaves cannot be merged, selections can. */
function mergedKeys(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const seen = new Set<string>();
  const merged = new Set<string>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const key = keyOf(info, node);
        if (seen.has(key)) merged.add(key);
        seen.add(key);
      },
    }),
  );
  return merged;
}
