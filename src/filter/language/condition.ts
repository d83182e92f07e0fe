import { decodeId } from "../../db/ids.ts";
import { tagKey } from "../../lib/accents.ts";
import { indexOf } from "../compile/indexes.ts";
import type { FieldType, FilterField } from "../registry/fields.ts";
import { type GenericOperator, genericOperators, positiveOperator } from "../registry/operators.ts";
import type { Registry } from "../registry/registry.ts";
import type { Leaf, Normal } from "./ast.ts";
import type { RelativeRange } from "./dates.ts";
import type { GenericCondition } from "./question.ts";

/** Conditions whose values have the types of their fields, for user interfaces. Pure. */

/** An operand in the type of its field. */
export type Value =
  | Text<"text">
  | Text<"option">
  | Text<"duration">
  | { readonly kind: "number"; readonly number: string }
  | { readonly kind: "boolean"; readonly boolean: boolean }
  | { readonly kind: "date"; readonly date: string }
  | { readonly kind: "dateTime"; readonly dateTime: Date }
  | { readonly kind: "range"; readonly range: RelativeRange }
  /** Row id; null if there is no such tag. */
  | { readonly kind: "tag"; readonly name: string; readonly id: string | null }
  | Reference<"member">
  | Reference<"smartList">
  | Reference<"record">;

interface Text<Kind extends string> {
  readonly kind: Kind;
  readonly text: string;
}

interface Reference<Kind extends string> {
  readonly kind: Kind;
  /** The global id. */
  readonly globalId: string;
  /** The row id; null for a text that is not an id. */
  readonly id: string | null;
}

export interface Condition {
  /** The field as it was written. */
  readonly name: string;
  /** Null if there is no such field. */
  readonly field: FilterField | null;
  readonly op: GenericOperator;
  /** Whether the comparison is negated. */
  readonly not: boolean;
  readonly values: readonly Value[];
  /** The index that can find the rows; null if every row must be read. */
  readonly index: string | null;
  /** Path in the arguments; null for a stored condition. */
  readonly path: string | null;
}

type TagIds = ReadonlyMap<string, string>;

/** A stored condition, which may have become invalid. */
export function storedCondition(
  { field: name, op, value }: GenericCondition,
  registry: Registry,
  tagIds: TagIds,
): Condition {
  const field = registry.find(name)?.field ?? null;
  const values = field === null ? [] : valuesOf(field, op, value, tagIds);
  return { name, field, op, not: false, values, index: null, path: null };
}

/** A comparison of a normalized filter, with its operator in the positive form. */
function conditionOf(leaf: Leaf, tagIds: TagIds): Condition {
  const { field, said, comparator, negated, path } = leaf;
  const ranged = said.op === "ON" || said.op === "WITHIN" || said.op === "OLDER_THAN";
  const op = ranged
    ? said.op
    : comparator === "in" && leaf.operands.length === 1
      ? "EQ"
      : positiveOperator[comparator];
  const values = valuesOf(field, op, said.value, tagIds);
  return { name: field.path, field, op, not: negated, values, index: indexOf(leaf), path };
}

/** A node of a normalized filter, for filter editors. */
export interface TreeNode {
  readonly kind: "ALL" | "NONE" | "AND" | "OR" | "CONDITION" | "SOME" | "NO";
  readonly condition: Condition | null;
  /** The relation of `SOME` and `NO`. */
  readonly relation: string | null;
  readonly nodes: readonly TreeNode[];
}

export function treeOf(node: Normal, tagIds: TagIds): TreeNode {
  const nothing = { condition: null, relation: null, nodes: [] };
  switch (node.kind) {
    case "all":
      return { ...nothing, kind: "ALL" };
    case "none":
      return { ...nothing, kind: "NONE" };
    case "leaf":
      return { ...nothing, kind: "CONDITION", condition: conditionOf(node, tagIds) };
    case "related":
      return {
        ...nothing,
        kind: node.negated ? "NO" : "SOME",
        relation: node.name,
        nodes: [treeOf(node.node, tagIds)],
      };
    default:
      return {
        ...nothing,
        kind: node.kind === "and" ? "AND" : "OR",
        nodes: node.nodes.map((inner) => treeOf(inner, tagIds)),
      };
  }
}

function valuesOf(field: FilterField, op: GenericOperator, value: unknown, tagIds: TagIds): Value[] {
  if (value === undefined || value === null || genericOperators[op].means.takes === "nothing") return [];
  const takes = genericOperators[op].means.takes;
  if (takes === "range")
    return isObject(value) ? [{ kind: "range", range: value as unknown as RelativeRange }] : [];
  if (takes === "duration") return typeof value === "string" ? [{ kind: "duration", text: value }] : [];
  if (takes === "day") return typeof value === "string" ? [{ kind: "date", date: value }] : [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => readValue(field.type, item, tagIds) ?? []);
}

/** Null for a value that does not fit the type, such as a stored operand of a field whose type has changed. */
function readValue(type: FieldType, item: unknown, tagIds: TagIds): Value | null {
  switch (type) {
    case "boolean":
      return typeof item === "boolean" ? { kind: "boolean", boolean: item } : null;
    case "integer":
    case "number":
      return typeof item === "number" || typeof item === "string"
        ? { kind: "number", number: String(item) }
        : null;
    case "dateTime": {
      const dateTime = item instanceof Date ? item : new Date(String(item));
      return Number.isNaN(dateTime.getTime()) ? null : { kind: "dateTime", dateTime };
    }
  }
  if (typeof item !== "string") return null;
  switch (type) {
    case "date":
      return { kind: "date", date: item };
    case "enum":
    case "select":
    case "multiSelect":
    case "currency":
      return { kind: "option", text: item };
    case "tags":
      return { kind: "tag", name: item, id: tagIds.get(tagKey(item)) ?? tagIds.get(item) ?? null };
    case "member":
      return { kind: "member", globalId: item, id: decodeId(item)?.uuid ?? null };
    case "smartList":
      return { kind: "smartList", globalId: item, id: decodeId(item)?.uuid ?? null };
    case "id":
      return { kind: "record", globalId: item, id: decodeId(item)?.uuid ?? null };
    default:
      return { kind: "text", text: item };
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
