import { beforeEach, describe, expect, test } from "vitest";
import { bulk, bystander, done, planned } from "../support/bulk.ts";
import { mutate } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Filters of bulk changes: which need `all: true`, which are refused, and which contacts they select. */

let organization: Organization;
let key: string;
let untouched: () => Promise<boolean>;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  untouched = await bystander();
});

const acme = { filter: { company: { eq: "ACME" } } };
const plant = async (...names: string[]) => {
  const made = [];
  for (const name of names) made.push(await organization.contact({ name, company: "Acme" }));
  return made;
};

const rows = async () => {
  const { prisma } = await testDatabase();
  return prisma.contact.findMany({ where: { orgId: organization.id }, orderBy: { id: "asc" } });
};

const invalid = { code: "INVALID_PLAN", path: ["planToken"], __typename: "ValidationError" };

describe("a filter that matches everything is refused without all: true", () => {
  const refused = [{ code: "CONFIRM_ALL_REQUIRED", path: ["all"], __typename: "ValidationError" }];

  const literals = [
    "",
    "filter: {}",
    "filter: null, query: null, search: null",
    "filter: { and: [] }",
    "filter: { and: [{}, { and: [] }] }",
    'filter: { or: [{}, { company: { eq: "Acme" } }] }',
    "filter: { not: { or: [] } }",
    "filter: { company: {} }",
    "filter: { company: { notIn: [] } }",
    "filter: { tags: { hasAll: [] } }",
    "filter: { not: { deals: { some: { id: { in: [] } } } } }",
    'filter: { name: { contains: "" } }',
    'search: { text: "" }',
    'search: { text: "  \\n " }',
    'filter: {}, search: { text: " " }, query: { groups: [{ conditions: [{ field: "company", op: NOT_IN, value: [] }] }] }',
    "all: false",
    "all: null",
  ];
  test.each(literals)("as a literal: (%s)", async (args) => {
    await plant("A");
    const said = [args, "dryRun: true"].filter(Boolean).join(", ");
    const dry = await mutate(key, `contactsBulkDelete(${said})`, "count planToken");
    expect(dry).toMatchObject({ count: null, planToken: null, errors: refused });
    const real = await mutate(key, `contactsBulkDelete${args === "" ? "" : `(${args})`}`, "count");
    expect(real.errors).toMatchObject([...refused, invalid]);
  });

  test.each([[{}], [{ company: undefined, name: undefined }], [{ all: null }]])(
    "as variables of a filter, left out: %o",
    async (variables) => {
      await plant("A");
      const { errors } = await mutate(
        key,
        "contactsBulkDelete(filter: { company: { eq: $company }, or: [{ name: { startsWith: $name } }] }, all: $all, dryRun: true)",
        "count",
        variables,
        "($company: String, $name: String, $all: Boolean)",
      );
      expect(errors).toMatchObject(refused);
    },
  );

  test.each([
    [{ filter: null }],
    [{ filter: {} }],
    [{ filter: { and: [] } }],
    [{ search: { text: "" } }],
    [{}],
  ])("as whole variables: %o", async (args) => {
    await plant("A");
    const { errors } = await bulk(key, "contactsBulkDelete", { ...args, dryRun: true });
    expect(errors).toMatchObject(refused);
  });

  test("with all: true it is every live contact of the organization, and of no other", async () => {
    await plant("A", "B");
    await organization.contact({ name: "Elsewhere", company: null });
    await organization.contact({ name: "Trashed", deletedAt: new Date() });
    const { planToken, count } = await planned(key, "contactsBulkUpdate", {
      input: { title: "Dear" },
      all: true,
    });
    expect(count).toBe(3);
    // The token is no substitute for saying so again.
    expect(
      (await bulk(key, "contactsBulkUpdate", { input: { title: "Dear" }, planToken })).errors,
    ).toMatchObject(refused);
    const result = await bulk(key, "contactsBulkUpdate", { input: { title: "Dear" }, all: true, planToken });
    expect(result).toMatchObject({ count: 3, changed: 3, errors: [] });
    expect((await rows()).map(({ title }) => title)).toEqual(["Dear", "Dear", "Dear", null]);
    expect(await untouched()).toBe(true);
  });

  test("a filter that excludes something does not need all: true", async () => {
    await plant("A");
    for (const args of [{ search: { text: "a" } }, { filter: { name: { notContains: "" } } }]) {
      expect((await bulk(key, "contactsBulkDelete", { ...args, dryRun: true })).errors).toEqual([]);
    }
  });
});

test("all problems of a filter and a change are returned at once with their paths", async () => {
  await plant("A");
  const { errors } = await mutate(
    key,
    `contactsBulkUpdate(
       filter: { customFields: [{ slug: "nope", text: { eq: "x" } }], company: { eq: null } }
       query: { groups: [{ conditions: [{ field: "company", op: EQ, value: "x" }, { field: "compny", op: EQ, value: "x" }] }] }
       search: { text: "x", fields: [] }
       input: { ownerId: "nobody", customFields: [{ slug: "none", value: 1 }] })`,
    "count",
  );
  expect(errors.map(({ code, path }) => `${code} ${path.join(".")}`).sort()).toEqual([
    "BAD_ID input.ownerId",
    "INVALID_FILTER filter.company.eq",
    "INVALID_FILTER filter.customFields.0.slug",
    "INVALID_FILTER query.groups.0.conditions.1.field",
    "INVALID_FILTER search.fields",
    "INVALID_PLAN planToken",
    "UNKNOWN_CUSTOM_FIELD input.customFields.0.slug",
  ]);
});

test("free text of too many words, and a change that says nothing, are refused", async () => {
  const many = { search: { text: "a b c d e f g h i j k" }, dryRun: true };
  expect((await bulk(key, "contactsBulkDelete", many)).errors).toMatchObject([
    { code: "INVALID_FILTER", path: ["search", "text"] },
  ]);
  for (const input of [{}, { customFields: [] }]) {
    expect((await bulk(key, "contactsBulkUpdate", { ...acme, input, dryRun: true })).errors).toMatchObject([
      { code: "REQUIRED", path: ["input"] },
    ]);
  }
  expect((await bulk(key, "contactsBulkTag", { ...acme, add: [], dryRun: true })).errors).toMatchObject([
    { code: "REQUIRED", path: ["add"] },
  ]);
});

test.each([
  ["filter", { createdAt: { gte: "2020-01-01T00:00:00Z" } }],
  ["filter", { createdAt: { within: { last: { amount: 2, unit: "HOUR" } } }, callCount: { lt: 1 } }],
  ["filter", { tags: { hasAny: ["VIP"] } }],
  ["filter", { customFields: [{ slug: "score", number: { gt: "1.5", lte: "2" } }] }],
  ["filter", { deals: { some: { status: { eq: "OPEN" } } }, conversations: { none: {} } }],
  ["filter", { id: { in: [] as string[] } }],
  ["search", { text: "pers", fields: ["NAME"] }],
])("the SQL of a set is the same in the count, under the lock and in a list: %s %o", async (door, said) => {
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  const made = await organization.contact({
    name: "Person",
    company: "Acme",
    tags: ["VIP"],
    custom: { score: 2 },
  });
  await organization.deal({ contactId: made.id });
  const other = await organization.contact({ name: "Other", createdAt: new Date("2019-01-01") });
  const filter =
    door === "filter" && "id" in said ? { id: { in: [made.globalId] } } : (said as Record<string, unknown>);
  const result = await done(key, "contactsBulkUpdate", { [door]: filter, input: { title: "Found" } });
  expect(result).toMatchObject({ count: 1, changed: 1, errors: [] });
  const titles = Object.fromEntries((await rows()).map(({ id, title }) => [id, title]));
  expect(titles).toEqual({ [made.id]: "Found", [other.id]: null });
});
