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

/** Operations for every field with arguments: one for each value of each argument. */

export interface Operation {
  /** Such as `Mutation.contactUpdate id hidden`. */
  readonly name: string;
  /** The tested field, as `Type.field`. */
  readonly field: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Variables that name a record that never existed, instead of one that the caller may not see. */
  readonly absent?: Readonly<Record<string, unknown>>;
  readonly isMutation: boolean;
  /** Text of the file that is sent as `file` of the first variable. */
  readonly file?: string;
}

/** A value for an argument of a field. */
export interface Plan {
  /** The arguments and input fields that contain the value, as `Type.field(argument)` and `Type.field`. */
  readonly places: readonly string[];
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly arg: GraphQLArgument;
  readonly choice: Choice;
}

/** Depth of nested objects in answers to operations that test an argument. */
const SHALLOW = 1;
/** The depth for payloads: their errors contain records too. */
const PAYLOAD = 2;
const DEEP = 3;

const selections = new Map<string, string>();

/** Depth of nested objects in a field's answer, if the server's limits require a smaller one. */
const depths = new Map<string, number>();

/** Reduces the depth of a field's answer. @returns false if it has no objects any more */
export function shallower(field: string): boolean {
  const depth = depths.get(field) ?? DEEP;
  depths.set(field, depth - 1);
  return depth > 0;
}

/** A step on the path from the operation to a field. */
interface Step {
  readonly field: GraphQLField<unknown, unknown>;
  readonly parent: GraphQLObjectType;
}

/** A field to query, with its parent type. */
export type Asked = readonly [GraphQLObjectType, GraphQLField<unknown, unknown>];
type Fields = readonly Asked[];

/** Whether a type is the mutation type. */
export const isMutation = (type: GraphQLObjectType): boolean => type === schema.getMutationType();

const roots = [schema.getQueryType(), schema.getMutationType()].filter((type) => type != null);

/** The shortest path to each type, preferably through a single record. */
const ways = new Map<string, readonly Step[]>();
{
  const query = schema.getQueryType();
  const queue: { type: GraphQLObjectType; way: readonly Step[] }[] = query ? [{ type: query, way: [] }] : [];
  for (let at = 0; at < queue.length; at += 1) {
    const { type, way } = queue[at] as (typeof queue)[number];
    const fields = Object.values(type.getFields());
    // Fields with an id argument come first: their record exists.
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

/** Every field with arguments; fields of queries come first. */
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

  /** A field with only its required arguments. */
  plain(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, isDeep = true): Operation {
    const depth = isDeep ? DEEP : this.#depth(parent);
    return this.#operation(parent, field, "plain", depth, this.base(parent, field));
  }

  /** All values of all arguments of a field. */
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

  /** The operation with this value. */
  of = (plan: Plan): Operation => this.together([plan]);

  /** One operation with several values for the same field; of values that exclude each other, it has the last. */
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

  /** A field with these arguments, and a deep answer. */
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

/** Merges the value of a choice into an input. */
const merged = (base: unknown, value: unknown): unknown =>
  isRecord(base) && isRecord(value) ? { ...base, ...value } : value;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
