import type { Leaf, Node, Normal, Operand, Part } from "./ast.ts";

/**
 * Normalizes a filter: moves negations to the leaves, flattens nested groups of the same kind, and removes
 * duplicates. An empty `and` matches everything; an empty `or` and membership in an empty list match nothing.
 */
export function normalize(node: Node, negated = false): Normal {
  switch (node.kind) {
    case "not":
      return normalize(node.node, !negated);
    case "leaf":
      return leaf(node, negated);
    case "related": {
      const inner = normalize(node.node);
      const none = node.negated !== negated;
      // An empty OR matches no record, so that there is no related record that matches.
      if (inner.kind === "none") return { kind: none ? "all" : "none" };
      if (none && node.relation.one && inner.kind !== "all") return notTheOne(node);
      return { ...node, node: inner, negated: none };
    }
    default:
      return group(node.kind, node.nodes, negated);
  }
}

/**
 * The complement of a filter on a to-one relation: there is no related record, or it does not match. Prisma joins the
 * related record, so that a comparison with a null column is unknown in SQL, and NOT of it too.
 */
function notTheOne(node: Extract<Node, { kind: "related" }>): Normal {
  const absent: Node = { ...node, node: { kind: "and", nodes: [] }, negated: true };
  const other: Node = { ...node, node: { kind: "not", node: node.node }, negated: false };
  return group("or", [absent, other], false);
}

function group(written: "and" | "or", nodes: readonly Node[], negated: boolean): Normal {
  const kind = (written === "and") !== negated ? "and" : "or";
  const [neutral, absorbing] = kind === "and" ? ["all", "none"] : ["none", "all"];
  const parts = new Map<string, Part>();
  for (const node of nodes) {
    const inner = normalize(node, negated);
    if (inner.kind === absorbing) return inner;
    if (inner.kind === neutral) continue;
    for (const part of inner.kind === kind ? inner.nodes : [inner as Part]) {
      const key = keyOf(part);
      if (!parts.has(key)) parts.set(key, part);
    }
  }
  const [only, ...others] = parts.values();
  if (!only) return { kind: neutral as "all" | "none" };
  return others.length === 0 ? only : { kind, nodes: [only, ...others] };
}

function leaf(node: Leaf, outer: boolean): Normal {
  const negated = node.negated !== outer;
  if (node.operands.length === 0) {
    if (node.comparator === "in" || node.comparator === "hasAny") return { kind: negated ? "all" : "none" };
    if (node.comparator === "hasAll") return { kind: negated ? "none" : "all" };
  }
  // Removes duplicates among the operands, however they were written.
  const operands = lists.has(node.comparator)
    ? [...new Map(node.operands.map((operand) => [operandKey(operand), operand])).values()]
    : node.operands;
  return { ...node, operands, negated };
}

const lists: ReadonlySet<string> = new Set(["in", "hasAny", "hasAll"]);

/** A date by its milliseconds: formatting ten thousand dates would take a tenth of a second. */
export const operandKey = (operand: Operand): string | number =>
  operand instanceof Date ? operand.getTime() : String(operand);

/** A key that is equal for parts with the same meaning, whatever their paths. */
function keyOf(part: Normal): string {
  switch (part.kind) {
    case "all":
    case "none":
      return part.kind;
    case "and":
    case "or":
      return `${part.kind}(${part.nodes.map(keyOf).sort().join()})`;
    case "related":
      return `${part.negated ? "no" : "some"} ${part.name}(${keyOf(part.node)})`;
    case "leaf": {
      const operands = part.operands.map((operand) => JSON.stringify(operandKey(operand)));
      if (lists.has(part.comparator)) operands.sort();
      return `${part.negated ? "not " : ""}${part.field.path} ${part.comparator} [${operands.join()}]`;
    }
  }
}

/** The filter with every condition on one field, negated or not, replaced by true; conditions inside relations stay. */
export function taking(node: Normal, path: string): Normal {
  if (node.kind === "leaf") return node.field.path === path ? { kind: "all" } : node;
  if (node.kind !== "and" && node.kind !== "or") return node;
  const inner = node.nodes.map((part) => taking(part, path));
  if (node.kind === "or" && inner.some(({ kind }) => kind === "all")) return { kind: "all" };
  const nodes = inner.filter((part): part is Part => part.kind !== "all" && part.kind !== "none");
  const [only, ...others] = nodes;
  if (!only) return { kind: "all" };
  return others.length === 0 ? only : { kind: node.kind, nodes };
}
