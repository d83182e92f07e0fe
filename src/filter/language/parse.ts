import { quote } from "../../lib/errors.ts";
import { crossing } from "../registry/crossing.ts";
import type { FilterField } from "../registry/fields.ts";
import { nearest } from "../registry/nearest.ts";
import {
  type GenericOperator,
  genericNameOf,
  genericOperators,
  operatorsOf,
  type TypedOperator,
  typedOperators,
} from "../registry/operators.ts";
import type { Registry } from "../registry/registry.ts";
import { throughRelations } from "../registry/through.ts";
import type { Leaf, Node } from "./ast.ts";
import { type Read, readComparison } from "./leaf.ts";
import { limitProblem, limits, type Problem, Total } from "./problem.ts";
import type { FilterEnvironment, GenericCondition, GenericQuery, TypedFilter } from "./question.ts";

/**
 * Parses both filter forms to one tree. Pure; collects all problems with their paths, so that all are reported at
 * once.
 */

/** The position of a part of a filter. */
interface Place {
  readonly registry: Registry;
  readonly path: string;
  readonly depth: number;
  /** Number of relations that lead to this part. */
  readonly hops: number;
}

export class Parser {
  readonly problems: Problem[] = [];
  #leaves = 0;

  /** @param open the smart lists that are being expanded, outermost first */
  constructor(
    readonly registry: Registry,
    readonly environment: FilterEnvironment,
    readonly open: readonly string[] = [],
    readonly total = new Total(),
  ) {}

  /** @returns the trees of a generic query's groups; not valid if there are problems */
  groups(query: GenericQuery, path: string): Node[] {
    if (query.groups.length === 0) this.#invalid(`${path}.groups`, "must hold at least one group");
    this.#limit(`${path}.groups`, "groups", query.groups.length);
    return query.groups.slice(0, limits.groups).map(({ conditions }, group): Node => {
      const place = `${path}.groups[${group}].conditions`;
      if (conditions.length === 0) this.#invalid(place, "must hold at least one condition");
      this.#limit(place, "conditions", conditions.length);
      const nodes = conditions
        .slice(0, limits.conditions)
        .map((condition, at) => this.#condition(condition, `${place}[${at}]`));
      return { kind: "and", nodes };
    });
  }

  #condition({ field: name, op, value }: GenericCondition, path: string): Node {
    const found = this.registry.find(name);
    if (!found) return this.#unknown(name, `${path}.field`, this.registry);
    const { field, through } = found;
    if (this.#limit(`${path}.field`, "relations", through.length)) return nothing;
    const allowed = operatorsOf[field.type];
    if (!allowed.includes(op)) {
      const message = `${op} does not fit ${quote(name)}, which is of type ${field.type}; it takes ${allowed.join(", ")}`;
      this.problems.push({
        code: "UNKNOWN_FILTER_OPERATOR",
        message,
        path: `${path}.op`,
        suggestions: allowed,
      });
      return nothing;
    }
    const { means } = genericOperators[op];
    const given = means.takes === "nothing" ? (value ?? undefined) : value; // lists show null for no value
    const node = this.#leaf(field, op, means, given, `${path}.value`);
    return through.length > 0 && node.kind === "leaf" ? throughRelations(node, through) : node;
  }

  /** @returns the tree of a typed filter; not valid if there are problems */
  typed(filter: TypedFilter, path: string): Node {
    return this.#typed(filter, { registry: this.registry, path, depth: 1, hops: 0 });
  }

  #typed(filter: TypedFilter, place: Place): Node {
    const { registry, path, depth } = place;
    if (this.#limit(path, "depth", depth) || this.#limit(path, "relations", place.hops)) return nothing;
    const inside = (value: unknown, name: string) =>
      this.#typed(value as TypedFilter, { ...place, path: `${path}.${name}`, depth: depth + 1 });
    const nodes = Object.entries(filter).map(([name, value]): Node => {
      if (value === null) return this.#isNull(`${path}.${name}`);
      switch (name) {
        case "and":
        case "or":
          return {
            kind: name,
            nodes: (value as TypedFilter[]).map((inner, at) => inside(inner, `${name}[${at}]`)),
          };
        case "not":
          return { kind: "not", node: inside(value, name) };
        case "customFields":
          return {
            kind: "and",
            nodes: (value as TypedFilter[]).map((inner, at) =>
              this.#custom(inner, { ...place, path: `${path}.${name}[${at}]` }),
            ),
          };
      }
      const field = registry.byName(name);
      const here = { ...place, path: `${path}.${name}` };
      if (!field) return this.#unknown(name, here.path, registry);
      return field.storage.kind === "relation"
        ? this.#relation(field, value as TypedFilter, here)
        : this.#comparators(field, value as TypedFilter, here);
    });
    return { kind: "and", nodes };
  }

  /** Related records: a filter of a to-one relation, or `some`, `none` and `count` of a to-many relation. */
  #relation(field: FilterField, value: TypedFilter, place: Place): Node {
    if (field.storage.kind !== "relation") return nothing;
    const { relation } = field.storage;
    const inner = (filter: unknown, path: string, negated: boolean): Node => ({
      kind: "related",
      relation,
      name: field.path,
      negated,
      path,
      node: this.#typed(filter as TypedFilter, {
        registry: place.registry.related(field),
        path,
        depth: place.depth + 1,
        hops: place.hops + 1,
      }),
    });
    if (relation.one) return inner(value, place.path, false);
    const nodes = Object.entries(value).map(([name, filter]): Node => {
      const path = `${place.path}.${name}`;
      if (filter === null) return this.#isNull(path);
      if (name !== "count") return inner(filter, path, name === "none");
      const count = place.registry.byName(`${field.path}.count`);
      return count ? this.#comparators(count, filter as TypedFilter, { ...place, path }) : nothing;
    });
    return { kind: "and", nodes };
  }

  #custom({ slug, ...comparators }: TypedFilter, place: Place): Node {
    const name = `custom.${String(slug)}`;
    const field = place.registry.byName(name);
    if (!field) return this.#unknown(name, `${place.path}.slug`, place.registry);
    const nodes = Object.entries(comparators).map(([type, value]): Node => {
      const path = `${place.path}.${type}`;
      if (value === null) return this.#isNull(path);
      if (type === field.type) return this.#comparators(field, value as TypedFilter, { ...place, path });
      const message = `${type} does not fit ${quote(name)}; use ${field.type}`;
      this.problems.push({ code: "UNKNOWN_FILTER_OPERATOR", message, path, suggestions: [field.type] });
      return nothing;
    });
    if (nodes.length === 0) {
      return this.#invalid(place.path, `must say what to compare; ${quote(name)} takes ${field.type}`);
    }
    return { kind: "and", nodes };
  }

  /** Several operators in one comparator are AND-ed. */
  #comparators(field: FilterField, comparators: TypedFilter, place: Place): Node {
    const nodes = Object.entries(comparators).map(([operator, value]): Node => {
      const path = `${place.path}.${operator}`;
      // Properties of a member (role, email) have comparators of their own.
      const part =
        operator in typedOperators ? undefined : place.registry.byName(`${field.path}.${operator}`);
      if (part && value === null) return this.#isNull(path);
      if (part) return this.#comparators(part, value as TypedFilter, { ...place, path });
      const name = operator as TypedOperator;
      return this.#leaf(field, genericNameOf(name), typedOperators[name], value, path);
    });
    this.#crossing(nodes);
    return { kind: "and", nodes };
  }

  #leaf(
    field: FilterField,
    op: GenericOperator,
    meaning: (typeof genericOperators)[GenericOperator]["means"],
    value: unknown,
    path: string,
  ): Node {
    this.#leaves += 1;
    if (this.#leaves === limits.leaves + 1) this.#limit(path, "leaves", this.#leaves);
    if (!this.total.hasRoom()) return this.#total(path);
    if (field.allData && this.environment.restricted) {
      const message = `${quote(field.path)} counts what a member restricted to assigned data may not see`;
      this.problems.push({ code: "NEEDS_ALL_DATA", message, path, suggestions: [] });
      return nothing;
    }
    const read: Read = readComparison(field, op, meaning, value, path, this.environment);
    this.problems.push(...read.problems);
    if (read.leaf === null || read.problems.length > 0) return nothing;
    return field.type === "smartList" ? this.#lists(read.leaf) : read.leaf;
  }

  /** A condition that names smart lists is replaced by their filters. */
  #lists({ operands, negated, path }: Leaf): Node {
    const { lists, clock } = this.environment;
    const nodes = operands.map((operand): Node => {
      const list = lists.get(String(operand));
      if (!list) return this.#refer("UNKNOWN_REFERENCE", "names no smart list", path);
      if (this.open.includes(list.id)) {
        return this.#refer("CIRCULAR_LIST", `leads back to the smart list ${quote(list.name)}`, path);
      }
      const environment = {
        ...this.environment,
        stored: true,
        clock: { ...clock, timeZone: list.timeZone ?? clock.timeZone },
      };
      const parser = new Parser(this.registry, environment, [...this.open, list.id], this.total);
      const tree = parser.groups(list.query, "query");
      const [problem] = parser.problems;
      if (problem?.code === "CIRCULAR_LIST") return this.#refer(problem.code, problem.message, path);
      if (this.total.spent) return this.#total(path);
      if (problem) {
        const message = `names the smart list ${quote(list.name)}, which cannot be read: ${problem.path} ${problem.message}`;
        return this.#refer("UNKNOWN_REFERENCE", message, path);
      }
      return { kind: "or", nodes: tree };
    });
    const any: Node = { kind: "or", nodes };
    return negated ? { kind: "not", node: any } : any;
  }

  #refer(code: "UNKNOWN_REFERENCE" | "CIRCULAR_LIST", message: string, path: string): Node {
    this.problems.push({ code, message, path, suggestions: [] });
    return nothing;
  }

  /** Exchanged bounds in one comparator are a problem; other contradictions match nothing. */
  #crossing(nodes: readonly Node[]): void {
    const found = crossing(nodes);
    if (found) this.#invalid(found.path, "makes a range whose end is before its start");
  }

  #unknown(name: string, path: string, registry: Registry): Node {
    const suggestions = nearest(name, registry.allNames());
    const hint = suggestions[0] === undefined ? "" : `; did you mean ${quote(suggestions[0])}?`;
    const message = `there is no filter field ${quote(name)}${hint}`;
    this.problems.push({ code: "UNKNOWN_FILTER_FIELD", message, path, suggestions });
    return nothing;
  }

  #isNull(path: string): Node {
    return this.#invalid(path, "must not be null; omit it to have no such condition");
  }

  #invalid(path: string, message: string): Node {
    this.problems.push({ code: "INVALID_FILTER_VALUE", message, path, suggestions: [] });
    return nothing;
  }

  /** The limit is reported once, even if several lists exceed it. */
  #total(path: string): Node {
    if (this.problems.at(-1)?.code !== "FILTER_TOO_LARGE") this.#limit(path, "total", limits.total + 1);
    return nothing;
  }

  #limit(path: string, what: keyof typeof limits, count: number): boolean {
    const problem = limitProblem(path, what, count);
    if (problem) this.problems.push(problem);
    return problem !== null;
  }
}

/** Placeholder for a part with a problem, so that parsing can continue. */
const nothing: Node = { kind: "or", nodes: [] };
