import { DIVIDE } from "../../lib/accents.ts";
import type { Leaf } from "../language/ast.ts";
import { compile, type Where } from "./compile.ts";
import { hasTrigram } from "./parts.ts";

/** The index that finds the rows of a condition, derived from its compiled form. Pure. */

/** The index that a compiled condition can use: the trigrams of `search_text`, or the field's own. */
type Way = "trigrams" | "own";

/**
 * The index that can find the rows of a condition, such as `contact_search_text_idx`; null if every row must be read.
 */
export function indexOf(leaf: Leaf): string | null {
  const { index, storage } = leaf.field;
  if (index === undefined || storage.kind === "lists") return null;
  // Any id will do: it does not affect the choice of the index.
  const tagIds = new Map(leaf.operands.map((operand) => [String(operand), String(operand)]));
  const where = compile(leaf, tagIds);
  // Related rows are found by their foreign key, except for a condition that there are none.
  if (storage.kind === "relation") return wants(where[storage.relation.relation], "some") ? index : null;
  const way = wayOf(where);
  if (way === "trigrams") return `${index.startsWith("lead") ? "lead" : "contact"}_search_text_idx`;
  // Phone lines have a trigram index only; long lists of them are compared by a hash.
  return way === "own" && storage.kind !== "lines" ? index : null;
}

const wants = (condition: unknown, operator: string): boolean =>
  typeof condition === "object" && condition !== null && operator in condition;

/** An AND needs an index for one of its parts, an OR for each. */
function wayOf(where: Where): Way | null {
  for (const [name, condition] of Object.entries(where)) {
    const ways = Array.isArray(condition) ? condition.map(wayOf) : [wayOfColumn(name, condition)];
    const found = ways.find((way) => way !== null) ?? null;
    if (found !== null && (name !== "OR" || !ways.includes(null))) return found;
  }
  return null;
}

/** The searched part of a LIKE pattern, without the separator of an order key and the wildcard after it. */
const partIn = (pattern: string): string => pattern.slice(pattern.indexOf(DIVIDE) + 1).replace(/^%/, "");

/** Values in JSON have no index. */
const inJson: ReadonlySet<string> = new Set(["keys", "custom"]);

/** Texts with a trigram index of their own. */
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
      return column === "searchText" || (isTextSlot(column) && hasTrigram(partIn(String(operand))));
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
