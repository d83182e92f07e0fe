import {
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  Kind,
  type ListValueNode,
  type ObjectValueNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import type { CompiledQuery } from "graphql-jit";
import { withJsonLeaves, withLeaves } from "./document.ts";

type GraphqlJit = typeof import("graphql-jit");
type Query = CompiledQuery["query"];
/** Variables coerced by graphql-js. */
type Variables = Readonly<Record<string, unknown>>;

/** Combinations of flags that one document is compiled for. */
const MAX_FORMS = 8;

/**
 * A document with its @skip and @include evaluated, once for each combination of their values, with the compiled code
 * of each. Compiled code merges two selections of a field without regard to which is skipped, and so would JSON text;
 * after evaluation there is nothing left to skip.
 */
export class Forms {
  readonly operation: OperationDefinitionNode | null;
  /** The variables of the directives. */
  readonly #flags: readonly string[];
  readonly #queries = new Map<string, Query | null>();

  /** @param schema the public schema */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
  ) {
    this.operation = compilable(document);
    this.#flags = this.operation ? flagsOf(document) : [];
  }

  /** The compiled code for these variables; null if graphql-js must execute the document. */
  query(jit: GraphqlJit, variables: Variables): Query | null {
    const flags = this.#flags.map((name) => variables[name]);
    // A flag with a default can be null, which graphql-js reports as an error.
    if (!this.operation || flags.some((flag) => typeof flag !== "boolean")) return null;
    const key = flags.join();
    const known = this.#queries.get(key);
    if (known !== undefined) return known;
    if (this.#queries.size >= MAX_FORMS) return null;
    const query = compile(jit, this.schema, decided(this.document, variables));
    this.#queries.set(key, query);
    return query;
  }
}

let schemaWithLeaves: GraphQLSchema | undefined;

function compile(
  { compileQuery, isCompiledQuery }: GraphqlJit,
  schema: GraphQLSchema,
  document: DocumentNode,
): Query | null {
  schemaWithLeaves ??= withJsonLeaves(schema);
  const compiled = compileQuery(schemaWithLeaves, takingCoerced(withLeaves(schema, document)));
  return isCompiledQuery(compiled) ? compiled.query : null;
}

/**
 * The query of a document that can be compiled; null for documents with several operations, for mutations, for
 * introspection (which would show the leaves), and for variables inside an object or list: if such a variable is
 * omitted, its field is omitted, but compiled code would set the field to null.
 */
function compilable(document: DocumentNode): OperationDefinitionNode | null {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations as OperationDefinitionNode[];
  if (!operation || operations.length > 1 || operation.operation !== "query") return null;
  let isLeft = false;
  const leave = () => {
    isLeft = true;
    return BREAK;
  };
  const inside = { enter: (node: ObjectValueNode | ListValueNode) => void visit(node, { Variable: leave }) };
  visit(document, {
    Field: ({ name }) => (name.value === "__schema" || name.value === "__type" ? leave() : undefined),
    ObjectValue: inside,
    ListValue: inside,
  });
  return isLeft ? null : operation;
}

function flagsOf(document: DocumentNode): readonly string[] {
  const flags = new Set<string>();
  visit(document, {
    Directive({ arguments: args = [] }) {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) flags.add(value.name.value);
    },
  });
  return [...flags];
}

/** The document without skipped selections and without directives. */
function decided(document: DocumentNode, variables: Variables): DocumentNode {
  const decide = (node: SelectionNode) => {
    const { directives = [] } = node;
    if (directives.length === 0) return undefined;
    return directives.every((directive) => includes(directive, variables))
      ? { ...node, directives: [] }
      : null;
  };
  return visit(document, { Field: decide, FragmentSpread: decide, InlineFragment: decide });
}

/** Whether a directive keeps its selection. */
function includes({ name, arguments: args = [] }: DirectiveNode, variables: Variables): boolean {
  const [flag] = args.map(({ value }) =>
    value.kind === Kind.VARIABLE ? variables[value.name.value] : value.kind === Kind.BOOLEAN && value.value,
  );
  if (name.value === GraphQLSkipDirective.name) return flag !== true;
  return name.value !== GraphQLIncludeDirective.name || flag === true;
}

/** The document with its variables declared as a scalar that accepts any value, since they are coerced already. */
const takingCoerced = (document: DocumentNode): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, variableDefinitions: (definition.variableDefinitions ?? []).map(ofAnyType) }
      : definition,
  ),
});

const ofAnyType = ({ kind, variable }: VariableDefinitionNode): VariableDefinitionNode => ({
  kind,
  variable,
  type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: "JSON" } },
});
