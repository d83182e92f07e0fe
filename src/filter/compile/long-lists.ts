import type { Where } from "../../db/scope/rules.ts";
import type { Leaf, Part } from "../language/ast.ts";

/**
 * Lists of many values. PostgreSQL compares two arrays each with each, and takes a long list for something that most
 * rows have, so that it reads all of them in the order of the page: 19 s for 500 towns among 200 000 contacts. The
 * members of an array as rows of a view are compared with any list by a hash: 1 s.
 */

/** Values in a list from which on the hash is worth it: so many phone numbers are found by their trigrams in half a second. */
export const LONG_LIST = 100;

/** Rows that have one of these tokens. */
export const hasToken = (tokens: readonly string[]): Where =>
  tokens.length > LONG_LIST
    ? { facetRows: { some: { facet: { in: tokens } } } }
    : { facets: { hasSome: tokens } };

/**
 * Makes one long list of the lists of one field that together say the same: in any of them, or in none. Each by itself
 * would read the rows' members once more.
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
    const operands = [...new Map(all.map((operand) => [String(operand), operand])).values()];
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
