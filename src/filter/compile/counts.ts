import type { Where } from "../../db/scope/rules.ts";
import type { Leaf } from "../language/ast.ts";
import type { Storage } from "../registry/fields.ts";
import { everything, isRange, nothing, opposite } from "./parts.ts";

/**
 * Conditions on the number of related records. Pure. A view has a row for each record with any (`count` is at least
 * 1), so that a condition that holds for 0 is compiled as its complement: fewer than 4 is not 4 or more.
 */

type Counted = Extract<Storage, { kind: "count" }>;

/** A condition on a count of at least 1, or whether all or none of these counts meet it. */
type Condition = Where | "all" | "none";

/**
 * The OR with a condition that is false keeps PostgreSQL from joining the view. It then chooses by the number of rows:
 * it groups all related records of the organization once, or counts those of each row. A join would always group, and
 * read every row before the first one of a page is known.
 */
export function countWhere({ comparator, operands, negated }: Leaf, { relation, of }: Counted): Where {
  if (comparator === "isEmpty") return negated ? everything : nothing;
  const numbers = operands.map(Number);
  const asked = (opposed: boolean): Comparison =>
    isRange(comparator)
      ? { operator: opposed ? opposite[comparator] : comparator, number: numbers[0] ?? 0 }
      : { operator: opposed ? "notIn" : "in", numbers };
  const withNone = holdsForNone(asked(negated));
  const condition = conditionOf(asked(negated !== withNone));
  if (condition === "none") return withNone ? everything : nothing;
  const quantifier = withNone ? "none" : "some";
  if (condition === "all") return { [of.relation]: { [quantifier]: of.live ? { deletedAt: null } : {} } };
  return { OR: [{ [relation]: { [quantifier]: { count: condition } } }, nothing] };
}

type Comparison =
  | { readonly operator: keyof typeof opposite; readonly number: number }
  | { readonly operator: "in" | "notIn"; readonly numbers: readonly number[] };

/** Whether a comparison holds for records without related ones. */
function holdsForNone(comparison: Comparison): boolean {
  switch (comparison.operator) {
    case "in":
      return comparison.numbers.includes(0);
    case "notIn":
      return !comparison.numbers.includes(0);
    case "gt":
      return comparison.number < 0;
    case "gte":
      return comparison.number <= 0;
    case "lt":
      return comparison.number > 0;
    case "lte":
      return comparison.number >= 0;
  }
}

function conditionOf(comparison: Comparison): Condition {
  switch (comparison.operator) {
    case "in":
    case "notIn": {
      const { operator } = comparison;
      const numbers = comparison.numbers.filter((number) => number >= 1);
      if (numbers.length === 0) return operator === "in" ? "none" : "all";
      return { [operator]: numbers };
    }
    case "gte":
      return comparison.number <= 1 ? "all" : { gte: comparison.number };
    case "gt":
      return comparison.number <= 0 ? "all" : { gt: comparison.number };
    case "lt":
      return comparison.number <= 1 ? "none" : { lt: comparison.number };
    case "lte":
      return comparison.number <= 0 ? "none" : { lte: comparison.number };
  }
}
