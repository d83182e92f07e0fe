import type { Leaf, Node } from "../language/ast.ts";
import type { FilterField } from "./fields.ts";

/**
 * A comparison with a field of related records: one of them meets it, or, for a negative operator, none does.
 * `isEmpty`: no related record has a value.
 */
export function throughRelations(leaf: Leaf, through: readonly FilterField[]): Node {
  const empty = leaf.comparator === "isEmpty";
  let node: Node = { ...leaf, negated: empty };
  for (const [at, field] of [...through.entries()].reverse()) {
    if (field.storage.kind !== "relation") continue;
    const { relation } = field.storage;
    const negated = at === 0 && leaf.negated !== empty;
    node = { kind: "related", relation, name: field.path, node, negated, path: leaf.path };
  }
  return node;
}
