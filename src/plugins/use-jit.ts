import {
  BREAK,
  type DocumentNode,
  getVariableValues,
  Kind,
  type ListValueNode,
  type ObjectValueNode,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import type { CompiledQuery } from "graphql-jit";
import type { Plugin } from "graphql-yoga";
import { schema } from "../schema.ts";

type GraphqlJit = typeof import("graphql-jit");
let library: GraphqlJit | undefined;

/**
 * Executes queries that come again by code made for them, by graphql-jit: about a fifth of a list's CPU goes
 * otherwise into looking up in the document what to do next. A query that comes once is not worth compiling,
 * and mutations are left to graphql-js, which runs one after the other.
 *
 * Variables are coerced by graphql-js, and the compiled query takes them as they are: graphql-jit words their errors
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
        use(loaded);
      });

      function use(jit: GraphqlJit) {
        known.compiled ??= compile(jit, document);
        const { compiled } = known;
        if (!compiled || (args.operationName && args.operationName !== compiled.operation.name?.value))
          return;
        setExecuteFn((execution) => {
          const { operation, query } = compiled;
          const raw = execution.variableValues ?? {};
          const variables = getVariableValues(schema, operation.variableDefinitions ?? [], raw, {
            maxErrors: 50,
          });
          if (variables.errors) return { errors: variables.errors };
          return query(execution.rootValue, execution.contextValue, variables.coerced);
        });
      }
    },
  };
}

interface Seen {
  times: number;
  compiled: Compiled | false | null;
}

interface Compiled {
  readonly operation: OperationDefinitionNode;
  readonly query: CompiledQuery["query"];
}

/** False for what is left to graphql-js: documents of several operations, and what cannot be compiled. */
function compile({ compileQuery, isCompiledQuery }: GraphqlJit, document: DocumentNode): Compiled | false {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations as OperationDefinitionNode[];
  if (!operation || operations.length > 1 || operation.operation !== "query") return false;
  if (hasInnerVariable(document)) return false;
  const compiled = compileQuery(schema, takingCoerced(document));
  return isCompiledQuery(compiled) ? { operation, query: compiled.query } : false;
}

/** The same document with every variable of a scalar that lets all values through. */
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
