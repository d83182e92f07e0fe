import type { Leaf } from "../language/ast.ts";
import { compile, hasTrigram, type Where } from "./compile.ts";

/** By which index the rows of a condition are found, as what was compiled of it says. Pure. */

/** What a compiled condition looks rows up by: the trigrams of `search_text`, or the field's own index. */
type Way = "trigrams" | "own";

/**
 * The index that can find the rows of a condition; null when rows are read to see.
 *
 * @returns such as `contact_search_text_idx`, read off the condition that the compiler makes
 */
export function indexOf(leaf: Leaf): string | null {
  const { index, storage } = leaf.field;
  if (index === undefined || storage.kind === "lists") return null;
  // Any ids: which tags there are decides what is found, not how.
  const tagIds = new Map(leaf.operands.map((operand) => [String(operand), String(operand)]));
  const where = compile(leaf, tagIds);
  // Related rows are looked up by what points at the record; of none there is nothing to look up.
  if (storage.kind === "relation") return wants(where[storage.relation.relation], "some") ? index : null;
  const way = wayOf(where);
  if (way === "trigrams") return `${index.startsWith("lead") ? "lead" : "contact"}_search_text_idx`;
  // Lines are found by trigrams alone; long lists of them are compared by a hash.
  return way === "own" && storage.kind !== "lines" ? index : null;
}

const wants = (condition: unknown, operator: string): boolean =>
  typeof condition === "object" && condition !== null && operator in condition;

/** One of the parts of a conjunction is enough to find rows by; a disjunction needs one in each of its parts. */
function wayOf(where: Where): Way | null {
  for (const [name, condition] of Object.entries(where)) {
    const ways = Array.isArray(condition) ? condition.map(wayOf) : [wayOfColumn(name, condition)];
    const found = ways.find((way) => way !== null) ?? null;
    if (found !== null && (name !== "OR" || !ways.includes(null))) return found;
  }
  return null;
}

/** Values in JSON are compared by reading them. */
const inJson: ReadonlySet<string> = new Set(["keys", "custom"]);

/** Texts that have an index of trigrams of their own. */
const isTextSlot = (column: string): boolean => /^text\d$/.test(column);

function wayOfColumn(column: string, condition: unknown): Way | null {
  if (condition === null || column === "NOT" || inJson.has(column)) return null;
  if (typeof condition !== "object" || condition instanceof Date) return "own";
  return Object.entries(condition).some(([operator, operand]) => canLookUp(column, operator, operand))
    ? column === "searchText"
      ? "trigrams"
      : "own"
    : null;
}

function canLookUp(column: string, operator: string, operand: unknown): boolean {
  switch (operator) {
    case "contains":
    case "startsWith":
    case "endsWith":
      return column === "searchText" || (isTextSlot(column) && hasTrigram(String(operand)));
    case "in":
      return Array.isArray(operand) && operand.length > 0;
    case "gt":
    case "gte":
    case "lt":
    case "lte":
    case "has":
    case "hasSome":
    case "hasEvery":
      return true;
    default:
      return false;
  }
}
