import { quote } from "../../errors.ts";
import { isBlank } from "../../lib/fold.ts";
import type { Leaf, Node } from "./ast.ts";
import type { FilterField } from "./fields.ts";
import { nearest } from "./nearest.ts";
import { OperandError, readOperand } from "./operands.ts";
import {
  type GenericOperator,
  genericOperators,
  type Meaning,
  operatorsOf,
  type TypedOperator,
  typedOperators,
} from "./operators.ts";
import type { Registry } from "./registry.ts";

/** Both doors to one tree. Pure; whatever is wrong is collected with its path, so that all of it is told at once. */

/** What one filter may be made of. */
export const limits = { groups: 10, conditions: 20, leaves: 100, depth: 8, values: 500 } as const;

export interface Problem {
  readonly code:
    | "UNKNOWN_FILTER_FIELD"
    | "UNKNOWN_FILTER_OPERATOR"
    | "INVALID_FILTER_VALUE"
    | "FILTER_TOO_LARGE";
  readonly message: string;
  /** Where, such as `query.groups[1].conditions[0].field`. */
  readonly path: string;
  readonly suggestions: readonly string[];
}

/** Generic form: OR of groups, AND inside. */
export interface GenericQuery {
  readonly groups: readonly { readonly conditions: readonly GenericCondition[] }[];
}
export interface GenericCondition {
  readonly field: string;
  readonly op: GenericOperator;
  readonly value?: unknown;
}

/** Typed form, as GraphQL has checked it: `and`, `or`, `not`, and one comparator object a field. */
export type TypedFilter = Readonly<Record<string, unknown>>;

export class Parser {
  readonly problems: Problem[] = [];
  #leaves = 0;

  constructor(readonly registry: Registry) {}

  /** @returns the tree of a generic query; meaningless when there are problems */
  generic(query: GenericQuery, path: string): Node {
    if (query.groups.length === 0) this.#invalid(`${path}.groups`, "must hold at least one group");
    this.#limit(`${path}.groups`, "groups", query.groups.length);
    return {
      kind: "or",
      nodes: query.groups.slice(0, limits.groups).map(({ conditions }, group) => {
        const place = `${path}.groups[${group}].conditions`;
        if (conditions.length === 0) this.#invalid(place, "must hold at least one condition");
        this.#limit(place, "conditions", conditions.length);
        const nodes = conditions
          .slice(0, limits.conditions)
          .map((condition, at) => this.#condition(condition, `${place}[${at}]`));
        return { kind: "and", nodes };
      }),
    };
  }

  #condition({ field: name, op, value }: GenericCondition, path: string): Node {
    const field = this.registry.byName(name);
    if (!field) return this.#unknown(name, `${path}.field`);
    const allowed = operatorsOf[field.type];
    if (!allowed.includes(op)) {
      const message = `${op} does not fit ${quote(field.path)}, which is of type ${field.type}; it takes ${allowed.join(", ")}`;
      this.problems.push({
        code: "UNKNOWN_FILTER_OPERATOR",
        message,
        path: `${path}.op`,
        suggestions: allowed,
      });
      return nothing;
    }
    return this.#leaf(field, genericOperators[op].means, value, `${path}.value`);
  }

  /** @returns the tree of a typed filter; meaningless when there are problems */
  typed(filter: TypedFilter, path: string, depth = 1): Node {
    if (depth > limits.depth) {
      this.#limit(path, "depth", depth);
      return nothing;
    }
    const nodes = Object.entries(filter).map(([name, value]): Node => {
      const place = `${path}.${name}`;
      if (value === null)
        return this.#invalid(place, "must not be null; leave it out to have no such condition");
      switch (name) {
        case "and":
        case "or":
          return {
            kind: name,
            nodes: (value as TypedFilter[]).map((inner, at) =>
              this.typed(inner, `${place}[${at}]`, depth + 1),
            ),
          };
        case "not":
          return { kind: "not", node: this.typed(value as TypedFilter, place, depth + 1) };
        case "customFields":
          return {
            kind: "and",
            nodes: (value as TypedFilter[]).map((inner, at) => this.#custom(inner, `${place}[${at}]`)),
          };
        default: {
          const field = this.registry.byName(name);
          return field ? this.#comparators(field, value as TypedFilter, place) : this.#unknown(name, place);
        }
      }
    });
    return { kind: "and", nodes };
  }

  #custom({ slug, ...comparators }: TypedFilter, path: string): Node {
    const name = `custom.${String(slug)}`;
    const field = this.registry.byName(name);
    if (!field) return this.#unknown(name, `${path}.slug`);
    const nodes = Object.entries(comparators).map(([type, value]): Node => {
      const place = `${path}.${type}`;
      if (value === null)
        return this.#invalid(place, "must not be null; leave it out to have no such condition");
      if (type === field.type) return this.#comparators(field, value as TypedFilter, place);
      const message = `${type} does not fit ${quote(name)}; use ${field.type}`;
      this.problems.push({
        code: "UNKNOWN_FILTER_OPERATOR",
        message,
        path: place,
        suggestions: [field.type],
      });
      return nothing;
    });
    if (nodes.length === 0)
      return this.#invalid(path, `must say what to compare; ${quote(name)} takes ${field.type}`);
    return { kind: "and", nodes };
  }

  /** Several operators of one comparator are AND-ed, all of them. */
  #comparators(field: FilterField, comparators: TypedFilter, path: string): Node {
    return {
      kind: "and",
      nodes: Object.entries(comparators).map(([operator, value]) =>
        this.#leaf(field, typedOperators[operator as TypedOperator], value, `${path}.${operator}`),
      ),
    };
  }

  #leaf(field: FilterField, meaning: Meaning, value: unknown, path: string): Node {
    this.#leaves += 1;
    if (this.#leaves === limits.leaves + 1) this.#limit(path, "leaves", this.#leaves);
    const { comparator, takes } = meaning;
    const leaf: Leaf = { kind: "leaf", field, comparator, operands: [], negated: meaning.negated, path };
    if (takes === "nothing") {
      // The generic door may leave the value out; `false` asks for the complement.
      if (value === undefined || value === true) return leaf;
      return value === false
        ? { ...leaf, negated: !leaf.negated }
        : this.#invalid(path, "must be true or false");
    }
    if (value === null || value === undefined) {
      return this.#invalid(path, "must not be null; use IS_EMPTY (isEmpty) for records without a value");
    }
    if (takes === "many" && !Array.isArray(value)) return this.#invalid(path, "must be a list");
    const values: readonly unknown[] = takes === "many" ? (value as unknown[]) : [value];
    if (this.#limit(path, "values", values.length)) return nothing;
    const operands = values.flatMap((item, at) => {
      const place = takes === "many" ? `${path}[${at}]` : path;
      if (item === null) return this.#noOperand(place, "must not be null", []);
      try {
        const operand = readOperand(item, field);
        // A blank name of a tag names none.
        return field.type === "tags" && isBlank(String(operand))
          ? this.#noOperand(place, "must not be blank", [])
          : [operand];
      } catch (error) {
        if (error instanceof OperandError) return this.#noOperand(place, error.message, error.suggestions);
        throw error;
      }
    });
    return { ...leaf, operands };
  }

  #noOperand(path: string, message: string, suggestions: readonly string[]): [] {
    this.#invalid(path, message, suggestions);
    return [];
  }

  #unknown(name: string, path: string): Node {
    const suggestions = nearest(name, this.registry.names());
    const hint = suggestions[0] === undefined ? "" : `; did you mean ${quote(suggestions[0])}?`;
    const message = `there is no field ${quote(name)} to filter by${hint}`;
    this.problems.push({ code: "UNKNOWN_FILTER_FIELD", message, path, suggestions });
    return nothing;
  }

  #invalid(path: string, message: string, suggestions: readonly string[] = []): Node {
    this.problems.push({ code: "INVALID_FILTER_VALUE", message, path, suggestions });
    return nothing;
  }

  #limit(path: string, what: keyof typeof limits, count: number): boolean {
    if (count <= limits[what]) return false;
    const message = `has ${what === "depth" ? "a depth of " : ""}${count}${what === "depth" ? "" : ` ${what}`}; the limit is ${limits[what]}`;
    this.problems.push({ code: "FILTER_TOO_LARGE", message, path, suggestions: [] });
    return true;
  }
}

/** Stands where a problem is, so that the rest can still be read. */
const nothing: Node = { kind: "or", nodes: [] };
