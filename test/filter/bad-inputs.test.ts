import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Filters that cannot be: in both filter forms, written into the document and sent as variables, one answer. */

let organization: Organization;
let foreignTag = "";

beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  const { encodeId } = await import("../../src/db/ids.ts");
  foreignTag = encodeId("Tag", await noise.tag("theirs"));
  await noise.customField({ slug: "theirs", type: "TEXT", slot: "text1" });
  await noise.contact({ name: "theirs", tags: ["theirs"] });
  await organization.customField({ slug: "budget", type: "NUMBER", slot: "number1" });
  await organization.customField({ slug: "unsorted", type: "NUMBER", slot: null });
  for (const name of ["a", "b", "c"])
    await organization.contact({ name, createdAt: new Date("2026-03-29T12:00:00Z") });
});

/** A value as a document spells it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join()}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(
        ([key, inner]) =>
          `${key}: ${["op", "unit", "this", "previous"].includes(key) ? inner : literal(inner)}`,
      )
      .join(", ")} }`;
  }
  return JSON.stringify(value);
}

/** The same question twice: as literals, and as variables. */
async function askBoth(args: Record<string, unknown>) {
  const types: Record<string, string> = {
    filter: "ContactFilter",
    query: "SmartListQueryInput",
    timeZone: "TimeZone",
  };
  const names = Object.keys(args);
  const declared = names.map((name) => `$${name}: ${types[name]}`).join(", ");
  const passed = names.map((name) => `${name}: $${name}`).join(", ");
  const written = names.map((name) => `${name}: ${literal(args[name])}`).join(", ");
  return [
    await sendText(organization.key, `{ contacts(${written}) { totalCount } }`),
    await sendText(organization.key, `query (${declared}) { contacts(${passed}) { totalCount } }`, args),
  ] as const;
}

const condition = (field: string, op: string, value?: unknown) => ({
  query: { groups: [{ conditions: [{ field, op, ...(value !== undefined && { value }) }] }] },
});
const many = (count: number) => Array.from({ length: count }, (_, at) => `x${at}`);

describe.each<[string, Record<string, unknown>, string, string?]>([
  [
    "78 a time zone that is none",
    { filter: { name: { ne: "x" } }, timeZone: "Mars/Base" },
    "INVALID_TIME_ZONE",
  ],
  [
    "79 an unknown field",
    condition("nmae", "EQ", "x"),
    "UNKNOWN_FILTER_FIELD",
    "query.groups[0].conditions[0].field",
  ],
  [
    "79 an operator that is not for the type",
    condition("createdAt", "HAS_ANY", ["x"]),
    "UNKNOWN_FILTER_OPERATOR",
    "query.groups[0].conditions[0].op",
  ],
  [
    "79 a custom field of another type, typed",
    { filter: { and: [{}, {}, { customFields: [{ slug: "budget", text: { eq: "x" } }] }] } },
    "UNKNOWN_FILTER_OPERATOR",
    "filter.and[2].customFields[0].text",
  ],
  [
    "81 a null in a list",
    { filter: { not: { name: { in: null } } } },
    "INVALID_FILTER_VALUE",
    "filter.not.name.in",
  ],
  [
    "81 a null in a list, generic",
    condition("name", "IN", [null]),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value[0]",
  ],
  ["82 501 values", { filter: { name: { in: many(501) } } }, "FILTER_TOO_LARGE", "filter.name.in"],
  [
    "86 another organization's tag",
    { filter: { tags: { hasAny: [foreignTagLater()] } } },
    "UNKNOWN_REFERENCE",
    "filter.tags.hasAny[0]",
  ],
  [
    "86 another organization's tag, generic",
    condition("tags", "CONTAINS", foreignTagLater()),
    "UNKNOWN_REFERENCE",
    "query.groups[0].conditions[0].value",
  ],
  [
    "86 another organization's custom field",
    condition("custom.theirs", "EQ", "x"),
    "UNKNOWN_FILTER_FIELD",
    "query.groups[0].conditions[0].field",
  ],
  [
    "88 one comparator with its bounds exchanged",
    { filter: { createdAt: { gte: "2026-02-01T00:00:00Z", lt: "2026-01-01T00:00:00Z" } } },
    "INVALID_FILTER_VALUE",
    "filter.createdAt.lt",
  ],
  ["77 a day that does not exist", { filter: { createdAt: { on: "2026-02-30" } } }, "BAD_USER_INPUT"],
  [
    "77 a day that does not exist, generic",
    condition("createdAt", "ON", "2026-02-30"),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    "a duration that is none",
    condition("createdAt", "OLDER_THAN", "30 days"),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    "a range of two kinds",
    condition("createdAt", "WITHIN", { this: "DAY", previous: "DAY" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    "a range in a unit that is none",
    condition("createdAt", "WITHIN", { this: "DECADE" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    "a range of nothing, typed",
    { filter: { createdAt: { within: { last: { amount: 0, unit: "DAY" } } } } },
    "INVALID_FILTER_VALUE",
    "filter.createdAt.within",
  ],
  [
    "hours of a calendar day",
    { filter: { deals: { some: { expectedCloseOn: { within: { next: { amount: 3, unit: "HOUR" } } } } } } },
    "INVALID_FILTER_VALUE",
    "filter.deals.some.expectedCloseOn.within",
  ],
])("%s", (_row, args, code, field) => {
  test("is refused with its path, and lists nothing", async () => {
    const given = JSON.parse(JSON.stringify(args).replaceAll(foreignTagLater(), foreignTag)) as Record<
      string,
      unknown
    >;
    for (const { data, errors, text } of await askBoth(given)) {
      expect(data ?? null, text).toBeNull();
      expect(errors, text).toHaveLength(1);
      expect(errors[0]?.extensions.code, text).toBe(code);
      if (field) expect(errors[0]?.extensions.field, text).toBe(field);
      expect(errors[0]?.extensions.requestId).toEqual(expect.any(String));
    }
  });
});

/** Known once the organizations are made. */
function foreignTagLater(): string {
  return "@foreign tag@";
}

describe("80 and 81: what is empty", () => {
  test.each<[Record<string, unknown>, number]>([
    [{ filter: {} }, 3],
    [{ filter: { and: [] } }, 3],
    [{ filter: { or: [] } }, 0],
    [{ filter: { not: { and: [] } } }, 0],
    [{ filter: { not: { or: [] } } }, 3],
    [{ filter: { name: { in: [] } } }, 0],
    [{ filter: { name: { notIn: [] } } }, 3],
    [{ filter: { tags: { hasAll: [] } } }, 3],
    [{ filter: { tags: { hasAny: [] } } }, 0],
    [condition("name", "IN", []), 0],
    [condition("name", "NOT_IN", []), 3],
  ])("%j matches %d of three", async (args, expected) => {
    for (const { data, text } of await askBoth(args))
      expect(data, text).toEqual({ contacts: { totalCount: expected } });
  });
});

test("82: 10,000 conditions, 40,000 values and a depth of 100 are refused by their number, and the server lives on", async () => {
  const wide = {
    groups: [{ conditions: Array.from({ length: 10_000 }, () => ({ field: "name", op: "EQ", value: "x" })) }],
  };
  const deep = Array.from({ length: 100 }).reduce<object>((inner) => ({ not: inner }), { name: { eq: "x" } });
  const list =
    "query ($filter: ContactFilter, $query: SmartListQueryInput) { contacts(filter: $filter, query: $query) { totalCount } }";
  for (const variables of [{ query: wide }, condition("name", "IN", many(40_000)), { filter: deep }]) {
    const { errors, data } = await sendText(organization.key, list, variables);
    expect(data).toBeNull();
    expect(errors[0]?.extensions.code).toBe("FILTER_TOO_LARGE");
  }
  expect((await sendText(organization.key, "{ contacts { totalCount } }")).data).toEqual({
    contacts: { totalCount: 3 },
  });
});

test("85: a pattern is text like any other", async () => {
  for (const { data } of await askBoth({ filter: { name: { contains: "(a+)+$" } } }))
    expect(data).toEqual({ contacts: { totalCount: 0 } });
});

test("87: a custom field without a column of its own is not sorted by, and the answer says why", async () => {
  const { errors } = await sendText(
    organization.key,
    '{ contacts(orderBy: [{ customField: "unsorted" }]) { totalCount } }',
  );
  expect(errors[0]?.extensions).toMatchObject({
    code: "QUERY_TOO_EXPENSIVE",
    field: "orderBy[0].customField",
  });
});

test("a day is the asker's: their time zone, else the organization's", async () => {
  for (const [timeZone, on, expected] of [
    ["Europe/Paris", "2026-03-29", 3],
    ["Pacific/Kiritimati", "2026-03-29", 0],
    ["Pacific/Kiritimati", "2026-03-30", 3],
    ["Etc/GMT+12", "2026-03-29", 3],
  ] as const) {
    for (const { data, text } of await askBoth({ filter: { createdAt: { on } }, timeZone }))
      expect(data, text).toEqual({ contacts: { totalCount: expected } });
    for (const { data, text } of await askBoth({ ...condition("createdAt", "ON", on), timeZone }))
      expect(data, text).toEqual({ contacts: { totalCount: expected } });
  }
  const { prisma } = await (await import("../support/database.ts")).testDatabase();
  await prisma.organization.update({
    where: { id: organization.id },
    data: { timeZone: "Pacific/Kiritimati" },
  });
  const [{ data }] = await askBoth({ filter: { createdAt: { on: "2026-03-30" } } });
  expect(data).toEqual({ contacts: { totalCount: 3 } });
  await prisma.organization.update({ where: { id: organization.id }, data: { timeZone: "UTC" } });
});
