import {
  aliasesOf,
  type Entity,
  type Input,
  type Json,
  negatives,
  relations,
  type Type,
  twins,
} from "./model.ts";
import { type Comparison, type Tree, typedName } from "./trees.ts";

/** Renders an abstract filter in each form. */

/** The filter of the typed form. */
export function typed(tree: Tree): Input {
  switch (tree.kind) {
    case "not":
      return { not: typed(tree.node) };
    case "and":
    case "or":
      return { [tree.kind]: tree.nodes.map(typed) };
    case "related":
      return { [tree.relation]: tree.how === null ? typed(tree.node) : { [tree.how]: typed(tree.node) } };
    case "field":
      return typedField(tree);
  }
}

function typedField({ entity, name, type, comparisons, style }: Extract<Tree, { kind: "field" }>): Input {
  const [first = "", second] = name.split(".");
  if (type === "relation") {
    const empty = comparisons[0]?.op === "IS_EMPTY";
    return { [first]: { [empty ? "none" : "some"]: {} } };
  }
  const said = Object.fromEntries(comparisons.map((one) => [typedName(one.op, type), typedValue(one, type)]));
  if (first === "custom") return { customFields: [{ slug: second ?? "", [type]: said }] };
  if (second !== undefined) return { [first]: { [second]: said } };
  // Two comparators of one field may be in one object or in two.
  const [one, ...others] = Object.entries(said);
  if (style % 3 !== 0 || !one || others.length === 0 || relations[entity][first]) return { [first]: said };
  return { and: [{ [first]: Object.fromEntries([one]) }, { [first]: Object.fromEntries(others) }] };
}

const carrying = (type: Type) => type === "tags" || type === "multiSelect";

function typedValue({ op, value }: Comparison, type: Type): Json {
  if (op === "IS_EMPTY" || op === "IS_NOT_EMPTY") return op === "IS_EMPTY";
  return carrying(type) && !Array.isArray(value) ? [value] : value;
}

interface Condition extends Comparison {
  readonly path: string;
  readonly type: Type;
  readonly style: number;
}

const limits = { groups: 10, conditions: 20 };

/** The query of the query form; null if that form cannot express the filter. */
export function generic(tree: Tree, entity: Entity): Input | null {
  const groups = groupsOf(tree, false);
  if (!groups || groups.length === 0 || groups.length > limits.groups) return null;
  if (groups.some((group) => group.length === 0 || group.length > limits.conditions)) return null;
  return { groups: groups.map((group) => ({ conditions: group.map((each) => written(each, entity)) })) };
}

/** OR of AND groups in which only operators are negated, by their twins; null if that is not possible. */
function groupsOf(tree: Tree, negated: boolean): Condition[][] | null {
  switch (tree.kind) {
    case "not":
      return groupsOf(tree.node, !negated);
    case "and":
    case "or": {
      const parts = tree.nodes.map((node) => groupsOf(node, negated));
      const known = parts.filter((part) => part !== null);
      if (known.length < parts.length) return null;
      if ((tree.kind === "or") !== negated) return known.flat();
      return known.reduce<Condition[][]>(
        (groups, part) => groups.flatMap((group) => part.map((more) => [...group, ...more])),
        [[]],
      );
    }
    case "field": {
      const { name, type, style } = tree;
      const conditions = tree.comparisons.map((one) => ({ ...one, path: name, type, style }));
      if (!negated) return [conditions];
      const turned = conditions.map(turn).filter((one) => one !== null);
      return turned.length < conditions.length ? null : turned.map((one) => [one]);
    }
    case "related": {
      const condition = throughRelation(tree, negated);
      return condition && [[condition]];
    }
  }
}

function turn(condition: Condition): Condition | null {
  const op = twins[condition.op];
  return op === undefined ? null : { ...condition, op };
}

/** A comparison of a field of related records: at least one record fulfils it, or none does. */
function throughRelation(tree: Extract<Tree, { kind: "related" }>, negated: boolean): Condition | null {
  const inner = single(tree.node);
  const none = (tree.how === "none") !== negated;
  if (inner === "everything") {
    const op = none ? "IS_EMPTY" : "IS_NOT_EMPTY";
    return { path: tree.relation, type: "relation", op, value: null, style: 0 };
  }
  if (!inner || negatives.includes(inner.op)) return null;
  const condition = { ...inner, path: `${tree.relation}.${inner.path}` };
  return none ? turn(condition) : condition;
}

/** The only comparison of a filter of related records. */
function single(tree: Tree): Condition | "everything" | null {
  if (tree.kind === "and" && tree.nodes.length === 0) return "everything";
  if (tree.kind === "and" && tree.nodes.length === 1 && tree.nodes[0]) return single(tree.nodes[0]);
  if (tree.kind === "related" && tree.how !== "none") return throughRelation(tree, false);
  const [comparison, ...others] = tree.kind === "field" ? tree.comparisons : [];
  if (tree.kind !== "field" || !comparison || others.length > 0) return null;
  return { ...comparison, path: tree.name, type: tree.type, style: tree.style };
}

/** A condition as a client may send it: with any name of the field, and emptiness in any of its notations. */
function written({ path, type, op, value, style }: Condition, entity: Entity): Input {
  const names = [path, ...aliasesOf(entity, path)];
  const field = names[style % names.length] ?? path;
  if (op === "IS_EMPTY" || op === "IS_NOT_EMPTY") {
    const other = op === "IS_EMPTY" ? "IS_NOT_EMPTY" : "IS_EMPTY";
    if (style % 3 === 0) return { field, op };
    return style % 3 === 1 ? { field, op, value: true } : { field, op: other, value: false };
  }
  if (carrying(type) && Array.isArray(value) && value.length === 1 && style % 2 === 0) {
    if (op === "HAS_ANY" || op === "HAS_ALL") return { field, op: "CONTAINS", value: value[0] ?? null };
    if (op === "HAS_NONE") return { field, op: "NOT_CONTAINS", value: value[0] ?? null };
  }
  // A number with more digits must be sent as text.
  const short =
    type === "number" &&
    typeof value === "string" &&
    String(Number(value)) === value &&
    value.replace(/\D/g, "").length <= 15;
  return { field, op, value: short && style % 2 === 0 ? Number(value) : value };
}
