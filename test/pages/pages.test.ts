import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

interface Page {
  readonly totalCount?: number;
  readonly nodes: { id: string; name: string }[];
  readonly edges: { cursor: string; node: { id: string } }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const document = `query ($orderBy: [ContactOrder!], $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
  contacts(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before, offset: $offset) {
    nodes { id name } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function page(key: string, variables: Record<string, unknown>): Promise<Page> {
  const { data, text } = await sendText(key, document, variables);
  if (!data) throw new Error(`${JSON.stringify(variables)} answered ${text}`);
  return (data as unknown as { contacts: Page }).contacts;
}

async function walk(key: string, orderBy: object[], size: number, backwards: boolean): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 100; pages += 1) {
    const args: Record<string, unknown> = backwards
      ? { last: size, before: cursor }
      : { first: size, after: cursor };
    const { nodes, pageInfo } = await page(key, { orderBy, ...args });
    names.push(...(backwards ? [...nodes].reverse() : nodes).map((node) => node.name));
    if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return names;
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor;
  }
  throw new Error("the walk does not end");
}

const companies = ["b", null, "A", "a", null, "c", "b", "", null, "z"];

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  const other = await Organization.make();
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number2" });
  await organization.customField({ slug: "unsorted", type: "NUMBER", slot: null });
  for (const [at, company] of companies.entries()) {
    await organization.contact({
      name: `n${at}`,
      company,
      email: at % 3 === 0 ? null : `e${at}@example.com`,
      createdAt: new Date(2026, 0, 1 + (at % 4)),
      callCount: at % 2,
      ...(at % 4 === 0 && { lastCallAt: new Date(2026, 1, at + 1) }),
      custom: at % 3 === 0 ? {} : { score: (at % 5) - 1.5 },
    });
    await other.contact({ name: `other ${at}` });
  }
});

const fields = [
  "CREATED_AT",
  "UPDATED_AT",
  "NAME",
  "EMAIL",
  "COMPANY",
  "SOURCE",
  "LAST_CALL_AT",
  "CALL_COUNT",
];
const directions = ["ASC", "DESC"] as const;
const nulls = ["FIRST", "LAST"] as const;

describe.each(fields)("by %s", (field) => {
  test.each(directions.flatMap((direction) => nulls.map((where) => [direction, where] as const)))(
    "%s with nulls %s, pages hold everything once, and backwards is forwards reversed",
    async (direction, where) => {
      const orderBy = [{ field, direction, nulls: where }];
      const all = (await page(organization.key, { orderBy, first: 100 })).nodes.map((node) => node.name);
      expect([...all].sort()).toEqual(companies.map((_, at) => `n${at}`).sort());
      expect(await walk(organization.key, orderBy, 3, false)).toEqual(all);
      expect(await walk(organization.key, orderBy, 3, true)).toEqual([...all].reverse());
    },
  );
});

test("any orders and page sizes hold everything once, both ways", async () => {
  const order = fc.record({
    key: fc.constantFrom(...fields.map((field) => ({ field })), { customField: "score" }),
    direction: fc.constantFrom(...directions),
    nulls: fc.constantFrom(...nulls),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(order, { maxLength: 3 }),
      fc.integer({ min: 1, max: 7 }),
      async (orders, size) => {
        const orderBy = orders.map(({ key, ...rest }) => ({ ...key, ...rest }));
        const all = (await page(organization.key, { orderBy, first: 100 })).nodes.map((node) => node.name);
        expect(new Set(all).size).toBe(companies.length);
        expect(await walk(organization.key, orderBy, size, false)).toEqual(all);
        expect(await walk(organization.key, orderBy, size, true)).toEqual([...all].reverse());
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

test("nulls stand where they are asked for, and text is ordered without regard to case", async () => {
  const names = async (direction: string, where: string) =>
    (
      await page(organization.key, {
        orderBy: [{ field: "COMPANY", direction, nulls: where }, { field: "NAME" }],
        first: 100,
      })
    ).nodes.map((node) => node.name);
  expect(await names("ASC", "LAST")).toEqual(["n2", "n3", "n0", "n6", "n5", "n9", "n1", "n4", "n7", "n8"]);
  expect(await names("DESC", "FIRST")).toEqual(["n1", "n4", "n7", "n8", "n9", "n5", "n0", "n6", "n2", "n3"]);
});

test("paging continues after the row of its cursor was deleted, without repeating or skipping rows", async () => {
  const own = await Organization.make();
  const { prisma } = await testDatabase();
  for (let at = 0; at < 6; at += 1)
    await own.contact({ name: `r${at}`, createdAt: new Date(2026, 0, 10 - at) });
  const first = await page(own.key, { first: 3 });
  await prisma.contact.updateMany({ where: { orgId: own.id, name: "r2" }, data: { deletedAt: new Date() } });
  await own.contact({ name: "before", createdAt: new Date(2026, 0, 20) });
  await own.contact({ name: "between", createdAt: new Date(2026, 0, 7, 12) });
  const second = await page(own.key, { first: 10, after: first.pageInfo.endCursor });
  expect(second.nodes.map((node) => node.name)).toEqual(["between", "r3", "r4", "r5"]);
});

test.each([
  ["another order", { orderBy: [{ field: "NAME" }] }],
  ["another direction", { orderBy: [{ field: "CREATED_AT", direction: "ASC" }] }],
])("a cursor of %s is refused", async (_case, other) => {
  const { pageInfo } = await page(organization.key, { first: 2 });
  const { errors } = await sendText(organization.key, document, { ...other, after: pageInfo.endCursor });
  expect(errors[0]?.extensions).toMatchObject({ code: "BAD_CURSOR", field: "after" });
});

test("so is one of another filter, an edited one, random text and a huge one", async () => {
  const { pageInfo } = await page(organization.key, { first: 2 });
  const cursor = String(pageInfo.endCursor);
  const edited = cursor.slice(0, -2) + (cursor.endsWith("A") ? "BB" : "AA");
  for (const [after, filter] of [
    [cursor, '{ name: { ne: "x" } }'],
    [edited, "{}"],
    ["random", "{}"],
    ["", "{}"],
    ["x".repeat(20_000), "{}"],
  ]) {
    const { errors } = await sendText(
      organization.key,
      `query ($after: String) { contacts(after: $after, filter: ${filter}) { nodes { id } } }`,
      { after },
    );
    expect(errors[0]?.extensions.code, after).toBe("BAD_CURSOR");
  }
});

test("offset gives numbered pages, and a count is sent only when it is selected", async () => {
  const { nodes, pageInfo } = await page(organization.key, {
    orderBy: [{ field: "NAME" }],
    first: 3,
    offset: 3,
  });
  expect(nodes.map((node) => node.name)).toEqual(["n3", "n4", "n5"]);
  expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  const without = await statementsOf(() => sendText(organization.key, "{ contacts { nodes { id } } }"));
  const counted = await statementsOf(() =>
    sendText(organization.key, "{ contacts { totalCount nodes { id } } }"),
  );
  expect(without.statements).toHaveLength(2);
  expect(counted.statements).toHaveLength(3);
});

test("whoever asks for the number alone sends no statement for rows, and rows are read once", async () => {
  const number = await statementsOf(() => sendText(organization.key, "{ contacts { totalCount } }"));
  expect(number.statements.filter((sql) => sql.includes('FROM "public"."contact"'))).toEqual([
    expect.stringContaining("COUNT(*)"),
  ]);
  const page = await statementsOf(() =>
    sendText(organization.key, "{ contacts { edges { cursor } nodes { id } pageInfo { hasNextPage } } }"),
  );
  expect(page.statements).toHaveLength(2);
});

test("a custom field without a column of its own cannot be sorted by, and an unknown one has a near miss", async () => {
  for (const [customField, told] of [
    ["unsorted", "cannot be sorted by"],
    ["scor", 'did you mean "custom.score"'],
  ]) {
    const { errors } = await sendText(organization.key, document, { orderBy: [{ customField }] });
    expect(errors[0]?.extensions).toMatchObject({ field: "orderBy[0].customField" });
    expect(errors[0]?.message).toContain(told);
  }
});

test("the trash is apart unless it is asked for", async () => {
  const own = await Organization.make();
  await own.contact({ name: "live" });
  await own.contact({ name: "gone", deletedAt: new Date() });
  const { data } = await sendText(
    own.key,
    "{ live: contacts { nodes { name } } both: contacts(trash: INCLUDE, orderBy: [{ field: NAME }]) { totalCount } gone: contacts(trash: ONLY) { nodes { name deletedAt } } }",
  );
  expect(data).toEqual({
    live: { nodes: [{ name: "live" }] },
    both: { totalCount: 2 },
    gone: { nodes: [{ name: "gone", deletedAt: expect.any(String) }] },
  });
});
