import type { Leaf, Normal } from "../language/ast.ts";
import { leaves } from "../language/ast.ts";

/** The absolute ranges of a normalized filter's relative dates. Pure. */

/** The range of days or times that a relative date stands for. */
export interface ResolvedRange {
  readonly leaf: Leaf;
  /** Inclusive start; null for none. */
  readonly from: Date | null;
  /** Exclusive end; null for none. */
  readonly to: Date | null;
}

const relative: ReadonlySet<string> = new Set(["ON", "WITHIN", "OLDER_THAN"]);

export function rangesOf(tree: Normal): ResolvedRange[] {
  return [...leaves(tree)].flatMap((leaf) => {
    if (!relative.has(leaf.said.op)) return [];
    const [first, second] = leaf.operands.map((operand) => operand as Date);
    if (leaf.comparator === "within") return [{ leaf, from: first ?? null, to: second ?? null }];
    if (leaf.comparator === "gte") return [{ leaf, from: first ?? null, to: null }];
    return [{ leaf, from: null, to: leaf.comparator === "lt" ? (first ?? null) : null }];
  });
}
