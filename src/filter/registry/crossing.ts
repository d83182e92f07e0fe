import { Prisma } from "../../generated/prisma/browser.ts";
import type { Leaf, Node, Operand } from "../language/ast.ts";

/**
 * Finds exchanged bounds, `{ gte: 10, lt: 5 }`, in one comparator. Only bounds that were written count: the
 * bounds of a relative date change with time, and a filter must not become invalid by that.
 *
 * @param nodes the comparisons of one comparator on one field, which are AND-ed
 * @returns the comparison that is the upper bound
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

/** Numbers that a double cannot represent exactly are strings. */
const isLess = (one: Operand | undefined, other: Operand | undefined): boolean =>
  one instanceof Date || other instanceof Date
    ? Number(one) < Number(other)
    : new Prisma.Decimal(String(one)).lt(String(other));
