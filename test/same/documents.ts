import type { GeneratorValue } from "fast-check";
import fc from "fast-check";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/schema.ts";

/**
 * Random documents over the whole schema: fragments in fragments, aliases, selections of the same field in several
 * places, @skip and @include with literals and variables, arguments by variables, and nested connections.
 */

export interface GeneratedDocument {
  readonly query: string;
  /** Sets of variables to ask it with. */
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

/** How deep selections go, and how many fields they have at most. */
const DEPTH = 5;
const FIELDS = 4;
/** What the server's limits let through. */
const DIRECTIVES = 5;
const ALIASES = 12;

const declared = `$yes: Boolean!, $maybe: Boolean = true, $size: Int, $id: ID!`;

/**
 * Literals of arguments by their names, of which an alias chooses: those that merge have the same ones. Some are
 * refused when they are used.
 */
const literals = (ids: readonly string[]): Readonly<Record<string, readonly string[]>> => ({
  first: ["1", "2", "$size", "101"],
  last: ["1", "3"],
  offset: ["0", "1"],
  trash: ["INCLUDE", "EXCLUDE", "ONLY"],
  timeZone: [`"Europe/Paris"`, `"Mars/Base"`],
  filter: ["{}", "{ not: { id: { in: [] } } }", `{ id: { in: [$id] } }`],
  query: [`{ groups: [{ conditions: [{ field: "id", op: NE, value: "x" }] }] }`, "{ groups: [] }"],
  orderBy: ["[]", "[{ field: CREATED_AT }]", "[{ field: CREATED_AT, direction: DESC, nulls: FIRST }]"],
  id: ["$id", ...ids.map((id) => `"${id}"`), `"nothing"`],
  ids: [`["${ids.join('", "')}"]`, "[$id]", `["${ids[0]}", "${ids[1]}", "${ids[0]}"]`],
  slug: [`"industry"`, `"nope"`],
  text: [`"{{contact.first_name}} {{custom_values.none}}"`],
  entity: ["CONTACT", "LEAD"],
  ignoreOwn: ["true", "$yes"],
});

/** Answers that differ from one moment to the next, or by what else runs. */
const unsteady = new Set(["lastUsedAt", "indexes", "estimate"]);

/** @param ids of records that the caller may see, and of some that they may not */
export const documents = (ids: readonly string[]): fc.Arbitrary<GeneratedDocument> =>
  fc.gen().map((choose) => new Writer(choose, literals(ids)).document(ids));

class Writer {
  readonly #fragments: string[] = [];
  #directives = 0;
  #aliases = 0;

  constructor(
    private readonly choose: GeneratorValue,
    private readonly literals: Readonly<Record<string, readonly string[]>>,
  ) {}

  document(ids: readonly string[]): GeneratedDocument {
    const root = schema.getQueryType() as GraphQLObjectType;
    const body = this.#selection(root, DEPTH);
    const sets = [true, false].map((yes) => ({
      yes,
      id: this.#one(ids),
      ...(this.#chance(2) && { maybe: this.#chance(2) }),
      ...(this.#chance(2) && { size: this.#one([1, 2, null, 0]) }),
    }));
    // What is never used is no valid declaration.
    const whole = [body, ...this.#fragments].join("\n");
    const used = declared.split(", ").filter((variable) => whole.includes(variable.split(":")[0] ?? ""));
    const variables = sets.map((set) =>
      Object.fromEntries(
        Object.entries(set).filter(([name]) => used.some((one) => one.startsWith(`$${name}:`))),
      ),
    );
    const query = `query ${used.length > 0 ? `(${used.join(", ")}) ` : ""}${whole}`;
    return { query, variables };
  }

  #chance = (outOf: number): boolean => this.choose(fc.nat, outOf - 1) === 0;
  #one = <Item>(items: readonly Item[]): Item => items[this.choose(fc.nat, items.length - 1)] as Item;

  /** The fields of a type that can be asked for, as far as there is room below. */
  #selection(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).filter(
      ({ name, type: inner, args }) =>
        !unsteady.has(name) &&
        (depth > 0 || isLeafType(getNamedType(inner))) &&
        args.every((arg) => !isNonNullType(arg.type) || this.literals[arg.name] !== undefined),
    );
    if (fields.length === 0) return "{ __typename }";
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
    const some = Array.from({ length: 1 + this.choose(fc.nat, FIELDS - 1) }, () => this.#one(fields));
    const last = leaves.length > 0 && this.#chance(2) ? [this.#one(leaves)] : [];
    const parts = [...some, ...last].map((field) => this.#wrapped(type, this.#field(field, depth)));
    if (this.#chance(6)) parts.push("__typename");
    return `{ ${parts.join(" ")} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const inner = getNamedType(field.type);
    const choice = this.choose(fc.nat, 3);
    const alias = choice < 2 && this.#aliases < ALIASES ? `${"ab"[choice]}_${field.name}` : null;
    if (alias !== null) this.#aliases += 1;
    const args = field.args.flatMap((arg) => this.#argument(arg, alias === null ? 0 : choice + 1));
    const name = `${alias === null ? "" : `${alias}: `}${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""}`;
    const once = () => {
      const selection = isObjectType(inner)
        ? ` ${this.#selection(inner, depth - 1)}`
        : isInterfaceType(inner)
          ? ` ${this.#abstract(depth - 1)}`
          : "";
      return `${name}${this.#directive()}${selection}`;
    };
    // The same field again, whose selections merge.
    return isLeafType(inner) || !this.#chance(3) ? once() : `${once()} ${once()}`;
  }

  #abstract(depth: number): string {
    const types = ["Contact", "Lead", "Deal", "Tag", "Activity"].map(
      (name) => schema.getType(name) as GraphQLObjectType,
    );
    const inner = this.#one(types);
    return `{ id __typename ... on ${inner.name} ${this.#selection(inner, depth)} }`;
  }

  /** An alias decides which arguments there are, so that fields of one name have the same. */
  #argument({ name, type }: GraphQLArgument, choice: number): string[] {
    const known = this.literals[name];
    if (!known || (!isNonNullType(type) && (name.length + choice) % 3 !== 0)) return [];
    return [`${name}: ${known[(name.length + choice * 2) % known.length]}`];
  }

  /** Fields as they are, in an inline fragment or in one with a name. */
  #wrapped(type: GraphQLObjectType, text: string): string {
    const choice = this.choose(fc.nat, 9);
    if (choice === 0) return `...${this.#directive()} { ${text} }`;
    if (choice === 1) return `... on ${type.name}${this.#directive()} { ${text} }`;
    if (choice === 2 && type.getInterfaces().some(({ name }) => name === "Node"))
      return `... on Node { id ... on ${type.name} { ${text} } ... on Tag { name } }`;
    if (choice > 4) return text;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${text} }`);
    // Spread twice, of which the first may be skipped.
    const again = this.#chance(3) ? ` ...${name}` : "";
    return `...${name}${this.#directive()}${again}`;
  }

  #directive(): string {
    if (this.#directives >= DIRECTIVES || !this.#chance(5)) return "";
    this.#directives += 1;
    const condition = this.#one(["$yes", "$maybe", "true", "false"]);
    return ` @${this.#one(["skip", "include"])}(if: ${condition})`;
  }
}
