import type { GraphQLFieldResolver } from "graphql";

/**
 * Traces of the fields of Query and Mutation. Without tracing, OpenTelemetry is not loaded, and each field only checks
 * whether it is traced. Fields below them are not wrapped: an answer has thousands of them.
 */

type Resolve = GraphQLFieldResolver<unknown, object, object>;

interface Field {
  readonly parentType: string;
  readonly name: string;
}

/** Wraps the resolver of a field in a trace. */
type Trace = (resolve: Resolve, field: Field) => Resolve;

let trace: Trace | null = null;

/** Starts to trace fields; null stops it. */
export function traceRootFields(how: Trace | null): void {
  trace = how;
}

/** A resolver that is traced while tracing is on. */
export function traceable(resolve: Resolve, field: Field): Resolve {
  let by: Trace | null = null;
  let traced = resolve;
  return (root, args, context, info) => {
    if (by !== trace) {
      by = trace;
      traced = trace ? trace(resolve, field) : resolve;
    }
    return traced(root, args, context, info);
  };
}
