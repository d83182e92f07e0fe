import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Counter } from "./counter.ts";

/**
 * What an operation costs, known before anything of it runs: about the number of values that its answer may have.
 * Each field costs 1, or what it says in `extensions: price(…)`, and a list as often what is selected of it as it may
 * have items. docs/limits.md tells callers the same.
 *
 * Pothos' plugin for this counts in the same way, but says neither which field costs most, nor leaves out what
 * `@skip` and `@include` leave out, and reads all variables once more for each request.
 */

export interface Cost {
  readonly total: number;
  /** Names as the answer has them, from the root down to where most of it comes from. */
  readonly dearest: () => readonly string[];
  /**
   * What an answer cost: counted in the same way, of the fields and items that it has. A list whose length nothing says
   * counts as no more items than were assumed, so that it is never more than the total.
   *
   * @param data of the answer
   */
  readonly actual: (data: unknown) => number;
}

/** @param variables coerced: with their defaults, and what is left out left out */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  const root = schema.getRootType(operation.operation);
  if (!root) return { total: 0, dearest: () => [], actual: () => 0 };
  const counter = new Counter(schema, document, variables);
  return {
    total: Math.min(counter.selections(operation.selectionSet, root, 1), Number.MAX_SAFE_INTEGER),
    dearest: () => counter.dearest(operation.selectionSet, root),
    actual: (data) => counter.actual(operation.selectionSet, root, 1, data),
  };
}
