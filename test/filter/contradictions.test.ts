import { beforeAll, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Conditions that nothing can fulfil match nothing: only one comparator with its own bounds exchanged is a mistake. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ slug: "lifetime_value", type: "NUMBER", slot: "number1" });
  await organization.contact({ name: "Ann", custom: { lifetime_value: 50_000 } });
});

const ask = (variables: Record<string, unknown>) =>
  sendText(
    key,
    `query ($filter: ContactFilter, $query: SmartListQueryInput) {
       contacts(filter: $filter, query: $query) { totalCount }
       contactFilterPreview(filter: $filter, query: $query) { valid count } }`,
    variables,
  );
const query = (...conditions: object[]) => ({ query: { groups: [{ conditions }] } });

test.each([
  query(
    { field: "custom.lifetime_value", op: "LTE", value: 38_340 },
    { field: "custom.lifetime_value", op: "GT", value: 89_468 },
  ),
  query({ field: "callCount", op: "GT", value: 2 }, { field: "callCount", op: "LT", value: 1 }),
  query(
    { field: "createdAt", op: "OLDER_THAN", value: "P30D" },
    { field: "createdAt", op: "GTE", value: "2026-11-20T00:00:00Z" },
  ),
  query({ field: "name", op: "EQ", value: "Ann" }, { field: "name", op: "NE", value: "Ann" }),
  { filter: { and: [{ callCount: { gt: 2 } }, { callCount: { lt: 1 } }] } },
  { filter: { callCount: { gt: 2 }, and: [{ callCount: { lt: 1 } }] } },
  { filter: { callCount: { gt: 2, lt: 2 } } },
  // What a relative date comes down to is nobody's bound.
  { filter: { createdAt: { olderThan: "P30D", gte: "2026-11-20T00:00:00Z" } } },
  { filter: { createdAt: { within: { previous: "YEAR" }, gt: "9000-01-01T00:00:00Z" } } },
])("%j matches nothing, and is no error", async (variables) => {
  const { data, text } = await ask(variables);
  expect(data, text).toEqual({
    contacts: { totalCount: 0 },
    contactFilterPreview: { valid: true, count: 0 },
  });
});

test.each([
  [
    query({ field: "callCount", op: "GT", value: 2 }, { field: "callCount", op: "LT", value: 1 }),
    "call count",
  ],
  [
    query({ field: "callCount", op: "GTE", value: 2 }, { field: "callCount", op: "LT", value: 2 }),
    "call count",
  ],
  [
    query({ field: "callCount", op: "IN", value: [1, 5] }, { field: "callCount", op: "GT", value: 5 }),
    "call count",
  ],
  [query({ field: "company", op: "IS_EMPTY" }, { field: "company", op: "CONTAINS", value: "x" }), "company"],
  [query({ field: "name", op: "EQ", value: "a" }, { field: "name", op: "EQ", value: "b" }), "name"],
  [
    query(
      { field: "custom.lifetime_value", op: "LTE", value: "9007199254740992" },
      { field: "custom.lifetime_value", op: "GT", value: "9007199254740993" },
    ),
    '"lifetime_value"',
  ],
  [
    query(
      { field: "createdAt", op: "OLDER_THAN", value: "P30D" },
      { field: "createdAt", op: "GTE", value: "9000-11-20T00:00:00Z" },
    ),
    "creation",
  ],
])("the preview of %j says what excludes each other: %s", async (variables, name) => {
  const { data } = await sendText(
    key,
    "query ($query: SmartListQueryInput) { contactFilterPreview(query: $query) { sentence } }",
    variables,
  );
  const { sentence } = (data as unknown as { contactFilterPreview: { sentence: string } })
    .contactFilterPreview;
  expect(sentence).toContain(` No contact can fulfil this: the conditions on ${name} exclude each other.`);
});

test.each([
  query({ field: "callCount", op: "GTE", value: 2 }, { field: "callCount", op: "LTE", value: 2 }),
  query({ field: "name", op: "EQ", value: "a" }, { field: "name", op: "NE", value: "b" }),
  query({ field: "company", op: "IS_EMPTY" }, { field: "company", op: "NE", value: "x" }),
  query({ field: "tags", op: "CONTAINS", value: "a" }, { field: "tags", op: "CONTAINS", value: "b" }),
  query({ field: "deals.value", op: "LT", value: 1 }, { field: "deals.value", op: "GT", value: 2 }),
])("and says nothing of the kind of %j, which some contact can fulfil", async (variables) => {
  const { text } = await sendText(
    key,
    "query ($query: SmartListQueryInput) { contactFilterPreview(query: $query) { valid sentence } }",
    variables,
  );
  expect(text).toContain('"valid":true');
  expect(text).not.toContain("exclude each other");
});

test.each([
  [{ filter: { callCount: { gt: 2, lt: 1 } } }, "filter.callCount.lt"],
  [
    { filter: { createdAt: { gte: "2026-02-01T00:00:00Z", lt: "2026-01-01T00:00:00Z" } } },
    "filter.createdAt.lt",
  ],
  [
    {
      filter: {
        customFields: [
          { slug: "lifetime_value", number: { gte: "9007199254740993", lte: "9007199254740992" } },
        ],
      },
    },
    "filter.customFields[0].number.lte",
  ],
])("%j has its bounds exchanged", async (variables, field) => {
  const { errors } = await ask(variables);
  expect(errors[0]?.extensions).toMatchObject({ code: "INVALID_FILTER_VALUE", field });
});

test("a stored list with a relative date stays valid as time passes", async () => {
  const stored = query(
    { field: "createdAt", op: "OLDER_THAN", value: "P30D" },
    { field: "createdAt", op: "GT", value: "2020-01-01T00:00:00Z" },
  );
  const { smartList, errors } = await mutate<{ smartList: { id: string } }>(
    key,
    'smartListCreate(input: { name: "Old", query: $query })',
    "smartList { id }",
    stored,
    "($query: SmartListQueryInput!)",
  );
  expect(errors).toEqual([]);
  // The other end moves: here to a day that 30 days ago has not reached.
  const { prisma } = await testDatabase();
  const [list] = await prisma.smartList.findMany({ where: { orgId: organization.id } });
  const later = JSON.parse(JSON.stringify(list?.query).replace("2020-01-01", "9000-01-01"));
  await prisma.smartList.updateMany({ where: { orgId: organization.id }, data: { query: later } });
  const { data, text } = await sendText(
    key,
    `{ smartList(id: "${smartList.id}") { isValid problems { code } count } }`,
  );
  expect(data, text).toEqual({ smartList: { isValid: true, problems: [], count: 0 } });
});
