import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
const ALL = 3;

beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({
    slug: "industry",
    type: "SELECT",
    options: ["Technology", "Retail"],
    slot: "text1",
  });
  for (const name of ["Ann Corp", "Bob corp", "Cy"])
    await organization.contact({ name, email: `${name[0]}@example.com` });
  await organization.lead({ name: "New lead", source: "web", createdAt: new Date("2026-01-01") });
  await organization.lead({
    name: "Old lead",
    status: "QUALIFIED",
    dealValue: "250.50",
    dealCurrency: "EUR",
    createdAt: new Date("2025-01-01"),
  });
});

const ask = (variables: Record<string, unknown>) =>
  sendText(
    organization.key,
    "query ($filter: ContactFilter, $query: SmartListQueryInput, $search: SearchInput) { contacts(filter: $filter, query: $query, search: $search) { totalCount } }",
    variables,
  );
const count = async (variables: Record<string, unknown>) => {
  const { data, text } = await ask(variables);
  return (data as unknown as { contacts: { totalCount: number } } | null)?.contacts.totalCount ?? text;
};
const conditions = (...list: object[]) => ({ query: { groups: [{ conditions: list }] } });

test.each([
  [{}, ALL],
  [{ and: [] }, ALL],
  [{ or: [] }, 0],
  [{ not: { and: [] } }, 0],
  [{ not: {} }, 0],
  [{ not: { or: [] } }, ALL],
  [{ name: { in: [] } }, 0],
  [{ name: { notIn: [] } }, ALL],
  [{ not: { name: { in: [] } } }, ALL],
  [{ tags: { hasAny: [] } }, 0],
  [{ tags: { hasAll: [] } }, ALL],
  [{ tags: { hasNone: [] } }, ALL],
  [{ and: [{ or: [] }, { name: { eq: "cy" } }] }, 0],
  [{ or: [{ and: [] }, { name: { eq: "cy" } }] }, ALL],
  // Prisma forgets what is always true inside an OR when it is said by nothing.
  [{ or: [{ tags: { hasNone: ["no such tag"] } }, { name: { eq: "cy" } }] }, ALL],
  [{ not: { and: [{ doNotContact: { isEmpty: true } }, { doNotContact: { eq: true } }] } }, ALL],
  [{ name: {} }, ALL],
  [{ customFields: [] }, ALL],
  [{ name: { startsWith: "a", endsWith: "corp", ne: "x" } }, 1],
  [{ name: { contains: "corp" }, not: { name: { startsWith: "a" } } }, 1],
  [{ not: { not: { not: { or: [{ name: { eq: "cy" } }, { name: { contains: "bob" } }] } } } }, 1],
])("%o matches %i of three", async (filter, expected) => {
  expect(await count({ filter })).toBe(expected);
});

test("an omitted variable omits its condition, and a null one is an error with its path", async () => {
  const query =
    "query ($name: String) { contacts(filter: { name: { eq: $name }, company: { isEmpty: true } }) { totalCount } }";
  expect((await sendText(organization.key, query, {})).data).toEqual({ contacts: { totalCount: ALL } });
  const { errors } = await sendText(organization.key, query, { name: null });
  expect(errors[0]?.extensions).toMatchObject({ code: "INVALID_FILTER_VALUE", field: "filter.name.eq" });
});

test.each([
  [{ filter: { company: null } }, "INVALID_FILTER_VALUE", "filter.company"],
  [{ filter: { and: [{ not: { tags: null } }] } }, "INVALID_FILTER_VALUE", "filter.and[0].not.tags"],
  [
    conditions({ field: "name", op: "IN", value: ["a", null] }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value[1]",
  ],
  [
    { filter: { customFields: [{ slug: "industri", select: { eq: "x" } }] } },
    "UNKNOWN_FILTER_FIELD",
    "filter.customFields[0].slug",
  ],
  [
    { filter: { customFields: [{ slug: "industry", text: { eq: "x" } }] } },
    "UNKNOWN_FILTER_OPERATOR",
    "filter.customFields[0].text",
  ],
  [{ filter: { customFields: [{ slug: "industry" }] } }, "INVALID_FILTER_VALUE", "filter.customFields[0]"],
  [{ query: { groups: [] } }, "INVALID_FILTER_VALUE", "query.groups"],
  [{ query: { groups: [{ conditions: [] }] } }, "INVALID_FILTER_VALUE", "query.groups[0].conditions"],
  [
    conditions({ field: "name", op: "EQ", value: "a" }, { field: "compny", op: "EQ", value: "a" }),
    "UNKNOWN_FILTER_FIELD",
    "query.groups[0].conditions[1].field",
  ],
  [
    conditions({ field: "__proto__", op: "EQ", value: "a" }),
    "UNKNOWN_FILTER_FIELD",
    "query.groups[0].conditions[0].field",
  ],
  [
    conditions({ field: "created_at", op: "CONTAINS", value: "a" }),
    "UNKNOWN_FILTER_OPERATOR",
    "query.groups[0].conditions[0].op",
  ],
  [
    conditions({ field: "name", op: "GT", value: "a" }),
    "UNKNOWN_FILTER_OPERATOR",
    "query.groups[0].conditions[0].op",
  ],
  [
    conditions({ field: "name", op: "EQ", value: 5 }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [conditions({ field: "name", op: "EQ" }), "INVALID_FILTER_VALUE", "query.groups[0].conditions[0].value"],
  [
    conditions({ field: "name", op: "IN", value: "a" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "dnc", op: "EQ", value: "true" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "callCount", op: "EQ", value: 1.5 }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "created_at", op: "GT", value: "2026-02-30T00:00:00Z" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "created_at", op: "GT", value: 1767225600 }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "custom.industry", op: "EQ", value: "Tecnology" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "owner", op: "EQ", value: "nobody" }),
    "INVALID_FILTER_VALUE",
    "query.groups[0].conditions[0].value",
  ],
  [
    conditions({ field: "tags", op: "HAS_ANY", value: [encodeId("Tag", newId())] }),
    "UNKNOWN_REFERENCE",
    "query.groups[0].conditions[0].value[0]",
  ],
])("%o is an error at its path, and never a list", async (variables, code, path) => {
  const { data, errors } = await ask(variables);
  expect(data).toBeNull();
  expect(errors[0]?.extensions).toMatchObject({ code, field: path });
});

test("errors list allowed values and suggestions, and are all returned at once", async () => {
  const { errors } = await ask(
    conditions(
      { field: "compny", op: "EQ", value: "a" },
      { field: "created_at", op: "CONTAINS", value: "a" },
      { field: "custom.industry", op: "EQ", value: "Tecnology" },
      { field: "custom.industri", op: "EQ", value: "a" },
    ),
  );
  expect(errors).toHaveLength(1);
  const problems = errors[0]?.extensions.problems as {
    path: string;
    message: string;
    suggestions: string[];
  }[];
  expect(problems.map(({ suggestions }) => suggestions[0])).toEqual([
    "company",
    "GT",
    "Technology",
    "custom.industry",
  ]);
  expect(problems[1]?.message).toContain("it takes GT, GTE, LT, LTE, ON, WITHIN, OLDER_THAN, IS_EMPTY");
});

const deep = (levels: number): object => (levels === 0 ? { name: { eq: "cy" } } : { not: deep(levels - 1) });
const leaf = { field: "name", op: "NE", value: "x" };
const repeat = <T>(times: number, item: T): T[] => Array.from({ length: times }, () => item);

test.each([
  [
    "groups",
    { query: { groups: repeat(10, { conditions: [leaf] }) } },
    { query: { groups: repeat(11, { conditions: [leaf] }) } },
  ],
  ["conditions", conditions(...repeat(20, leaf)), conditions(...repeat(21, leaf))],
  [
    "leaves",
    { filter: { and: repeat(100, { name: { ne: "x" } }) } },
    { filter: { and: repeat(101, { name: { ne: "x" } }) } },
  ],
  ["depth", { filter: deep(7) }, { filter: deep(8) }],
  [
    "values",
    { filter: { name: { notIn: repeat(500, "x") } } },
    { filter: { name: { notIn: repeat(501, "x") } } },
  ],
])("as many %s as the limit work, and one more is refused by its name", async (what, within, over) => {
  expect(await count(within)).toEqual(expect.any(Number));
  const { errors } = await ask(over);
  expect(errors[0]?.extensions.code).toBe("FILTER_TOO_LARGE");
  expect(errors[0]?.message).toContain(what);
});

test("free text needs every word, in any case, in the fields that are named", async () => {
  expect(await count({ search: { text: "CORP ann" } })).toBe(1);
  expect(await count({ search: { text: " " } })).toBe(ALL);
  expect(await count({ search: { text: "corp" } })).toBe(2);
  expect(await count({ search: { text: "example.com" } })).toBe(ALL);
  expect(await count({ search: { text: "example.com", fields: ["NAME"] } })).toBe(0);
  expect(await count({ search: { text: "%" } })).toBe(0);
  expect(
    await count({ search: { text: "corp" }, filter: { name: { startsWith: "b" } }, ...conditions(leaf) }),
  ).toBe(1);
});

test("leads filter by status, source, creation and value, in both filter forms", async () => {
  const { data, text } = await sendText(
    organization.key,
    `{
      new: leads(filter: { status: { eq: "NEW" } }) { nodes { name } }
      generic: leads(query: { groups: [{ conditions: [{ field: "status", op: IN, value: ["qualified"] }, { field: "deal_value", op: GT, value: 250 }] }] }) { nodes { name dealValue { amount currency } } }
      source: leads(filter: { source: { eq: "WEB" } }) { nodes { name } }
      old: leads(filter: { createdAt: { lt: "2025-06-01T00:00:00Z" } }, orderBy: [{ field: CREATED_AT }]) { totalCount }
      found: leads(search: { text: "old", fields: [NAME, COMPANY] }) { totalCount }
      worthless: leads(filter: { not: { dealValue: { gt: "1" } } }) { nodes { name } }
    }`,
  );
  expect(data, text).toEqual({
    new: { nodes: [{ name: "New lead" }] },
    generic: { nodes: [{ name: "Old lead", dealValue: { amount: "250.50", currency: "EUR" } }] },
    source: { nodes: [{ name: "New lead" }] },
    old: { totalCount: 1 },
    found: { totalCount: 1 },
    worthless: { nodes: [{ name: "New lead" }] },
  });
});
