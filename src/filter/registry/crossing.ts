import { Prisma } from "../../generated/prisma/browser.ts";
import type { Leaf, Node, Operand } from "../language/ast.ts";

/**
 * Finds exchanged bounds, `{ gte: 10, lt: 5 }`, in one comparator. Only bounds that were written count: what a relative
 * date comes down to changes as time passes, and a filter may not become an error by that.
 *
 * @param nodes the comparisons of one comparator on one field, which all have to hold
 * @returns the comparison that ends the range
 */
export function crossing(nodes: readonly Node[]): Leaf | null {
  const bounds = nodes.filter((node) => node.kind === "leaf") as Leaf[];
  for (const lower of bounds) {
    if (lower.said.op !== "GT" && lower.said.op !== "GTE") continue;
    const upper = bounds.find(
      ({ said, operands }) =>
        (said.op === "LT" || said.op === "LTE") && isLess(operands[0], lower.operands[0]),
    );
    if (upper) return upper;
  }
  return null;
}

/** Numbers are texts where a double would not hold them. */
const isLess = (one: Operand | undefined, other: Operand | undefined): boolean =>
  one instanceof Date || other instanceof Date
    ? Number(one) < Number(other)
    : new Prisma.Decimal(String(one)).lt(String(other));
