import type { Where } from "../../db/scope/rules.ts";
import type { Leaf, Part } from "../language/ast.ts";
import { operandKey } from "../language/normalize.ts";

/**
 * Lists of many values. PostgreSQL compares two arrays item by item, and estimates that most rows match a long list, so
 * that it reads all rows in the order of the page: 19 s for 500 towns among 200 000 contacts. A view with a row for
 * each item of an array is compared with the list by a hash: 1 s.
 */

/**
 * Number of values from which on the hash is faster: a search for as many phone numbers by trigrams takes half a
 * second.
 */
export const LONG_LIST = 100;

/** Rows that have one of these tokens. */
export const hasToken = (tokens: readonly string[]): Where =>
  tokens.length > LONG_LIST
    ? { facetRows: { some: { facet: { in: tokens } } } }
    : { facets: { hasSome: tokens } };

/**
 * Joins the long lists of one field into one where the meaning is the same (OR of `in`, AND of `notIn`): each list
 * reads the view once.
 */
export function joinLists(nodes: readonly Part[], kind: "and" | "or"): readonly Part[] {
  const lists = new Map<string, Leaf[]>();
  for (const node of nodes) {
    if (node.kind !== "leaf" || node.negated !== (kind === "and")) continue;
    if (node.comparator !== "in" && node.comparator !== "hasAny") continue;
    const key = `${node.comparator} ${node.field.path}`;
    lists.set(key, [...(lists.get(key) ?? []), node]);
  }
  const joined = new Map<Part, Part | null>();
  for (const [first, ...others] of lists.values()) {
    if (!first || others.length === 0) continue;
    const all = [first, ...others].flatMap(({ operands }) => operands);
    const operands = [...new Map(all.map((operand) => [operandKey(operand), operand])).values()];
    if (operands.length <= LONG_LIST) continue;
    joined.set(first, { ...first, operands });
    for (const other of others) joined.set(other, null);
  }
  return joined.size === 0
    ? nodes
    : nodes.flatMap((node) => {
        const found = joined.get(node);
        return found === null ? [] : [found ?? node];
      });
}
