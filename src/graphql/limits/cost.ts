import type { DocumentNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Counter, type Share } from "./counter.ts";

/**
 * The cost of an operation, computed before it runs: roughly the number of values in its answer. Each field costs 1,
 * or the value in its `extensions: price(…)`; the selection of a list counts once for each item that it may have.
 * docs/limits.md explains this to callers.
 *
 * Pothos' plugin counts in the same way, but does not say which field costs most, ignores `@skip` and `@include`, and
 * coerces all variables a second time.
 */

export interface Cost {
  readonly total: number;
  /** Response keys from the root to the field that causes most of the cost. */
  readonly dearest: () => readonly string[];
  /** The response paths of the most expensive fields, and what each costs with all that is selected in it. */
  readonly fields: () => readonly { readonly field: string; readonly cost: number }[];
  /**
   * The actual cost of an answer, counted in the same way from its fields and items. A list without a known length
   * counts at most the assumed number of items, so that the actual cost never exceeds the estimate.
   *
   * @param data of the answer
   */
  readonly actual: (data: unknown) => number;
}

/** The costs of operations that do not depend on variables. */
const known = new WeakMap<OperationDefinitionNode, Cost>();

/** @param variables coerced, with their defaults and without omitted ones */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  const before = known.get(operation);
  if (before) return before;
  const root = schema.getRootType(operation.operation);
  if (!root) return { total: 0, dearest: () => [], fields: () => [], actual: () => 0 };
  const counter = new Counter(schema, document, variables);
  const cost = counted(counter, operation, root);
  // Counted once more, because a counter keeps its variables, which may be megabytes of an import.
  if (!counter.readsVariables)
    known.set(operation, counted(new Counter(schema, document, {}), operation, root));
  return cost;
}

function counted(counter: Counter, operation: OperationDefinitionNode, root: GraphQLObjectType): Cost {
  const total = Math.min(counter.selections(operation.selectionSet, root, 1), Number.MAX_SAFE_INTEGER);
  return {
    total,
    fields: () =>
      counter
        .shares(operation.selectionSet, root)
        .map(({ path, share }) => ({ field: path.join("."), cost: Math.round(total * share) })),
    dearest: () => dearestOf(counter.shares(operation.selectionSet, root)),
    actual: (data) => counter.actual(operation.selectionSet, root, 1, data),
  };
}

/** The path from the root along the most expensive fields, as long as one costs more than half of the one before. */
function dearestOf(shares: readonly Share[]): readonly string[] {
  let path: readonly string[] = [];
  let whole = 0;
  for (const { path: next, share, leaf } of shares) {
    const inside = next.length === path.length + 1 && path.every((name, at) => name === next[at]);
    if (leaf || !inside || share < whole / 2) continue;
    path = next;
    whole = share;
  }
  return path;
}
