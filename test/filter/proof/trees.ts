import fc from "fast-check";
import {
  customFields,
  type Entity,
  enums,
  fields,
  type Json,
  type Op,
  operators,
  options,
  type Row,
  relations,
  type Type,
} from "./model.ts";
import { order } from "./reference.ts";
import { tagNames } from "./rows.ts";
import { counted, dayDurations, relative, timedDurations, withHours } from "./spans.ts";
import {
  addressOperand,
  amount,
  countOperand,
  dayOperand,
  momentOperand,
  numberOperand,
  phoneOperand,
  textOperand,
} from "./values.ts";
import type { World } from "./world.ts";

/** Random filters in an abstract form, which `render.ts` turns into each form of the API. */

export interface Comparison {
  readonly op: Op;
  /** Undefined for operators of emptiness. */
  readonly value: Json;
}

export type Tree =
  | { readonly kind: "and" | "or"; readonly nodes: readonly Tree[] }
  | { readonly kind: "not"; readonly node: Tree }
  | {
      readonly kind: "field";
      readonly entity: Entity;
      /** Its name in the query form, such as `owner.role` or `custom.text`. */
      readonly name: string;
      readonly type: Type;
      /** AND-ed. */
      readonly comparisons: readonly Comparison[];
      /** Chooses between equivalent notations. */
      readonly style: number;
    }
  | {
      readonly kind: "related";
      readonly relation: string;
      /** Null if the relation has at most one record. */
      readonly how: "some" | "none" | null;
      readonly node: Tree;
    };

/** The typed form's name of an operator. */
export function typedName(op: Op, type: Type): string {
  if (op === "IS_NOT_EMPTY") return "isEmpty";
  const carries = type === "tags" || type === "multiSelect";
  if (carries && op === "CONTAINS") return "hasAny";
  if (carries && op === "NOT_CONTAINS") return "hasNone";
  return op.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

const often: readonly Op[] = ["WITHIN", "EQ", "IN"];

/** Makes the arbitraries of one world, whose ids filters may name. */
export class Trees {
  readonly #memo = new Map<string, fc.Arbitrary<Tree>>();

  /**
   * @param about the types of fields to filter by; all of them by default
   * @param isRestricted whether to omit fields that count records which a restricted member may not see
   */
  constructor(
    readonly world: World,
    readonly about: readonly Type[] = Object.keys(operators) as Type[],
    readonly isRestricted = false,
  ) {}

  /**
   * Any filter of an entity's records.
   *
   * @param inside relations: the filter is about the records at their end, or about their absence
   */
  filters(entity: Entity, inside: readonly string[] = [], hops = 0): fc.Arbitrary<Tree> {
    const [relation, ...others] = inside;
    if (relation === undefined) return this.#tree(entity, 3 - hops, hops);
    const inner = this.filters(relations[entity][relation]?.entity ?? entity, others, hops + 1);
    const not = fc.record({ kind: fc.constant("not" as const), node: inner });
    return this.#related(entity, relation, fc.oneof(inner, not));
  }

  #tree(entity: Entity, depth: number, hops: number): fc.Arbitrary<Tree> {
    const key = `${entity} ${depth} ${hops}`;
    const known = this.#memo.get(key);
    if (known) return known;
    const leaf = this.#leaf(entity, hops);
    const made = depth === 0 ? leaf : this.#branch(entity, depth, hops, leaf);
    this.#memo.set(key, made);
    return made;
  }

  #branch(entity: Entity, depth: number, hops: number, leaf: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
    const inner = this.#tree(entity, depth - 1, hops);
    const names = hops < 2 ? Object.keys(relations[entity]) : [];
    const group = fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      nodes: fc.array(inner, { maxLength: 3, size: "max" }),
    });
    const not = fc.record({ kind: fc.constant("not" as const), node: inner });
    return fc.oneof(
      { weight: 10, arbitrary: leaf },
      { weight: 6, arbitrary: group },
      { weight: 2, arbitrary: not },
      ...names.map((relation) => ({
        weight: 1,
        arbitrary: this.#related(
          entity,
          relation,
          this.#tree(relations[entity][relation]?.entity ?? entity, depth - 1, hops + 1),
        ),
      })),
    );
  }

  #related(entity: Entity, relation: string, inner: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
    const one = relations[entity][relation]?.one ?? false;
    const everything: Tree = { kind: "and", nodes: [] };
    return fc.record({
      kind: fc.constant("related" as const),
      relation: fc.constant(relation),
      how: one ? fc.constant(null) : fc.constantFrom("some" as const, "none" as const),
      node: fc.oneof({ weight: 8, arbitrary: inner }, { weight: 1, arbitrary: fc.constant(everything) }),
    });
  }

  /** One comparator; all types of fields are equally likely. */
  #leaf(entity: Entity, hops: number): fc.Arbitrary<Tree> {
    const built = Object.entries(fields[entity])
      // In the typed form, an inner filter expresses that a single record is missing; two relations can be nested.
      .filter(([name]) => !relations[entity][name] || (hops < 2 && !relations[entity][name].one))
      .filter(([name]) => !this.isRestricted || name !== "leads.count");
    const custom =
      entity === "contact" ? customFields.map(({ slug, as }): [string, Type] => [`custom.${slug}`, as]) : [];
    const all = [...built, ...custom];
    const kinds = new Set(all.map(([, type]) => type));
    const wanted = [...kinds].filter((type) => this.about.includes(type));
    const types = wanted.length > 0 ? wanted : [...kinds];
    return fc.constantFrom(...types).chain((type) => {
      const names = all.filter((field) => field[1] === type).map(([name]) => name);
      return fc.constantFrom(...names).chain((name) =>
        fc.record({
          kind: fc.constant("field" as const),
          entity: fc.constant(entity),
          name: fc.constant(name),
          type: fc.constant(type),
          comparisons: this.#comparisons(entity, name, type),
          style: fc.nat(11),
        }),
      );
    });
  }

  #comparisons(entity: Entity, name: string, type: Type): fc.Arbitrary<Comparison[]> {
    const known = this.#known(entity, name, type);
    const thought = this.#operand(entity, name, type);
    const operand = known.length === 0 ? thought : fc.oneof(thought, fc.constantFrom(...known));
    const one = fc.oneof(
      // Relative days are error-prone, and equality has several implementations: both are more likely than others.
      ...operators[type]
        .flatMap((op) => (often.includes(op) ? [op, op, op] : op))
        .map(
          (op): fc.Arbitrary<Comparison> => this.#value(op, type, operand).map((value) => ({ op, value })),
        ),
    );
    if (type === "relation") return fc.tuple(one);
    return fc
      .uniqueArray(one, { minLength: 1, maxLength: 3, selector: ({ op }) => typedName(op, type) })
      .filter((comparisons) => !mayCross(comparisons, type));
  }

  #value(op: Op, type: Type, operand: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
    switch (op) {
      case "IS_EMPTY":
      case "IS_NOT_EMPTY":
        return fc.constant(null);
      case "IN":
      case "NOT_IN":
      case "HAS_ANY":
      case "HAS_ALL":
      case "HAS_NONE":
        return fc.array(operand, { maxLength: 4, size: "max" });
      case "ON":
        return dayOperand;
      case "WITHIN":
        return relative(type === "date" ? counted : withHours);
      case "OLDER_THAN":
        return fc.constantFrom(...dayDurations, ...(type === "date" ? [] : timedDurations));
      default:
        return operand;
    }
  }

  #operand(entity: Entity, name: string, type: Type): fc.Arbitrary<Json> {
    const anyCase = (values: readonly string[]) =>
      fc
        .tuple(fc.constantFrom(...values), fc.boolean())
        .map(([text, low]) => (low ? text.toLowerCase() : text));
    switch (type) {
      case "text":
        return name === "currency" ? fc.oneof(anyCase(["EUR", "USD"]), textOperand) : textOperand;
      case "email":
        return name === "email"
          ? addressOperand
          : fc.oneof(fc.constantFrom(...this.world.memberEmails), addressOperand);
      case "phone":
        return phoneOperand;
      case "boolean":
        return fc.boolean();
      case "integer":
        return countOperand;
      case "number":
        return fc.oneof(numberOperand, amount);
      case "currency":
        return anyCase(["EUR", "USD", "JPY", "CHF"]);
      case "date":
        return dayOperand;
      case "dateTime":
        return momentOperand;
      case "enum":
        return anyCase(enums[`${entity}.${name}`] ?? enums[name.split(".").at(-1) ?? ""] ?? []);
      case "select":
      case "multiSelect":
        return anyCase(options);
      case "tags":
        return fc.oneof(
          { weight: 5, arbitrary: anyCase([...tagNames, " vip ", "CAFÉ", "STRASSE"]) },
          { weight: 2, arbitrary: fc.constantFrom(...this.world.tagIds) },
        );
      case "member":
        return fc.constantFrom(...this.world.memberIds);
      case "id":
        return this.#ids(entity);
      case "relation":
        return fc.constant(null);
    }
  }

  /** Values of existing records, so that filters find some. */
  #known(entity: Entity, name: string, type: Type): readonly Json[] {
    if (!["text", "email", "number", "date", "dateTime"].includes(type)) return [];
    const { rows } = this.world;
    const inside = (relation: string) => rows.flatMap((row) => row[relation] as readonly Row[]);
    const records: readonly Row[] =
      entity === "contact"
        ? rows
        : entity === "activity"
          ? inside("deals").flatMap((row) => row.activities as Row[])
          : inside(`${entity}s`);
    const [first = "", slug] = name.split(".");
    const values = records.flatMap((record) =>
      first === "custom" ? (record.custom as Row)[slug ?? ""] : record[name],
    );
    const texts = values
      .filter((value) => typeof value === "string" || typeof value === "number")
      .map(String);
    return type === "text" || type === "email" ? texts.flatMap((text) => [text, text.toUpperCase()]) : texts;
  }

  #ids(entity: Entity): fc.Arbitrary<string> {
    if (entity === "contact") return fc.constantFrom(...this.world.contactIds);
    const inside = (relation: string) =>
      this.world.rows.flatMap((row) => row[relation] as { id: string }[]).map(({ id }) => id);
    const all = { deal: "deals", activity: "activities", conversation: "conversations", lead: "leads" };
    return fc.constantFrom(...inside(all[entity]).slice(0, 12));
  }
}

const lower: readonly Op[] = ["GT", "GTE"];
const upper: readonly Op[] = ["LT", "LTE"];

/** Whether a comparator may have its lower bound above its upper bound, which the API refuses. */
function mayCross(comparisons: readonly Comparison[], type: Type): boolean {
  const of = (ops: readonly Op[]) => comparisons.filter(({ op }) => ops.includes(op));
  return of(upper).some((end) => of(lower).some((begin) => order(type, end.value, begin.value) < 0));
}
