import type { Leaf, Node, Operand } from "../language/ast.ts";

/**
 * Finds a range that ends before it begins, among comparisons that all have to hold.
 *
 * @returns the comparison that ends it
 */
export function crossing(nodes: readonly Node[]): Leaf | null {
  const bounds = nodes.filter((node) => node.kind === "leaf" && !node.negated) as Leaf[];
  for (const lower of bounds) {
    if (lower.comparator !== "gt" && lower.comparator !== "gte") continue;
    const upper = bounds.find(
      (leaf) =>
        (leaf.comparator === "lt" || leaf.comparator === "lte") &&
        leaf.field.path === lower.field.path &&
        order(leaf.operands[0]) < order(lower.operands[0]),
    );
    if (upper) return upper;
  }
  return null;
}

/** Near enough for numbers beyond a double's digits: those are equal then, and equal bounds cross nothing. */
const order = (operand: Operand | undefined): number => Number(operand ?? Number.NaN);
