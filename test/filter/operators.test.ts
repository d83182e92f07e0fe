import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Every operator of every type in both filter forms: the same rows, and never a row lost by its negation. */

let organization: Organization;
const names = ["full", "upper", "odd", "blank", "empty"] as const;
type Name = (typeof names)[number];
let fullId = "";
let ownerId = "";

/** Each custom type twice: with a slot of its own, and without one. */
const customTypes = [
  ["text", "TEXT", "text1"],
  ["link", "URL", "text2"],
  ["choice", "SELECT", "text3"],
  ["count", "NUMBER", "number1"],
  ["flag", "BOOLEAN", null],
  ["day", "DATE", "date1"],
  ["moment", "DATE_TIME", "date2"],
  ["several", "MULTI_SELECT", null],
] as const;

beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    for (const [slug, type, slot] of customTypes) {
      const options = type.endsWith("SELECT") ? ["Red", "Green", "Blue"] : [];
      await each.customField({ slug, type, slot, options });
      await each.customField({ slug: `${slug}_json`, type, slot: null, options });
    }
    const both = (values: Record<string, string | number | boolean | string[]>) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([slug, value]) => [
          [slug, value],
          [`${slug}_json`, value],
        ]),
      );
    const owner = await each.member();
    const full = await each.contact({
      name: "full",
      email: "Full@Example.com",
      company: "50% Off_Shop \\ Söhne",
      title: "CTO",
      city: "Zürich",
      source: "Web",
      notes: "Line one\nline TWO",
      phoneNumbers: ["+33612345678", "+14155550100"],
      doNotContact: true,
      ownerId: owner.id,
      tags: ["VIP", "Hot"],
      createdAt: new Date("2026-01-15T12:00:00Z"),
      callCount: 3,
      lastCallAt: new Date("2026-02-01T00:00:00Z"),
      custom: both({
        text: "Straße 5%",
        link: "https://example.com/a",
        choice: "Red",
        count: 12.5,
        flag: true,
        day: "2026-02-28",
        moment: "2026-02-28T10:00:00.000Z",
        several: ["Red", "Blue"],
      }),
    });
    await each.contact({
      name: "upper",
      company: "50X OFFXSHOP",
      source: "WEB",
      tags: ["hot2"],
      createdAt: new Date("2026-01-15T12:00:00.001Z"),
      custom: both({
        text: "STRASSE",
        choice: "Green",
        count: -1,
        flag: false,
        day: "2026-03-01",
        several: ["Green"],
      }),
    });
    await each.contact({
      name: "odd",
      company: "Cafe\u0301 😀",
      city: "İstanbul",
      source: "",
      createdAt: new Date("2025-06-01"),
      tags: ["VIP"],
    });
    await each.contact({
      name: "blank",
      company: "   ",
      source: "  ",
      createdAt: new Date("2025-06-02"),
      callCount: 10,
    });
    await each.contact({ name: "empty", createdAt: new Date("2025-06-03") });
    if (each === organization) [fullId, ownerId] = [full.globalId, owner.globalId];
  }
});

async function rows(args: string, variables: Record<string, unknown>): Promise<string[]> {
  const answer = await sendText(
    organization.key,
    `query (${args.includes("$filter") ? "$filter: ContactFilter" : "$query: SmartListQueryInput"}) { contacts(${args}) { totalCount nodes { name } } }`,
    variables,
  );
  const { contacts } = (answer.data ?? {}) as unknown as {
    contacts?: { totalCount: number; nodes: { name: string }[] };
  };
  if (!contacts) throw new Error(`${JSON.stringify(variables)} answered ${answer.text}`);
  expect(contacts.totalCount).toBe(contacts.nodes.length);
  return contacts.nodes.map((node) => node.name).sort();
}

const typed = (filter: object) => rows("filter: $filter", { filter });
const generic = (field: string, op: string, value?: unknown) =>
  rows("query: $query", { query: { groups: [{ conditions: [{ field, op, value }] }] } });

const generics: Record<string, string> = {
  eq: "EQ",
  ne: "NE",
  in: "IN",
  notIn: "NOT_IN",
  contains: "CONTAINS",
  notContains: "NOT_CONTAINS",
  startsWith: "STARTS_WITH",
  endsWith: "ENDS_WITH",
  gt: "GT",
  gte: "GTE",
  lt: "LT",
  lte: "LTE",
  hasAny: "HAS_ANY",
  hasAll: "HAS_ALL",
  hasNone: "HAS_NONE",
  isEmpty: "IS_EMPTY",
};
const twins: Record<string, string> = { eq: "ne", in: "notIn", contains: "notContains", hasAny: "hasNone" };

const complement = (found: readonly string[]) => names.filter((name) => !found.includes(name)).sort();

async function check(
  fieldPath: string,
  make: (comparator: object) => object,
  operator: string,
  value: unknown,
  expected: readonly Name[],
) {
  const found = [...expected].sort();
  expect(await typed(make({ [operator]: value })), "typed").toEqual(found);
  expect(await generic(fieldPath, generics[operator] ?? "", value), "generic").toEqual(found);
  expect(await typed({ not: make({ [operator]: value }) }), "negated").toEqual(complement(found));
  const twin = twins[operator];
  if (twin) {
    expect(await typed(make({ [twin]: value })), "negative twin").toEqual(complement(found));
    expect(await generic(fieldPath, generics[twin] ?? "", value), "negative twin, generic").toEqual(
      complement(found),
    );
  }
  if (operator === "isEmpty") {
    expect(await typed(make({ isEmpty: false }))).toEqual(complement(found));
    expect(await generic(fieldPath, "IS_NOT_EMPTY")).toEqual(complement(found));
  }
}

const columns: [field: string, operator: string, value: unknown, expected: Name[]][] = [
  ["name", "eq", "FULL", ["full"]],
  ["name", "startsWith", "U", ["upper"]],
  ["name", "endsWith", "Y", ["empty"]],
  ["name", "isEmpty", true, []],
  ["email", "eq", "full@example.COM", ["full"]],
  ["email", "contains", "@EXAMPLE", ["full"]],
  ["email", "isEmpty", true, ["upper", "odd", "blank", "empty"]],
  ["company", "contains", "50%", ["full"]],
  ["company", "contains", "off_shop", ["full"]],
  ["company", "startsWith", "50_", []],
  ["company", "endsWith", "\\ söhne", ["full"]],
  ["company", "contains", "OFF", ["full", "upper"]],
  ["company", "contains", "", ["full", "upper", "odd"]],
  ["company", "eq", "CAFÉ 😀", ["odd"]],
  ["company", "eq", "", []],
  ["company", "in", ["50x offxshop", "café 😀", "x"], ["upper", "odd"]],
  ["company", "isEmpty", true, ["blank", "empty"]],
  ["source", "eq", "web", ["full", "upper"]],
  ["source", "isEmpty", true, ["odd", "blank", "empty"]],
  ["notes", "contains", "ONE\nLINE", ["full"]],
  ["title", "eq", "cto", ["full"]],
  ["title", "startsWith", "ct", ["full"]],
  ["title", "isEmpty", true, ["upper", "odd", "blank", "empty"]],
  ["city", "in", ["ZÜRICH", "i̇stanbul"], ["full", "odd"]],
  ["city", "contains", "RIC", ["full"]],
  ["phone", "eq", "+33 6 12-34(56)78", ["full"]],
  ["phone", "contains", "415555", ["full"]],
  ["phone", "startsWith", "+1", ["full"]],
  ["phone", "endsWith", "5678", ["full"]],
  ["phone", "startsWith", "5678", []],
  ["phone", "isEmpty", true, ["upper", "odd", "blank", "empty"]],
  ["doNotContact", "eq", true, ["full"]],
  ["allowPhoneCalls", "eq", false, []],
  ["callCount", "gt", 3, ["blank"]],
  ["callCount", "gte", 3, ["full", "blank"]],
  ["callCount", "in", [0, 10], ["upper", "odd", "blank", "empty"]],
  ["lastCallAt", "lte", "2026-02-01T01:00:00+01:00", ["full"]],
  ["lastCallAt", "isEmpty", true, ["upper", "odd", "blank", "empty"]],
  ["createdAt", "gt", "2026-01-15T12:00:00Z", ["upper"]],
  ["createdAt", "gte", "2026-01-15T12:00:00Z", ["full", "upper"]],
  ["createdAt", "lt", "2025-06-02T00:00:00Z", ["odd"]],
  ["tags", "hasAny", ["vip", "HOT2"], ["full", "upper", "odd"]],
  ["tags", "hasAll", [" vip ", "hot"], ["full"]],
  ["tags", "hasAll", ["vip", "no such tag"], []],
  ["tags", "hasAny", ["no such tag"], []],
  ["tags", "isEmpty", true, ["blank", "empty"]],
  ["lastModificationSource", "eq", "api", [...names]],
];

test.each(columns)("%s %s %o", async (field, operator, value, expected) => {
  await check(field, (comparator) => ({ [field]: comparator }), operator, value, expected);
});

test("owner and id compare ids", async () => {
  await check("owner", (owner) => ({ owner }), "eq", ownerId, ["full"]);
  await check("owner", (owner) => ({ owner }), "isEmpty", true, ["upper", "odd", "blank", "empty"]);
  await check("id", (id) => ({ id }), "in", [fullId], ["full"]);
  await check(
    "tags",
    (tags) => ({ tags }),
    "hasAny",
    [encodeId("Tag", await organization.tag("Hot"))],
    ["full"],
  );
});

const custom: [slug: string, comparator: string, operator: string, value: unknown, expected: Name[]][] = [
  ["text", "text", "eq", "STRAßE 5%", ["full"]],
  ["text", "text", "contains", "stra", ["full", "upper"]],
  ["text", "text", "contains", "5%", ["full"]],
  ["text", "text", "contains", "_", []],
  ["text", "text", "endsWith", "SSE", ["upper"]],
  ["text", "text", "in", ["strasse", "x".repeat(100)], ["upper"]],
  ["text", "text", "isEmpty", true, ["odd", "blank", "empty"]],
  ["link", "text", "startsWith", "HTTPS://", ["full"]],
  ["choice", "select", "eq", "red", ["full"]],
  ["choice", "select", "in", ["Red", "Green"], ["full", "upper"]],
  ["choice", "select", "in", ["Blue"], []],
  ["choice", "select", "isEmpty", true, ["odd", "blank", "empty"]],
  ["count", "number", "gt", "-1", ["full"]],
  ["count", "number", "gte", "-1.0", ["full", "upper"]],
  ["count", "number", "lt", "12.5", ["upper"]],
  ["count", "number", "eq", "12.50", ["full"]],
  ["count", "number", "in", ["-1", "7"], ["upper"]],
  ["count", "number", "isEmpty", true, ["odd", "blank", "empty"]],
  ["flag", "boolean", "eq", true, ["full"]],
  ["flag", "boolean", "eq", false, ["upper"]],
  ["flag", "boolean", "isEmpty", true, ["odd", "blank", "empty"]],
  ["day", "date", "eq", "2026-02-28", ["full"]],
  ["day", "date", "gt", "2026-02-28", ["upper"]],
  ["day", "date", "lte", "2026-02-28", ["full"]],
  ["day", "date", "isEmpty", true, ["odd", "blank", "empty"]],
  ["moment", "dateTime", "gte", "2026-02-28T11:00:00+01:00", ["full"]],
  ["moment", "dateTime", "lt", "2026-02-28T10:00:00Z", []],
  ["moment", "dateTime", "isEmpty", true, ["upper", "odd", "blank", "empty"]],
  ["several", "multiSelect", "hasAny", ["blue", "Green"], ["full", "upper"]],
  ["several", "multiSelect", "hasAll", ["Red", "Blue"], ["full"]],
  ["several", "multiSelect", "hasAll", ["Red", "Green"], []],
  ["several", "multiSelect", "isEmpty", true, ["odd", "blank", "empty"]],
];

describe.each(["", "_json"])("custom fields%s", (suffix) => {
  test.each(custom)("%s %s.%s %o", async (slug, type, operator, value, expected) => {
    const make = (comparator: object) => ({ customFields: [{ slug: slug + suffix, [type]: comparator }] });
    await check(`custom.${slug}${suffix}`, make, operator, value, expected);
  });
});

test.each([
  ["dnc", "EQ", true, ["full"]],
  ["created_at", "GTE", "2026-01-01T00:00:00Z", ["full", "upper"]],
  ["role", "EQ", "CTO", ["full"]],
  ["tags", "CONTAINS", "vip", ["full", "odd"]],
  ["tags", "NOT_CONTAINS", "vip", ["upper", "blank", "empty"]],
  ["custom.several", "CONTAINS", "Blue", ["full"]],
] as const)("the name %s works in the query form", async (field, op, value, expected) => {
  expect(await generic(field, op, value)).toEqual([...expected].sort());
});
