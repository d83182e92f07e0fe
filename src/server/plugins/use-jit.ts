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
 * Executes queries that come again by code made for them, by graphql-jit: about a fifth of a list's CPU goes
 * otherwise into looking up in the document what to do next. A query that comes once is not worth compiling,
 * and mutations are left to graphql-js, which runs one after the other.
 *
 * No answer tells which of the two gave it. Variables are coerced before, by graphql-js' rules, and compiled code
 * takes them as they are: graphql-jit words their errors in its own way, does not enforce @oneOf, and took ten seconds
 * to compile the reading of one ContactFilter, whose type leads back to itself. What compiled code refuses is asked of
 * graphql-js again, because the two find errors in different number and order.
 *
 * @param after how often a query comes before it is compiled
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
      // What it brings, a tenth of a start, is loaded with the first query to compile.
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
  /** Made when it comes often enough. */
  forms: Forms | null;
}

/** A result of compiled code as graphql-js has it: its errors tell lines and columns alone, and no source. */
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
