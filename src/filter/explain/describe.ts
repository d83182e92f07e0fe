import { quote } from "../../lib/errors.ts";
import { formatDay } from "../../lib/exact.ts";
import { isPart, type Leaf, type Normal, type Operand, type Part, type Related } from "../language/ast.ts";
import type { Amount, RelativeRange } from "../language/dates.ts";
import { type FilterEntity, filteredModels } from "../registry/fields.ts";
import { contradiction } from "./contradiction.ts";

/** A filter as an English sentence. Pure. */

/**
 * @param tree a normalized filter
 * @param search the words of a free-text search, if there is one
 * @param names display names of the tags and members in the filter, by operand
 * @returns such as `Contacts that carry the tag "vip" and whose company contains "corp".`
 */
export function describe(
  entity: FilterEntity,
  tree: Normal,
  search: string | null,
  names: Names = new Map(),
): string {
  const many = filteredModels[entity].nouns[1];
  const subject = many.charAt(0).toUpperCase() + many.slice(1);
  const found = search === null ? "" : `in which ${quote(search)} is found`;
  if (!isPart(tree)) {
    if (tree.kind === "none") return `No ${many}: nothing can fulfil the conditions.`;
    return found === "" ? `All ${many}.` : `${subject} ${found}.`;
  }
  // The groups of a list are separated by semicolons, which reads better than parentheses.
  const said =
    tree.kind === "or" && found === ""
      ? tree.nodes.map((group) => clause(group, false, { names, verbs: MANY })).join("; or ")
      : clause(tree, found !== "", { names, verbs: MANY });
  const excluded = contradiction(tree);
  const note = excluded
    ? ` No ${filteredModels[entity].nouns[0]} can fulfil this: the conditions on ${nameOf(excluded)} exclude each other.`
    : "";
  return `${subject} ${found === "" ? "" : `${found}, and `}${said}.${note}`;
}

type Names = ReadonlyMap<string, string>;

/** The wording of a clause. */
interface Wording {
  readonly names: Names;
  readonly verbs: Verbs;
}

interface Verbs {
  readonly have: string;
  readonly carry: string;
  readonly doNotCarry: string;
}

/** Verbs for several records, and for one. */
const MANY: Verbs = { have: "have", carry: "carry", doNotCarry: "do not carry" };
const ONE: Verbs = { have: "has", carry: "carries", doNotCarry: "does not carry" };

function clause(node: Part, inside: boolean, wording: Wording): string {
  if (node.kind === "leaf") return leafClause(node, wording);
  if (node.kind === "related") return relatedClause(node, wording);
  const parts = node.nodes.map((part) => clause(part, true, wording));
  const joined = joinWords(parts, node.kind);
  return inside ? `(${joined})` : joined;
}

const joinWords = (parts: readonly string[], word: string): string =>
  parts.length < 3 ? parts.join(` ${word} `) : `${parts.slice(0, -1).join(", ")}, ${word} ${parts.at(-1)}`;

function relatedClause({ relation, name, node, negated }: Related, { names, verbs }: Wording): string {
  const [one, many] = filteredModels[relation.target].nouns;
  const inner = isPart(node) ? clause(node, true, { names, verbs: ONE }) : null;
  const has = `that ${verbs.have}`;
  if (relation.one) {
    const record = `${negated ? "no" : "a"} live ${name}`;
    return inner === null ? `${has} ${record}` : `${has} ${record} ${inner}`;
  }
  const article = /^[aeiou]/.test(one) ? "an" : "a";
  if (inner === null) return `${has} ${negated ? `no ${many}` : `${article} ${one}`}`;
  return `${has} ${negated ? "no" : article} ${one} ${inner}`;
}

function leafClause(leaf: Leaf, { names, verbs }: Wording): string {
  const { field, comparator, negated } = leaf;
  if (field.type === "relation") return `that ${verbs.have} ${negated ? "some" : "no"} ${field.path}`;
  if (field.type === "tags") return tagClause(leaf, { names, verbs });
  const subject = `whose ${nameOf(leaf)}`;
  if (field.path.endsWith(".count")) return `${subject} ${comparison(leaf, names)}`;
  if (comparator === "isEmpty") return `${subject} ${negated ? "is known" : "is empty"}`;
  return `${subject} ${comparison(leaf, names)}`;
}

/** Fields whose labels do not read well in a sentence. */
const words: Readonly<Record<string, string>> = {
  createdAt: "creation",
  updatedAt: "last change",
  lastCallAt: "last call",
  lastMessageAt: "latest message",
  occurredAt: "date",
  expectedCloseOn: "expected close",
  "owner.role": "owner's role",
  "owner.email": "owner's e-mail address",
  "author.role": "author's role",
  "author.email": "author's e-mail address",
  doNotContact: '"do not contact" setting',
  allowPhoneCalls: '"allow phone calls" setting',
};

function nameOf({ field: { path, label } }: Leaf): string {
  const word = words[path];
  if (word !== undefined) return word;
  if (path.startsWith("custom.")) return quote(label);
  if (path.endsWith(".count")) return `number of ${path.slice(0, -".count".length)}`;
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function tagClause({ comparator, operands, negated }: Leaf, { names, verbs }: Wording): string {
  const { carry } = verbs;
  const verb = negated ? verbs.doNotCarry : carry;
  if (comparator === "isEmpty") return `that ${carry} ${negated ? "a" : "no"} tag`;
  const tags = operands.map((operand) => quote(names.get(String(operand)) ?? operand));
  if (tags.length === 1) return `that ${verb} the tag ${tags[0]}`;
  if (comparator === "hasAll") return `that ${verb} all of the tags ${joinWords(tags, "and")}`;
  return negated
    ? `that ${carry} none of the tags ${joinWords(tags, "and")}`
    : `that ${carry} one of the tags ${joinWords(tags, "or")}`;
}

function comparison(leaf: Leaf, names: Names): string {
  const { comparator, negated, said, field } = leaf;
  const not = negated ? "not " : "";
  const shown =
    leaf.field.type === "member"
      ? leaf.operands.map((operand) => names.get(String(operand)) ?? quote(operand))
      : values(leaf);
  const [first = ""] = shown;
  if (said.op === "ON") return `is ${not}on ${String(said.value)}`;
  if (said.op === "WITHIN") return `is ${not}${rangeWords(said.value as RelativeRange)}`;
  if (said.op === "OLDER_THAN") return `is ${not}more than ${durationWords(String(said.value))} ago`;
  const dated = field.type === "date" || field.type === "dateTime";
  switch (comparator) {
    case "in":
      return shown.length === 1 ? `is ${not}${first}` : `is ${not}one of ${joinWords(shown, "or")}`;
    case "contains":
    case "hasAny":
    case "hasAll": {
      const verb = negated ? "does not contain" : "contains";
      if (shown.length === 1) return `${verb} ${first}`;
      const all = comparator === "hasAll";
      return `${verb} ${all ? "all of" : "any of"} ${joinWords(shown, all ? "and" : "or")}`;
    }
    case "startsWith":
      return `${negated ? "does not begin" : "begins"} with ${first}`;
    case "endsWith":
      return `${negated ? "does not end" : "ends"} with ${first}`;
    case "gt":
      return `is ${not}${dated ? "after" : "more than"} ${first}`;
    case "gte":
      return `is ${not}${dated ? "at or after" : "at least"} ${first}`;
    case "lt":
      return `is ${not}${dated ? "before" : "less than"} ${first}`;
    case "lte":
      return `is ${not}${dated ? "at or before" : "at most"} ${first}`;
    default:
      return `is ${not}empty`;
  }
}

/** Operands as they were written if they are text, otherwise as they are compared. */
function values({ said, operands, field }: Leaf): string[] {
  const [first] = operands;
  if (!Array.isArray(said.value))
    return first === undefined ? [] : [valueWords(said.value, first, field.type)];
  const written: readonly unknown[] = said.value;
  return operands.map((operand, at) =>
    valueWords(written.length === operands.length ? written[at] : operand, operand, field.type),
  );
}

function valueWords(written: unknown, operand: Operand, type: Leaf["field"]["type"]): string {
  if (operand instanceof Date) return type === "date" ? formatDay(operand) : operand.toISOString();
  if (typeof operand === "boolean") return operand ? "true" : "false";
  return type === "integer" || type === "number" ? String(operand) : quote(written);
}

function rangeWords(range: RelativeRange): string {
  if ("this" in range) return range.this === "DAY" ? "today" : `this ${range.this.toLowerCase()}`;
  if ("previous" in range) {
    return range.previous === "DAY" ? "yesterday" : `in the ${range.previous.toLowerCase()} before this one`;
  }
  return "last" in range
    ? `in the last ${amountWords(range.last)}`
    : `in the next ${amountWords(range.next)}`;
}

const amountWords = ({ amount, unit }: Amount): string =>
  amount === 1 ? unit.toLowerCase() : `${amount} ${unit.toLowerCase()}s`;

/** An ISO 8601 duration in words: `P1Y6M` is "1 year 6 months". */
function durationWords(duration: string): string {
  const [date = "", time = ""] = duration.toUpperCase().split("T");
  const parts = (text: string, units: Readonly<Record<string, string>>) =>
    [...text.matchAll(/(\d+)([A-Z])/g)].map(([, count, letter = ""]) => {
      const unit = units[letter] ?? letter;
      return `${count} ${unit}${Number(count) === 1 ? "" : "s"}`;
    });
  return [
    ...parts(date, { Y: "year", M: "month", W: "week", D: "day" }),
    ...parts(time, { H: "hour", M: "minute", S: "second" }),
  ].join(" ");
}
