import { domainToUnicode } from "node:url";
import { type At, lies } from "./days.ts";
import {
  aliases,
  customFields,
  type Entity,
  fields,
  type Input,
  type Json,
  type Row,
  relations,
  type Type,
} from "./model.ts";

/** The reference evaluator: what a filter means, record by record, without SQL and without the compiler. */

const fold = (text: string) => text.normalize("NFC").toLowerCase().replace(/ς/g, "σ").normalize("NFC");
/** A text of only spaces and invisible characters counts as no value. */
const isBlank = (text: string) => /^(\s|\p{Cf}|\p{DI})*$/u.test(text);

/** The comparison key of an e-mail address; other texts are compared as text. */
function emailKey(text: string): string {
  const [, local = "", domain = ""] = /^ *([^\s@]{1,64})@([\p{L}\p{M}\p{N}.-]+) *$/u.exec(text) ?? [];
  const atoms = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
  const url = `http://${domain.toLowerCase()}`;
  const host = domain && URL.canParse(url) ? new URL(url).hostname : "";
  const plain = !/\p{DI}/u.test(text) && domain.normalize("NFKC") === domain.normalize("NFC");
  const isAddress =
    plain && atoms.test(local) && /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host);
  return isAddress ? `${fold(local)}@${host}` : fold(text);
}

/** A text without the separators between the digits of a phone number. */
const bare = (text: string) => fold(text).replace(/[\s().\-/]/g, "");

const keys: Partial<Record<Type, (said: string) => string>> = {
  email: emailKey,
  phone: (said) => bare(said).replace(/^00/, "+"),
  tags: (said) => fold(said.trim()),
  currency: (said) => fold(said.trim()),
};
const keyOf = (type: Type, said: unknown) => (keys[type] ?? fold)(String(said));

/** A decimal times 10^12, as an integer: a double cannot hold it exactly. */
function exact(said: unknown): bigint {
  const [, sign, whole, part = ""] = /^([+-]?)(\d*)\.?(\d*)$/.exec(String(said)) ?? [];
  const digits = BigInt(`0${whole}${part.padEnd(12, "0")}`);
  return sign === "-" ? -digits : digits;
}

const numeric = (type: Type) => type === "integer" || type === "number";

/** Negative, zero or positive, if a value is less than, equal to or greater than the operand. */
export function order(type: Type, value: unknown, said: Json): number {
  const [one, other] = numeric(type)
    ? [exact(value), exact(said)]
    : type === "dateTime"
      ? [Date.parse(String(value)), Date.parse(String(said))]
      : [String(value), String(said)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function same(type: Type, value: unknown, said: Json): boolean {
  if (type === "boolean") return value === said;
  if (type === "member") return (value as Row).id === said;
  if (numeric(type) || type === "date") return order(type, value, said) === 0;
  return texts(type, value).includes(keyOf(type, said));
}

/** The texts of a value; phone numbers and tags have several. */
const texts = (type: Type, value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map((each) => keyOf(type, each));

/** The texts of a value in which CONTAINS searches; of an e-mail address also its displayed form. */
const shown = (type: Type, value: unknown): string[] =>
  texts(type, value).flatMap((text) => {
    const [local = "", domain = ""] = type === "email" ? text.split("@") : [];
    return domain.includes("xn--") ? [text, `${local}@${fold(domainToUnicode(domain))}`] : [text];
  });

/** The texts that the operand of CONTAINS and similar operators may stand for. */
function parts(type: Type, op: string, said: Json): string[] {
  const text = String(said);
  if (type === "email") return [emailKey(text), fold(text)];
  if (type !== "phone" || op === "startsWith") return [keyOf(type, said)];
  const digits = bare(text);
  if (/^00\d/.test(digits)) return [digits, digits.replace("00", "+")];
  return /^0\d{5}/.test(digits) ? [digits, digits.slice(1)] : [digits];
}

const anyOf = (
  ones: readonly string[],
  others: readonly string[],
  holds: (a: string, b: string) => boolean,
) => ones.some((one) => others.some((other) => holds(one, other)));

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === "string" && isBlank(value)) ||
  (Array.isArray(value) && value.length === 0);

/** Whether one comparison of the typed form is true. */
function holds(type: Type, op: string, said: Json, value: unknown, at: At): boolean {
  const each = (said: Json, op: string) =>
    (said as readonly Json[]).map((item) => holds(type, op, item, value, at));
  switch (op) {
    case "ne":
      return !holds(type, "eq", said, value, at);
    case "notContains":
      return !holds(type, "contains", said, value, at);
    case "in":
    case "hasAny":
      return each(said, "eq").includes(true);
    case "notIn":
    case "hasNone":
      return !each(said, "eq").includes(true);
    case "hasAll":
      return !each(said, "eq").includes(false);
    case "isEmpty":
      return isEmpty(value) === said;
  }
  if (isEmpty(value)) return false;
  switch (op) {
    case "eq":
      return same(type, value, said);
    case "contains":
      return anyOf(shown(type, value), parts(type, op, said), (text, part) => text.includes(part));
    case "startsWith":
      return anyOf(shown(type, value), parts(type, op, said), (text, part) => text.startsWith(part));
    case "endsWith":
      return anyOf(shown(type, value), parts(type, op, said), (text, part) => text.endsWith(part));
    case "gt":
      return order(type, value, said) > 0;
    case "gte":
      return order(type, value, said) >= 0;
    case "lt":
      return order(type, value, said) < 0;
    case "lte":
      return order(type, value, said) <= 0;
    default:
      return lies(String(value), type as "date" | "dateTime", op, said, at);
  }
}

const all = (type: Type, comparisons: Json, value: unknown, at: At): boolean =>
  Object.entries(comparisons as Input).every(([op, said]) => holds(type, op, said, value, at));

const customType = (slug: Json | undefined): Type =>
  customFields.find((field) => field.slug === slug)?.as ?? "text";

/** Whether a record matches a filter of the typed form. */
export const matches = (filter: Input, row: Row, entity: Entity, at: At): boolean =>
  Object.entries(filter).every(([name, said]) => {
    const inner = said as Input;
    if (name === "and") return (said as readonly Input[]).every((each) => matches(each, row, entity, at));
    if (name === "or") return (said as readonly Input[]).some((each) => matches(each, row, entity, at));
    if (name === "not") return !matches(inner, row, entity, at);
    if (name === "customFields") {
      return (said as readonly Input[]).every(({ slug, ...typed }) =>
        Object.values(typed).every((one) =>
          all(customType(slug), one, (row.custom as Row)[String(slug)], at),
        ),
      );
    }
    const relation = relations[entity][name];
    if (relation?.one) return row[name] != null && matches(inner, row[name] as Row, relation.entity, at);
    if (relation) {
      const records = row[name] as readonly Row[];
      return Object.entries(inner).every(([how, one]) =>
        how === "count"
          ? all("integer", one, records.length, at)
          : records.some((record) => matches(one as Input, record, relation.entity, at)) === (how === "some"),
      );
    }
    const type = fields[entity][name] ?? "text";
    if (type !== "member") return all(type, said, row[name], at);
    const { role = {}, email = {}, ...own } = inner;
    const member = row[name] as Row | null;
    return (
      all("member", own, member, at) &&
      all("enum", role, member?.role, at) &&
      all("email", email, member?.email, at)
    );
  });

const canonical = new Map(
  Object.entries(aliases).flatMap(([name, others]) => others.map((other) => [other, name])),
);

/** The type of a field, and its value in the record, or in each related record that the name refers to. */
function find(path: string, row: Row, entity: Entity): { type: Type; values: unknown[] } {
  const name = canonical.get(path) ?? path;
  const [first = "", ...rest] = name.split(".");
  if (first === "custom") {
    return { type: customType(rest[0]), values: [(row.custom as Row)[String(rest[0])]] };
  }
  const relation = relations[entity][first];
  if (relation && rest[0] === "count") return { type: "integer", values: [(row[first] as unknown[]).length] };
  if (relation && rest.length > 0) {
    const records = [row[first]].flat().filter((record) => record != null) as Row[];
    const found = records.map((record) => find(rest.join("."), record, relation.entity));
    const { type } = found[0] ?? find(rest.join("."), nobody, relation.entity);
    return { type, values: found.flatMap(({ values }) => values) };
  }
  const type = fields[entity][name] ?? "text";
  const value = row[first] ?? null;
  return { type, values: [rest[0] === undefined ? value : ((value as Row | null)?.[rest[0]] ?? null)] };
}

/** An empty record, to look up a type if there is no related record. */
const nobody: Row = { custom: {}, deals: [], activities: [], conversations: [], leads: [] };

const positive: Readonly<Record<string, string>> = {
  NE: "eq",
  NOT_IN: "in",
  NOT_CONTAINS: "contains",
  HAS_NONE: "hasAny",
};
const camel = (op: string) => op.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** A condition is true if any value fulfils it; a negative operator is true if no value fulfils its positive twin. */
function condition({ field, op, value = true }: Input, row: Row, entity: Entity, at: At): boolean {
  const { type, values } = find(String(field), row, entity);
  if (op === "IS_EMPTY" || op === "IS_NOT_EMPTY") {
    return values.every(isEmpty) === ((op === "IS_EMPTY") === value);
  }
  const name = positive[String(op)] ?? camel(String(op));
  const carries = name === "contains" && (type === "tags" || type === "multiSelect");
  const some = values.some((each) => holds(type, carries ? "eq" : name, value, each, at));
  return some !== String(op) in positive;
}

/** Whether a record matches a query of the query form: it fulfils all conditions of at least one group. */
export const fulfils = (query: Input, row: Row, entity: Entity, at: At): boolean =>
  (query.groups as readonly Input[]).some(({ conditions }) =>
    (conditions as readonly Input[]).every((each) => condition(each, row, entity, at)),
  );
