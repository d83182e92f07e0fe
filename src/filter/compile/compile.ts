import { Prisma } from "../../generated/prisma/browser.ts";
import { orderKey } from "../../lib/accents.ts";
import { formatDay } from "../../lib/exact.ts";
import type { Leaf, Normal, Operand, Related } from "../language/ast.ts";
import {
  type FilterField,
  facetToken,
  holdsOrderKeys,
  MAX_TOKEN_VALUE,
  presenceToken,
} from "../registry/fields.ts";
import type { Comparator } from "../registry/operators.ts";
import { countWhere } from "./counts.ts";
import { hasToken, joinLists, LONG_LIST } from "./long-lists.ts";
import {
  everything,
  hasTrigram,
  isRange,
  type KeyPart,
  keyPart,
  literal,
  nothing,
  oneOf,
  opposite,
  partOfOrderKey,
} from "./parts.ts";

/**
 * Compiles a normalised filter to one Prisma `where`. Pure. Every leaf is true or false for every row: a negated
 * comparison also matches rows without a value, which SQL's NOT would leave out.
 */

export type Where = Readonly<Record<string, unknown>>;

/** Ids of the tags that the filter names, by folded name or by id. A name without a tag matches nothing. */
export type TagIds = ReadonlyMap<string, string>;

export function compile(node: Normal, tagIds: TagIds): Where {
  switch (node.kind) {
    case "all":
      return {};
    case "none":
      return nothing;
    case "and":
      return { AND: joinLists(node.nodes, "and").map((inner) => compile(inner, tagIds)) };
    case "or":
      return { OR: joinLists(node.nodes, "or").map((inner) => compile(inner, tagIds)) };
    case "related":
      return relatedWhere(node, tagIds);
    case "leaf":
      return compileLeaf(node, tagIds);
  }
}

/** Condition that a related record exists; the scoped client adds which ones the member may see. */
function relatedWhere({ relation, node, negated }: Related, tagIds: TagIds): Where {
  const inner = compile(node, tagIds);
  const match = relation.live ? { AND: [{ deletedAt: null }, inner] } : inner;
  if (!relation.one) return { [relation.relation]: { [negated ? "none" : "some"]: match } };
  const where = { [relation.relation]: { is: match } };
  return negated ? { NOT: where } : where;
}

function compileLeaf(leaf: Leaf, tagIds: TagIds): Where {
  const { storage } = leaf.field;
  switch (storage.kind) {
    case "column":
      return storage.via ? throughWhere(leaf, storage.column, storage.via) : columnWhere(leaf, storage);
    case "lines":
      return linesWhere(leaf, storage);
    case "array":
      return arrayWhere(leaf, storage.column, tagIds);
    case "count":
      return countWhere(leaf, storage);
    case "key":
      return keyWhere(leaf, storage.key);
    case "custom":
      return customWhere(leaf, storage.slug);
    case "relation":
      return relatedWhere(
        {
          ...leaf,
          kind: "related",
          relation: storage.relation,
          name: "",
          node: { kind: "all" },
          negated: !leaf.negated,
        },
        tagIds,
      );
    case "lists":
      throw new Error("smart lists are replaced by what they say before anything is compiled");
  }
}

/** A comparison with a column of one related row; without such a row it is false. */
function throughWhere(leaf: Leaf, column: string, via: readonly string[]): Where {
  const empty = leaf.comparator === "isEmpty";
  const inner = empty ? {} : columnWhere({ ...leaf, negated: false }, { column, nullable: false });
  const match = via.reduceRight<Where>((where, relation) => ({ [relation]: { is: where } }), inner);
  return leaf.negated !== empty ? { NOT: match } : match;
}

const orMissing = (where: Where, missing: Where | null): Where =>
  missing ? { OR: [where, missing] } : where;

type Column = Omit<Extract<FilterField["storage"], { kind: "column" }>, "kind" | "via">;

function columnWhere(leaf: Leaf, storage: Column): Where {
  const { comparator, operands, negated } = leaf;
  const { column, nullable } = storage;
  const missing = nullable ? { [column]: null } : null;
  const [operand] = operands;
  if (comparator === "isEmpty") {
    if (!missing) return negated ? everything : nothing;
    return negated ? { [column]: { not: null } } : missing;
  }
  if (comparator === "in") {
    const further = othersWhere(leaf, storage);
    const keys = holdsOrderKeys(leaf.field) ? operands.map((text) => orderKey(String(text))) : operands;
    if (!negated) {
      const own = { [column]: keys.length === 1 ? keys[0] : { in: keys } };
      return further ? { OR: [own, further] } : own;
    }
    const own = orMissing({ [column]: keys.length === 1 ? { not: keys[0] } : { notIn: keys } }, missing);
    return further ? { AND: [own, further] } : own;
  }
  if (isRange(comparator)) {
    return negated
      ? orMissing({ [column]: { [opposite[comparator]]: operand } }, missing)
      : { [column]: { [comparator]: operand } };
  }
  if (comparator === "within") {
    const [from, to] = operands;
    if (!negated) return { [column]: { gte: from, lt: to } };
    return { OR: [{ [column]: { lt: from } }, { [column]: { gte: to } }, ...(missing ? [missing] : [])] };
  }
  return partWhere(leaf, storage, missing);
}

/** What the text starts and ends with in a LIKE over lines. */
const edgesOf = (comparator: Comparator) => ({
  open: comparator === "in" || comparator === "startsWith" ? "\n" : "",
  close: comparator === "in" || comparator === "endsWith" ? "\n" : "",
});

/** Further addresses of the row, compared like the primary one; null if the entity has none. */
function othersWhere({ field, comparator, operands, negated }: Leaf, { others }: Column): Where | null {
  if (others === undefined) return null;
  // Addresses contain no line feed, which separates them.
  const texts = operands.map(String).filter((text) => !text.includes("\n"));
  if (texts.length === 0) return negated ? everything : nothing;
  if (comparator === "in" && (!negated || texts.length > LONG_LIST)) {
    const match = hasToken(texts.map((text) => facetToken(field.path, text)));
    return negated ? { NOT: match } : match;
  }
  const { open, close } = edgesOf(comparator);
  const lines = keyPart(
    others.key,
    "contains",
    texts.map((text) => `${open}${literal(text)}${close}`),
  );
  return negated ? { OR: [{ NOT: lines.match }, lines.missing] } : lines.match;
}

/** `contains` for a column, with any spelling of the operand; also for the shown form of the text. */
function partWhere(leaf: Leaf, storage: Column, missing: Where | null): Where {
  const { comparator, operands, negated } = leaf;
  const { column, searched, shown } = storage;
  const further = othersWhere(leaf, storage);
  const written = operands.map((operand) => literal(operand));
  const match = holdsOrderKeys(leaf.field)
    ? oneOf(operands.map((operand) => partOfOrderKey(column, comparator as KeyPart, String(operand))))
    : oneOf(written.map((text) => ({ [column]: { [comparator]: text } })));
  const shownMatch = shown === undefined ? null : keyPart(shown, comparator as KeyPart, written);
  if (negated) {
    const others = orMissing({ NOT: match }, missing);
    const asShown = shownMatch ? [{ OR: [{ NOT: shownMatch.match }, shownMatch.missing] }] : [];
    const all = [others, ...asShown, ...(further ? [further] : [])];
    return all.length === 1 ? others : { AND: all };
  }
  const found = shownMatch ? { OR: [match, shownMatch.match] } : match;
  const any = further ? { OR: [found, further] } : found;
  // `search_text` contains the column's text too, and has a trigram index.
  return searched && written.every(hasTrigram)
    ? { AND: [any, oneOf(written.map((text) => ({ searchText: { contains: text } })))] }
    : any;
}

type Lines = Extract<FilterField["storage"], { kind: "lines" }>;

/** A column with all values of a row, separated by line feeds: `\n+33612345678\n+441632960961\n`. */
function linesWhere({ comparator, operands, negated }: Leaf, { column, whole }: Lines): Where {
  const missing = { [column]: null };
  if (comparator === "isEmpty") return negated ? { [column]: { not: null } } : missing;
  if (comparator === "in" && operands.length > LONG_LIST) {
    const match = { [whole.column]: { in: operands } };
    if (whole.relation !== undefined) return { [whole.relation]: { [negated ? "none" : "some"]: match } };
    return negated ? { OR: [{ NOT: match }, missing] } : match;
  }
  const { open, close } = edgesOf(comparator);
  const matches = operands.map((operand): Where => {
    const text = literal(operand);
    const line = { [column]: { contains: `${open}${text}${close}` } };
    return !hasTrigram(text) || negated ? line : { AND: [line, { searchText: { contains: text } }] };
  });
  const match = oneOf(matches);
  return negated ? { OR: [{ NOT: match }, missing] } : match;
}

function arrayWhere({ comparator, operands, negated }: Leaf, column: string, tagIds: TagIds): Where {
  if (comparator === "isEmpty")
    return negated ? { NOT: { [column]: { isEmpty: true } } } : { [column]: { isEmpty: true } };
  const ids = operands.map((operand) => tagIds.get(String(operand)));
  const known = ids.filter((id) => id !== undefined);
  const unmatchable = comparator === "hasAll" ? known.length < ids.length : known.length === 0;
  if (unmatchable) return negated ? everything : nothing;
  const match =
    comparator === "hasAll"
      ? { [column]: { hasEvery: known } }
      : known.length > LONG_LIST
        ? { tags: { some: { tagId: { in: known } } } }
        : { [column]: { hasSome: known } };
  return negated ? { NOT: match } : match;
}

/** Folded text under a key of `keys`. Short values have a token, which an index finds. */
function keyWhere({ comparator, operands, negated }: Leaf, key: string): Where {
  const at = (condition: Where): Where => ({ keys: { path: [key], ...condition } });
  const missing = at({ equals: Prisma.DbNull });
  if (comparator === "isEmpty") return negated ? { facets: { has: key } } : missing;
  if (comparator !== "in") {
    const part = keyPart(key, comparator as KeyPart, operands.map(literal));
    return negated ? { OR: [{ NOT: part.match }, part.missing] } : part.match;
  }
  if (negated && operands.length <= LONG_LIST) {
    return { OR: [{ AND: operands.map((operand) => ({ NOT: at({ equals: operand }) })) }, missing] };
  }
  const isShort = (operand: Operand) => String(operand).length <= MAX_TOKEN_VALUE;
  const tokens = operands.filter(isShort).map((operand) => facetToken(key, String(operand)));
  const long = operands.filter((operand) => !isShort(operand)).map((operand) => at({ equals: operand }));
  if (negated) {
    const others = { OR: [{ AND: long.map((where) => ({ NOT: where })) }, missing] };
    return { AND: [{ NOT: hasToken(tokens) }, ...(long.length > 0 ? [others] : [])] };
  }
  return { OR: [...(tokens.length > 0 ? [hasToken(tokens)] : []), ...long] };
}

/** A JSON value under a slug of `custom`; options and booleans have tokens. */
function customWhere({ field, comparator, operands, negated }: Leaf, slug: string): Where {
  const at = (condition: Where): Where => ({ custom: { path: [slug], ...condition } });
  const missing = at({ equals: Prisma.DbNull });
  if (comparator === "isEmpty") return negated ? { facets: { has: presenceToken(slug) } } : missing;
  // A number that is not exactly a double equals no stored number.
  const kept = comparator === "in" ? operands.filter((operand) => beside(operand, field) === 0) : operands;
  if (comparator === "in" && kept.length === 0) return negated ? everything : nothing;
  const values = kept.map((operand) => jsonOperand(operand, field));
  if (comparator === "hasAny" || comparator === "hasAll" || comparator === "contains") {
    const tokens = values.map((value) => facetToken(presenceToken(slug), String(value)));
    const match = comparator === "hasAll" ? { facets: { hasEvery: tokens } } : hasToken(tokens);
    return negated ? { NOT: match } : match;
  }
  if (comparator === "within") {
    const [from, to] = values;
    if (!negated) return { AND: [at({ gte: from }), at({ lt: to })] };
    return { OR: [at({ lt: from }), at({ gte: to }), missing] };
  }
  if (isRange(comparator)) {
    const asked = negated ? opposite[comparator] : comparator;
    const aside = beside(operands[0] ?? 0, field);
    const bound = aside === 0 ? asked : asked.startsWith("g") ? above(aside) : below(aside);
    const match = at({ [bound]: values[0] });
    return negated ? { OR: [match, missing] } : match;
  }
  const tokens =
    field.type === "select" || field.type === "boolean"
      ? values.map((value) => facetToken(presenceToken(slug), String(value)))
      : null;
  if (negated && tokens && tokens.length > LONG_LIST) return { NOT: hasToken(tokens) };
  // No NOT over facets, which would read every row's tokens.
  if (negated) return { OR: [{ AND: values.map((value) => ({ NOT: at({ equals: value }) })) }, missing] };
  if (tokens) return hasToken(tokens);
  return { OR: values.map((value) => at({ equals: value })) };
}

/** An operand as `custom` stores the value in JSON. */
function jsonOperand(operand: Operand, { type }: FilterField): string | number | boolean {
  if (operand instanceof Date) return type === "date" ? formatDay(operand) : operand.toISOString();
  return type === "number" ? Number(operand) : operand;
}

/**
 * Whether the nearest double to a decimal lies above it, below it, or equals it (0). Stored numbers have at most 15
 * digits, so that none lies between the two.
 */
const beside = (operand: Operand, { type }: FilterField): number =>
  type === "number" ? new Prisma.Decimal(Number(operand)).cmp(String(operand)) : 0;
const above = (aside: number) => (aside > 0 ? "gte" : "gt");
const below = (aside: number) => (aside > 0 ? "lt" : "lte");
