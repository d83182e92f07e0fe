import { Prisma } from "../../generated/prisma/browser.ts";
import type { Leaf, Normal, Operand } from "../language/ast.ts";

/**
 * Comparisons that exclude each other. Such a filter is no error: it matches nothing, and the preview says so. Pure.
 */

/** @returns one of several comparisons of a field that exclude each other; null if there is none */
export function contradiction(node: Normal): Leaf | null {
  switch (node.kind) {
    case "related":
      return node.negated ? null : contradiction(node.node);
    case "or": {
      const found = node.nodes.map(contradiction);
      return found.includes(null) ? null : (found[0] ?? null);
    }
    case "and": {
      const fields = new Map<string, Leaf[]>();
      for (const leaf of node.nodes) {
        if (leaf.kind !== "leaf" || !hasOneValue(leaf)) continue;
        fields.set(leaf.field.path, [...(fields.get(leaf.field.path) ?? []), leaf]);
      }
      const own = [...fields.values()].find(excludeEachOther)?.[0];
      return own ?? node.nodes.map(contradiction).find((found) => found !== null) ?? null;
    }
    default:
      return null;
  }
}

const hasOneValue = ({ field: { storage, type } }: Leaf): boolean =>
  type !== "multiSelect" && ["column", "key", "custom"].includes(storage.kind) && !("others" in storage);

function excludeEachOther(leaves: readonly Leaf[]): boolean {
  const isEmpty = leaves.some(({ comparator, negated }) => comparator === "isEmpty" && !negated);
  const wantsValue = leaves.some(({ comparator, negated }) => negated === (comparator === "isEmpty"));
  if (isEmpty && wantsValue) return true;
  const bounds = leaves.filter(({ negated }) => !negated).flatMap(boundsOf);
  const equals = leaves.filter(({ comparator, negated }) => comparator === "in" && !negated);
  const [first, ...others] = equals;
  if (first) {
    const left = first.operands.filter(
      (operand) =>
        others.every(({ operands }) => operands.some((other) => order(operand, other) === 0)) &&
        bounds.every((bound) => keeps(bound, operand)),
    );
    return left.length === 0;
  }
  return bounds.some((lower) =>
    bounds.some((upper) => {
      if (!lower.isLower || upper.isLower) return false;
      const apart = order(lower.at, upper.at);
      return apart > 0 || (apart === 0 && (lower.isOpen || upper.isOpen));
    }),
  );
}

interface Bound {
  readonly at: Operand;
  readonly isLower: boolean;
  /** Whether the bound itself is excluded. */
  readonly isOpen: boolean;
}

function boundsOf({ comparator, operands: [first, second] }: Leaf): Bound[] {
  if (first === undefined) return [];
  if (comparator === "within" && second !== undefined) {
    return [
      { at: first, isLower: true, isOpen: false },
      { at: second, isLower: false, isOpen: true },
    ];
  }
  if (!["gt", "gte", "lt", "lte"].includes(comparator)) return [];
  return [{ at: first, isLower: comparator.startsWith("g"), isOpen: !comparator.endsWith("e") }];
}

function keeps({ at, isLower, isOpen }: Bound, operand: Operand): boolean {
  const apart = order(operand, at);
  return apart === 0 ? !isOpen : apart > 0 === isLower;
}

/** Numbers that a double cannot represent exactly are strings; strings are only equal or different. */
function order(one: Operand, other: Operand): number {
  if (typeof one === "string" && typeof other === "string" && !/^-?\d+(\.\d+)?$/.test(`${one}`))
    return one === other ? 0 : 1;
  if (typeof one === "boolean" || typeof other === "boolean") return one === other ? 0 : 1;
  if (one instanceof Date || other instanceof Date) return Number(one) - Number(other);
  return /^-?\d+(\.\d+)?$/.test(`${other}`) ? new Prisma.Decimal(one).cmp(other) : 1;
}
