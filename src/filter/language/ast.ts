import type { FilterField, Relation } from "../registry/fields.ts";
import type { Comparator, GenericOperator } from "../registry/operators.ts";

/** An operand in the form in which the field's values compare. */
export type Operand = string | number | boolean | Date;

/** One comparison: true or false for every row, never unknown. */
export interface Leaf {
  readonly kind: "leaf";
  readonly field: FilterField;
  readonly comparator: Comparator;
  /** One operand, or the members of a list; none for isEmpty. */
  readonly operands: readonly Operand[];
  /** Whether the complement is meant: the rows for which the comparison is false. */
  readonly negated: boolean;
  /** Where the caller wrote it. */
  readonly path: string;
  /** What the caller wrote, in the query form's words. */
  readonly said: { readonly op: GenericOperator; readonly value: unknown };
}

/** Whether there is a related record for which a filter holds; negated: whether there is none. */
interface RelatedOf<Inner> {
  readonly kind: "related";
  readonly relation: Relation;
  /** The relation's name in the filter. */
  readonly name: string;
  readonly node: Inner;
  readonly negated: boolean;
  readonly path: string;
}

export type Node =
  | { readonly kind: "and" | "or"; readonly nodes: readonly Node[] }
  | { readonly kind: "not"; readonly node: Node }
  | RelatedOf<Node>
  | Leaf;

export type Related = RelatedOf<Normal>;

/** A filter without empty groups, with negations at the leaves only, and without duplicate parts. */
export type Normal =
  | { readonly kind: "all" | "none" }
  | { readonly kind: "and" | "or"; readonly nodes: readonly Part[] }
  | Related
  | Leaf;

/** What can stand inside a group. */
export type Part = Exclude<Normal, { kind: "all" | "none" }>;

export const isPart = (node: Normal): node is Part => node.kind !== "all" && node.kind !== "none";

/** The leaves of a tree, left to right, those inside relations too. */
export function* leaves(node: Node | Normal): Generator<Leaf> {
  switch (node.kind) {
    case "leaf":
      yield node;
      return;
    case "and":
    case "or":
      for (const inner of node.nodes) yield* leaves(inner);
      return;
    case "not":
    case "related":
      yield* leaves(node.node);
  }
}
