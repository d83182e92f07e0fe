import type { GraphQLFieldResolver } from "graphql";

/**
 * Traces of the fields of Query and Mutation. Where nothing is traced, OpenTelemetry is not loaded, and a field costs
 * one look more. Fields below them are not wrapped at all: there are thousands of them in an answer.
 */

type Resolve = GraphQLFieldResolver<unknown, object, object>;

interface Field {
  readonly parentType: string;
  readonly name: string;
}

/** Makes a field's resolver one that is traced. */
type Trace = (resolve: Resolve, field: Field) => Resolve;

let trace: Trace | null = null;

/** Traces fields from now on; no more where null. */
export function traceRootFields(how: Trace | null): void {
  trace = how;
}

/** A resolver that is traced for as long as fields are. */
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
