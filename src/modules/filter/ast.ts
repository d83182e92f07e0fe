import type { FilterField } from "./fields.ts";

/** Comparators in their positive form; every negative one is its complement. */
export type Comparator =
  | "in"
  | "contains"
  | "startsWith"
  | "endsWith"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "isEmpty"
  | "hasAny"
  | "hasAll";

/** An operand in the form in which the field's values compare. */
export type Operand = string | number | boolean | Date;

/** One comparison: true or false for every row, never unknown. */
export interface Leaf {
  readonly kind: "leaf";
  readonly field: FilterField;
  readonly comparator: Comparator;
  /** One operand, or the members of a list; none for isEmpty. */
  readonly operands: readonly Operand[];
  /** Whether the rows for which the comparison is false are wanted. */
  readonly negated: boolean;
  /** Where the caller wrote it. */
  readonly path: string;
}

export type Node =
  | { readonly kind: "and" | "or"; readonly nodes: readonly Node[] }
  | { readonly kind: "not"; readonly node: Node }
  | Leaf;

/** A filter in which every empty is resolved and every negation stands at a leaf. */
export type Normal =
  | { readonly kind: "all" | "none" }
  | { readonly kind: "and" | "or"; readonly nodes: readonly (Normal & { kind: "and" | "or" | "leaf" })[] }
  | Leaf;

/** The leaves of a tree, left to right. */
export function* leaves(node: Node): Generator<Leaf> {
  if (node.kind === "leaf") yield node;
  else if (node.kind === "not") yield* leaves(node.node);
  else for (const inner of node.nodes) yield* leaves(inner);
}
