import type { Node, Normal } from "./ast.ts";

/**
 * Resolves empties and pushes negation to the leaves. `and` of nothing is everything, `or` of nothing is nothing,
 * a membership in an empty list is nothing; nested groups of one kind become one.
 */
export function normalize(node: Node, negated = false): Normal {
  if (node.kind === "not") return normalize(node.node, !negated);
  if (node.kind === "leaf") return leaf(node, negated);
  const kind = (node.kind === "and") !== negated ? "and" : "or";
  const [neutral, absorbing] = kind === "and" ? ["all", "none"] : ["none", "all"];
  const nodes = node.nodes.map((inner) => normalize(inner, negated));
  if (nodes.some((inner) => inner.kind === absorbing)) return { kind: absorbing as "all" | "none" };
  const parts = nodes.flatMap((inner) => {
    if (inner.kind === neutral) return [];
    return inner.kind === kind ? inner.nodes : [inner as Exclude<typeof inner, { kind: "all" | "none" }>];
  });
  const [only, ...others] = parts;
  if (!only) return { kind: neutral as "all" | "none" };
  return others.length === 0 ? only : { kind, nodes: parts };
}

function leaf(node: Extract<Node, { kind: "leaf" }>, outer: boolean): Normal {
  const negated = node.negated !== outer;
  if (node.operands.length === 0) {
    if (node.comparator === "in" || node.comparator === "hasAny") return { kind: negated ? "all" : "none" };
    if (node.comparator === "hasAll") return { kind: negated ? "none" : "all" };
  }
  return { ...node, negated };
}
