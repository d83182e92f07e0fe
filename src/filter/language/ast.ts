import type { FilterField, Relation } from "../registry/fields.ts";
import type { Comparator, GenericOperator } from "../registry/operators.ts";

/** An operand in the form in which the field's values are compared. */
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
  /** Path in the arguments. */
  readonly path: string;
  /** The operator and value as the caller wrote them, in terms of the query form. */
  readonly said: { readonly op: GenericOperator; readonly value: unknown };
}

/** A related record that matches a filter exists; negated: no such record exists. */
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

/** A filter without empty groups and duplicates, with negations only at the leaves. */
export type Normal =
  | { readonly kind: "all" | "none" }
  | { readonly kind: "and" | "or"; readonly nodes: readonly Part[] }
  | Related
  | Leaf;

/** The parts of a group. */
export type Part = Exclude<Normal, { kind: "all" | "none" }>;

export const isPart = (node: Normal): node is Part => node.kind !== "all" && node.kind !== "none";

/** The leaves of a tree from left to right, including those inside relations. */
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
