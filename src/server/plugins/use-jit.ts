import { type DocumentNode, type ExecutionResult, GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { Forms } from "../../graphql/compiled/forms.ts";
import { schema } from "../../schema.ts";
import type { RequestContext } from "../request.ts";
import { isFailure } from "./use-error-order.ts";
import { isCostAsked, variablesOf } from "./use-limits.ts";

type GraphqlJit = typeof import("graphql-jit");
let library: GraphqlJit | undefined;

/**
 * Compiles queries that are repeated, with graphql-jit: otherwise about a fifth of the CPU time of a list goes into
 * interpreting the document. A query that is sent once is not worth compiling, and mutations stay with graphql-js,
 * which runs their fields one after the other.
 *
 * The answers are the same either way. Variables are coerced by graphql-js before, and compiled code uses the coerced
 * values: graphql-jit has other messages for their errors, does not enforce @oneOf, and took ten seconds to compile
 * the coercion of one ContactFilter, which is a recursive type. If compiled code returns errors, the query runs again
 * in graphql-js, because the two report different errors in a different order.
 *
 * @param after how many times a query runs before it is compiled
 */
export function useJit(after = 1): Plugin {
  const seen = new WeakMap<DocumentNode, Seen>();
  return {
    onExecute({ args, executeFn: interpret, setExecuteFn }) {
      const { document, operationName } = args;
      const known: Seen = seen.get(document) ?? { times: 0, forms: null };
      seen.set(document, known);
      known.times += 1;
      if (known.times <= after || isCostAsked(args.contextValue)) return;
      known.forms ??= new Forms(schema, document);
      const { forms } = known;
      const { operation } = forms;
      if (!operation || (operationName && operationName !== operation.name?.value)) return;
      if (library) return use(library);
      // Loaded with the first query to compile: it would take a tenth of the start.
      return import("graphql-jit").then((loaded) => {
        library = loaded;
        return use(loaded);
      });

      function use(jit: GraphqlJit) {
        setExecuteFn((execution) => {
          const { rootValue, contextValue } = execution;
          const variables = variablesOf(contextValue as object);
          const query = forms.query(jit, variables);
          if (!query) return interpret(execution);
          (contextValue as RequestContext).account.compiled = true;
          const checked = (result: ExecutionResult) =>
            result.errors && !result.errors.every(isFailure)
              ? interpret(execution)
              : withPlaces(result, document);
          const result = query(rootValue, contextValue, variables);
          return result instanceof Promise ? result.then(checked) : checked(result as ExecutionResult);
        });
      }
    },
  };
}

interface Seen {
  times: number;
  /** Null until the query was sent often enough. */
  forms: Forms | null;
}

/** A result of compiled code in the form of graphql-js: graphql-jit's errors have lines and columns, but no source. */
function withPlaces(result: ExecutionResult, { loc }: DocumentNode): ExecutionResult {
  if (!result.errors || !loc) return result;
  const { source } = loc;
  const starts = [0, ...[...source.body.matchAll(/\r\n|[\n\r]/g)].map((end) => end.index + end[0].length)];
  const errors = result.errors.map(({ message, path, originalError, locations = [] }) => {
    const positions = locations.map(({ line, column }) => (starts[line - 1] ?? 0) + column - 1);
    return new GraphQLError(message, { source, positions, path, originalError });
  });
  return { ...result, errors };
}
