import { decodeId } from "../../db/ids.ts";
import { quote } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import type { FilterField } from "../registry/fields.ts";
import type { GenericOperator, Meaning } from "../registry/operators.ts";
import type { Leaf, Operand } from "./ast.ts";
import { OperandError, readOperands, readSpan } from "./operands.ts";
import { limitProblem, type Problem } from "./problem.ts";
import type { FilterEnvironment } from "./question.ts";

/** A parsed comparison; null if it has a problem. */
export interface Read {
  readonly leaf: Leaf | null;
  readonly problems: readonly Problem[];
}

/**
 * Parses one comparison: the operator, and its value in the type of the field.
 *
 * @param op the operator's name in the query form, for messages
 */
export function readComparison(
  field: FilterField,
  op: GenericOperator,
  { comparator, negated, takes }: Meaning,
  value: unknown,
  path: string,
  environment: FilterEnvironment,
): Read {
  const leaf: Leaf = { kind: "leaf", field, comparator, operands: [], negated, path, said: { op, value } };
  if (takes === "nothing") {
    if (value !== undefined && typeof value !== "boolean") return wrong(path, "must be true or false");
    // In the query form the value may be omitted; `false` means the complement.
    const empty = (value === false) === negated;
    const said = { op: empty ? "IS_EMPTY" : "IS_NOT_EMPTY", value: undefined } as const;
    return { leaf: { ...leaf, negated: !empty, said }, problems: [] };
  }
  if (value === null || value === undefined) {
    return wrong(path, "must not be null; use IS_EMPTY (isEmpty) for records without a value");
  }
  if (takes === "day" || takes === "range" || takes === "duration") {
    return readRange(leaf, value, takes, environment);
  }
  if (takes === "many" && !Array.isArray(value)) return wrong(path, "must be a list");
  const values: readonly unknown[] = takes === "many" ? (value as unknown[]) : [value];
  const tooMany = limitProblem(path, "values", values.length);
  if (tooMany) return { leaf: null, problems: [tooMany] };
  const problems: Problem[] = [];
  const operands = values.flatMap((item, at): readonly Operand[] => {
    const place = takes === "many" ? `${path}[${at}]` : path;
    try {
      if (item === null) throw new OperandError("must not be null");
      const read = readOperands(item, field, comparator, environment.country);
      if (field.type === "tags")
        problems.push(...tagProblems(String(item), String(read[0]), place, environment));
      if (field.type === "member" && !environment.memberIds.has(String(read[0]))) {
        problems.push(unknown(`names no member: "${item}"`, place));
      }
      return read;
    } catch (error) {
      if (!(error instanceof OperandError)) throw error;
      problems.push(...wrong(place, error.message, error.suggestions).problems);
      return [];
    }
  });
  return { leaf: { ...leaf, operands }, problems };
}

/** A range of days or times as one comparison with absolute bounds. */
function readRange(
  leaf: Leaf,
  value: unknown,
  takes: "day" | "range" | "duration",
  { clock }: FilterEnvironment,
): Read {
  try {
    const { from, to } = readSpan(value, takes, leaf.field, clock);
    if (from && to) return { leaf: { ...leaf, comparator: "within", operands: [from, to] }, problems: [] };
    if (from) return { leaf: { ...leaf, comparator: "gte", operands: [from] }, problems: [] };
    if (to) return { leaf: { ...leaf, comparator: "lt", operands: [to] }, problems: [] };
    return { leaf: { ...leaf, comparator: "isEmpty", negated: true }, problems: [] };
  } catch (error) {
    if (!(error instanceof OperandError)) throw error;
    return wrong(leaf.path, error.message, error.suggestions);
  }
}

/** A tag named by id must exist; an unknown name matches nothing, but is a problem in a stored list. */
function tagProblems(
  given: string,
  tag: string,
  path: string,
  { tagIds, stored }: FilterEnvironment,
): readonly Problem[] {
  if (isBlank(tag)) return wrong(path, "must not be blank").problems;
  if (tagIds.has(tag) || !(stored || decodeId(tag)?.type === "Tag")) return [];
  return [unknown(`names no tag: ${quote(given.trim())}`, path)];
}

const unknown = (message: string, path: string): Problem => ({
  code: "UNKNOWN_REFERENCE",
  message,
  path,
  suggestions: [],
});

const wrong = (path: string, message: string, suggestions: readonly string[] = []): Read => ({
  leaf: null,
  problems: [{ code: "INVALID_FILTER_VALUE", message, path, suggestions }],
});
