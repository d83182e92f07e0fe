import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/schema.ts";
import { basesOf } from "./bases.ts";
import type { Choice } from "./names.ts";
import { selectionOf } from "./selections.ts";
import type { Values } from "./values.ts";

/** Operations for every field that takes arguments, one for each thing that can be said in each of them. */

export interface Operation {
  /** Such as `Mutation.contactUpdate id hidden`. */
  readonly name: string;
  /** The field that it is about, as `Type.field`. */
  readonly field: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Variables that name a record that never was, where the others name one that the caller may not see. */
  readonly absent?: Readonly<Record<string, unknown>>;
  readonly isMutation: boolean;
  /** Sent as the `file` of its first variable. */
  readonly file?: string;
}

/** Something to be said in an argument of a field. */
export interface Plan {
  /** The arguments and input fields that it says something in, as `Type.field(argument)` and `Type.field`. */
  readonly places: readonly string[];
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly arg: GraphQLArgument;
  readonly choice: Choice;
}

/** Objects inside each other in an answer that is asked for what an argument does. */
const SHALLOW = 1;
/** A payload's errors name records too. */
const PAYLOAD = 2;
const DEEP = 3;

const selections = new Map<string, string>();

/** Objects inside each other that a field's answer shows, where the server's limits say so. */
const depths = new Map<string, number>();

/** Has a field's answer show less. @returns false when it shows no objects by now */
export function shallower(field: string): boolean {
  const depth = depths.get(field) ?? DEEP;
  depths.set(field, depth - 1);
  return depth > 0;
}

/** A step on the way from the operation to a field. */
interface Step {
  readonly field: GraphQLField<unknown, unknown>;
  readonly parent: GraphQLObjectType;
}

/** A field that is asked, after its type. */
export type Asked = readonly [GraphQLObjectType, GraphQLField<unknown, unknown>];
type Fields = readonly Asked[];

/** Whether the fields of a type change something. */
export const isMutation = (type: GraphQLObjectType): boolean => type === schema.getMutationType();

const roots = [schema.getQueryType(), schema.getMutationType()].filter((type) => type != null);

/** The shortest way to each type, from one record first. */
const ways = new Map<string, readonly Step[]>();
{
  const query = schema.getQueryType();
  const queue: { type: GraphQLObjectType; way: readonly Step[] }[] = query ? [{ type: query, way: [] }] : [];
  for (let at = 0; at < queue.length; at += 1) {
    const { type, way } = queue[at] as (typeof queue)[number];
    const fields = Object.values(type.getFields());
    // A field that names its record leads to one that is there.
    fields.sort((a, b) => Number(takesId(b)) - Number(takesId(a)));
    for (const field of fields) {
      const inner = getNamedType(field.type);
      if (!isObjectType(inner) || ways.has(inner.name)) continue;
      ways.set(inner.name, [...way, { parent: type, field }]);
      queue.push({ type: inner, way: [...way, { parent: type, field }] });
    }
  }
}

function takesId({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name }) => name === "id");
}

/** Every field that takes arguments, those of queries first. */
export const fieldsWithArguments = (): Fields => {
  const types = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith("__"),
  );
  const order = (type: GraphQLObjectType) => roots.indexOf(type) + 1 || roots.length + 1;
  return types
    .sort((a, b) => order(a) - order(b))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ args }) => args.length > 0 || isMutation(type))
        .map((field) => [type, field] as const),
    );
};

/** Every field of the query type. */
export const questions = (): Fields => {
  const query = schema.getQueryType();
  return query ? Object.values(query.getFields()).map((field) => [query, field] as const) : [];
};

export class Operations {
  constructor(private readonly values: Values) {}

  /** A field by the arguments that it cannot do without. */
  plain(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, isDeep = true): Operation {
    const depth = isDeep ? DEEP : this.#depth(parent);
    return this.#operation(parent, field, "plain", depth, this.base(parent, field));
  }

  /** Each thing that is said in each argument of a field. */
  *plans(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Generator<Plan> {
    for (const arg of field.args) {
      for (const choice of this.values.choices(arg.type, [field.name, arg.name]))
        yield {
          parent,
          field,
          arg,
          choice,
          places: [...(choice.at ?? []), `${parent.name}.${field.name}(${arg.name})`],
        };
    }
  }

  /** The operation that says it. */
  of = (plan: Plan): Operation => this.together([plan]);

  /** One operation that says several things of the same field; the last one of those that exclude each other. */
  together(plans: readonly Plan[]): Operation {
    const [first] = plans;
    if (!first) throw new Error("nothing is said");
    const { parent, field, choice } = first;
    const base = this.base(parent, field);
    const say = (said: (choice: Choice) => unknown) => {
      const args: Record<string, unknown> = { ...base };
      for (const { arg, choice: one } of plans) args[arg.name] = merged(args[arg.name], said(one));
      return args;
    };
    const names = plans.map(
      ({ arg, choice: { kind, type } }) => `${arg.name} ${kind}${type ? ` ${type}` : ""}`,
    );
    const args = say(({ value }) => value);
    const isForeign = plans.some(({ choice: { absent } }) => absent !== undefined);
    const absent = isForeign ? say((one) => one.absent ?? one.value) : undefined;
    return this.#operation(parent, field, names.join(", "), this.#depth(parent), args, absent, choice.type);
  }

  #depth = (parent: GraphQLObjectType) => (isMutation(parent) ? PAYLOAD : SHALLOW);

  /** A field by these arguments, with a deep answer. */
  given(name: string, args: Readonly<Record<string, unknown>>, file?: string): Operation {
    const [parent, field] = roots
      .map((root) => [root, root.getFields()[name]] as const)
      .find(([, found]) => found !== undefined) ?? [undefined, undefined];
    if (!parent || !field) throw new Error(`there is no field ${name}: test/tenancy/situations.ts`);
    const operation = this.#operation(parent, field, "in a situation", DEEP, args);
    return file === undefined ? operation : { ...operation, file };
  }

  base(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Record<string, unknown> {
    const given = basesOf(this.values.cast)[field.name] ?? {};
    const required = field.args.filter(
      ({ type, defaultValue, name }) =>
        String(type).endsWith("!") && defaultValue === undefined && !(name in given),
    );
    const page =
      parent.name === "Query" && field.args.some(({ name }) => name === "first") ? { first: 6 } : {};
    return {
      ...page,
      ...Object.fromEntries(
        required.map((arg) => [arg.name, this.values.base(arg.type, [field.name, arg.name])]),
      ),
      ...given,
    };
  }

  #operation(
    parent: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    about: string,
    depth: number,
    args: Readonly<Record<string, unknown>>,
    absent?: Readonly<Record<string, unknown>>,
    typeName?: string,
  ): Operation {
    const changes = isMutation(parent);
    const way = changes || parent === schema.getQueryType() ? [] : (ways.get(parent.name) ?? []);
    const key = `${parent.name}.${field.name}`;
    const inner = (typeName && schema.getType(typeName)) || getNamedType(field.type);
    const selection = this.#select(key, inner, depth);
    const typed = typeName ? `{ ... on ${typeName} ${selection} }` : selection;
    const declared: string[] = [];
    const variables: Record<string, unknown> = {};
    const missing: Record<string, unknown> = {};
    const say = (of: GraphQLField<unknown, unknown>, given: object, others: object = given) => {
      const parts = Object.entries(given).map(([name, value]) => {
        const arg = of.args.find((one) => one.name === name);
        if (!arg) throw new Error(`${of.name} has no argument ${name}`);
        const variable = `v${declared.length}`;
        declared.push(`$${variable}: ${arg.type}`);
        variables[variable] = value;
        missing[variable] = (others as Record<string, unknown>)[name];
        return `${name}: $${variable}`;
      });
      return `${of.name}${parts.length > 0 ? `(${parts.join(", ")})` : ""}`;
    };
    const steps = way.map((step) => say(step.field, this.base(step.parent, step.field)));
    const last = `${say(field, args, absent)} ${typed}`;
    const body = [...steps, last].reduceRight((inside, outside) => `${outside} { __typename ${inside} }`);
    const head = declared.length > 0 ? `(${declared.join(", ")})` : "";
    return {
      name: `${key} ${about}`,
      field: key,
      query: `${changes ? "mutation" : "query"} ${head} { __typename ${body} }`,
      variables,
      ...(absent && { absent: missing }),
      isMutation: changes,
    };
  }

  #select(key: string, type: GraphQLNamedType, wanted: number): string {
    const depth = Math.min(wanted, depths.get(key) ?? DEEP);
    const at = `${type.name} ${depth}`;
    const known = selections.get(at) ?? selectionOf(type, depth);
    selections.set(at, known);
    return known;
  }
}

/** An input with what a choice says of it. */
const merged = (base: unknown, value: unknown): unknown =>
  isRecord(base) && isRecord(value) ? { ...base, ...value } : value;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
