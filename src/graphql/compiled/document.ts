import { MapperKind, mapSchema } from "@graphql-tools/utils";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
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
import type { Context } from "../context.ts";
import { traceable } from "../tracing.ts";
import type { Writing } from "./asked.ts";
import { type PageWriter, pageWriter } from "./page.ts";
import { type Fragments, type RowWriter, rowWriter } from "./row.ts";

/**
 * Connections and records as leaf fields that contain JSON text from PostgreSQL, where a selection needs nothing but
 * columns, and at the top what can be asked about each row. Callers do not see these leaves: a document is validated
 * first, and then its fields are replaced.
 */

const AS_JSON = "answersAsJson";

/** A field that can be JSON text. */
interface JsonField<Parent, Args> {
  readonly nullable: boolean;
  /** @returns null if something is selected that takes more */
  leaf(type: GraphQLObjectType, node: FieldNode, fragments: Fragments): Leaf<Parent, Args> | null;
}

interface Leaf<Parent, Args> {
  /** Of a connection. */
  readonly writer?: PageWriter;
  answer(writing: Writing, parent: Parent, args: Args): Promise<JsonText | null>;
}

/** A connection whose pages can be JSON text. */
interface JsonPages<Parent, Args> {
  /** SQL expressions of a row's cursor, if it is made of texts of the row. */
  readonly place: readonly string[];
  /** Whether something can be asked about each row. */
  readonly asks: boolean;
  page(writing: Writing, parent: Parent, args: Args, writer: PageWriter): Promise<JsonText>;
}

const extension = <Parent, Args>(field: JsonField<Parent, Args>) => ({ [AS_JSON]: field });

/** Extensions of a connection's field. */
export const pagesAsJson = <Parent, Args>({ place, asks, page }: JsonPages<Parent, Args>) =>
  extension<Parent, Args>({
    nullable: false,
    leaf(type, node, fragments) {
      const writer = pageWriter(type, node, fragments, place);
      if (!writer || (writer.row.asks && !asks)) return null;
      return { writer, answer: (writing, parent, args) => page(writing, parent, args, writer) };
    },
  });

/** Extensions of a field of Query that finds one record. */
export const recordAsJson = <Args>(
  record: (writing: Writing, args: Args, writer: RowWriter) => Promise<JsonText | null>,
) =>
  extension<unknown, Args>({
    nullable: true,
    leaf(type, node, fragments) {
      const writer = rowWriter(type, node.selectionSet, fragments);
      return writer && { answer: (writing, _parent, args) => record(writing, args, writer) };
    },
  });

const jsonOf = (
  field: { readonly extensions?: object | null | undefined } | null | undefined,
): JsonField<unknown, unknown> | undefined =>
  (field?.extensions as { readonly [AS_JSON]?: JsonField<unknown, unknown> } | undefined)?.[AS_JSON];

const leafName = (name: string): string => `${name}_as_json`;

const Json = new GraphQLScalarType({ name: "ReadyJson", serialize: (value) => value });

/** The leaves of documents. */
const leaves = new WeakMap<FieldNode, Leaf<unknown, unknown>>();

/** The writer of a connection's leaf; undefined for a field that is none. */
export const writerOf = (node: FieldNode): PageWriter | undefined => leaves.get(node)?.writer;

/** The schema with a leaf for each such field. */
export const withJsonLeaves = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_TYPE]: (type) => {
      const { fields, ...config } = type.toConfig();
      const made = Object.entries(fields).flatMap(([name, field]) => {
        const json = jsonOf(field);
        return json ? [[leafName(name), leafField(type.name, name, field, json.nullable)] as const] : [];
      });
      if (made.length === 0) return undefined;
      return new GraphQLObjectType({ ...config, fields: { ...fields, ...Object.fromEntries(made) } });
    },
  });

const leafField = (
  parentType: string,
  name: string,
  { args, extensions }: GraphQLFieldConfig<unknown, unknown>,
  nullable: boolean,
): GraphQLFieldConfig<unknown, unknown> => {
  const resolve: GraphQLFieldResolver<unknown, object, object> = (parent, given, context, info) => {
    const [node] = info.fieldNodes;
    const leaf = node && leaves.get(node);
    if (!leaf) throw new Error("a JSON leaf whose document was not made by withLeaves");
    return leaf.answer({ context: context as Context, variables: info.variableValues }, parent, given);
  };
  return {
    type: nullable ? Json : new GraphQLNonNull(Json),
    ...(args && { args }),
    ...(extensions && { extensions }),
    resolve: (parentType === "Query" ? traceable(resolve, { parentType, name }) : resolve) as never,
  };
};

/** The document with leaves instead of all fields that can be JSON text. */
export function withLeaves(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const fragments: Fragments = new Map(
    document.definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const merged = mergedKeys(schema, document);
  const times = timesOf(document);
  const info = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const json = jsonOf(info.getFieldDef());
        const type = getNamedType(info.getType());
        if (!json || !isObjectType(type) || merged.has(keyOf(info, node))) return undefined;
        // Several records are read by one statement of a loader.
        if (json.nullable && (times.get(node.name.value) ?? 0) > 1) return undefined;
        const made = json.leaf(type, node, fragments);
        if (!made) return undefined;
        const { selectionSet: _, ...field } = node;
        const leaf: FieldNode = {
          ...field,
          alias: node.alias ?? node.name,
          name: { kind: Kind.NAME, value: leafName(node.name.value) },
        };
        leaves.set(leaf, made);
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

/** How often each field is named in a document. */
function timesOf(document: DocumentNode): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  visit(document, {
    Field: ({ name }) => void times.set(name.value, (times.get(name.value) ?? 0) + 1),
  });
  return times;
}
