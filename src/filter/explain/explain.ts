import type { Leaf, Normal } from "../language/ast.ts";
import { leaves } from "../language/ast.ts";
import type { FilterField } from "../registry/fields.ts";

/** What a normalised filter comes down to, for those who want to know. Pure. */

/** Shorter texts have no trigram to look up. */
const MIN_TRIGRAM = 3;

/**
 * The index that can find the rows of a comparison; null when rows are read to see. What is not so is found by
 * reading, whatever the index.
 */
export function indexOf({ field, comparator, operands, negated }: Leaf): string | null {
  const { storage, index = null } = field;
  if (negated) return comparator === "isEmpty" && storage.kind !== "column" ? index : null;
  if (comparator === "contains" || comparator === "startsWith" || comparator === "endsWith") {
    if (storage.kind === "array" || field.type === "multiSelect") return index;
    if (operands.some((operand) => String(operand).length < MIN_TRIGRAM)) return null;
    if (storage.kind === "lines" || (storage.kind === "column" && storage.searched)) return trigramOf(field);
    return storage.kind === "column" && /^text\d$/.test(storage.column) ? index : null;
  }
  if (comparator === "isEmpty") return null;
  if (storage.kind === "lines") return trigramOf(field);
  return index;
}

const trigramOf = ({ index }: FilterField): string | null =>
  index === undefined ? null : `${index.startsWith("lead") ? "lead" : "contact"}_search_text_idx`;

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
