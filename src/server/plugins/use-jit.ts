import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type ListValueNode,
  type ObjectValueNode,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import type { CompiledQuery } from "graphql-jit";
import type { Plugin } from "graphql-yoga";
import { withJsonLeaves, withLeaves } from "../../graphql/compiled/document.ts";
import { schema } from "../../schema.ts";
import { variablesOf } from "./use-limits.ts";

type GraphqlJit = typeof import("graphql-jit");
let library: GraphqlJit | undefined;

/**
 * Executes queries that come again by code made for them, by graphql-jit: about a fifth of a list's CPU goes
 * otherwise into looking up in the document what to do next. A query that comes once is not worth compiling,
 * and mutations are left to graphql-js, which runs one after the other.
 *
 * Variables are coerced before, by graphql-js' rules, and the compiled query takes them as they are: graphql-jit words their errors
 * in its own way, does not enforce @oneOf, and took ten seconds to compile the reading of one ContactFilter, whose
 * type leads back to itself.
 *
 * @param after how often a query comes before it is compiled
 */
export function useJit(after = 1): Plugin {
  const seen = new WeakMap<DocumentNode, Seen>();
  return {
    onExecute({ args, setExecuteFn }) {
      const { document } = args;
      const known: Seen = seen.get(document) ?? { times: 0, compiled: null };
      seen.set(document, known);
      known.times += 1;
      if (known.times <= after) return;
      if (library) return use(library);
      // What it brings, a tenth of a start, is loaded with the first query to compile.
      return import("graphql-jit").then((loaded) => {
        library = loaded;
        return use(loaded);
      });

      function use(jit: GraphqlJit) {
        known.compiled ??= compile(jit, document);
        const { compiled } = known;
        if (!compiled || (args.operationName && args.operationName !== compiled.operation.name?.value))
          return;
        setExecuteFn((execution) => {
          const { query } = compiled;
          const { rootValue, contextValue } = execution;
          return query(rootValue, contextValue, variablesOf(contextValue as object));
        });
        return {
          onExecuteDone({ result, setResult }: Done) {
            const { errors, ...rest } = result as ExecutionResult;
            if (errors) setResult({ ...rest, errors: errors.map((error) => located(error, document)) });
          },
        };
      }
    },
  };
}

/** An error of compiled code as graphql-js has it: it tells the line and column alone, and the text was kept nowhere. */
function located(error: GraphQLError, { loc }: DocumentNode): GraphQLError {
  if (error.nodes || !loc) return error;
  const { message, path, originalError, locations = [] } = error;
  const starts = [
    0,
    ...[...loc.source.body.matchAll(/\r\n|[\n\r]/g)].map((end) => end.index + end[0].length),
  ];
  const positions = locations.map(({ line, column }) => (starts[line - 1] ?? 0) + column - 1);
  return new GraphQLError(message, { source: loc.source, positions, path, originalError });
}

/** What a query came to, and a way to make another of it. */
interface Done {
  readonly result: unknown;
  setResult(result: ExecutionResult): void;
}

interface Seen {
  times: number;
  compiled: Compiled | false | null;
}

interface Compiled {
  readonly operation: OperationDefinitionNode;
  readonly query: CompiledQuery["query"];
}

let schemaWithLeaves: GraphQLSchema | undefined;

/** False for what is left to graphql-js: documents of several operations, and what cannot be compiled. */
function compile({ compileQuery, isCompiledQuery }: GraphqlJit, document: DocumentNode): Compiled | false {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations as OperationDefinitionNode[];
  if (!operation || operations.length > 1 || operation.operation !== "query") return false;
  if (hasInnerVariable(document)) return false;
  schemaWithLeaves ??= withJsonLeaves(schema);
  const compiled = compileQuery(schemaWithLeaves, takingCoerced(withLeaves(schema, document)));
  return isCompiledQuery(compiled) ? { operation, query: compiled.query } : false;
}

/** The same document with variables of a scalar that lets all values through. */
const takingCoerced = (document: DocumentNode): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, variableDefinitions: (definition.variableDefinitions ?? []).map(ofAnyType) }
      : definition,
  ),
});

function ofAnyType(definition: VariableDefinitionNode): VariableDefinitionNode {
  const { kind, variable, type } = definition;
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  // Directives take nothing else, and there is nothing in a flag that could be read in another way.
  if (named.kind === Kind.NAMED_TYPE && named.name.value === "Boolean") return definition;
  return { kind, variable, type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: "JSON" } } };
}

/**
 * Whether a variable stands inside an object or a list of the document. Left out, it leaves out its field; compiled
 * code would put null there, which means something else.
 */
function hasInnerVariable(document: DocumentNode): boolean {
  let found = false;
  const note = {
    Variable() {
      found = true;
      return BREAK;
    },
  };
  const inside = { enter: (node: ObjectValueNode | ListValueNode) => void visit(node, note) };
  visit(document, { ObjectValue: inside, ListValue: inside });
  return found;
}
