import type { Leaf, Normal } from "../language/ast.ts";
import { leaves } from "../language/ast.ts";

/** What the relative dates of a normalised filter come down to. Pure. */

/** A range of days or moments that a relative date came down to. */
export interface ResolvedRange {
  readonly leaf: Leaf;
  /** The first moment that is in; null for no beginning. */
  readonly from: Date | null;
  /** The first moment that no longer is; null for no end. */
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
