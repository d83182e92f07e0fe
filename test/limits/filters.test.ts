import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Filters that are within each single limit and too large as a whole. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  await organization.contact({ name: "Ann" });
});

const list =
  "query ($filter: ContactFilter, $query: SmartListQueryInput) { contacts(filter: $filter, query: $query) { totalCount nodes { id } } }";
const ask = (variables: object) => sendText(organization.key, list, variables as Record<string, unknown>);
const names = (count: number, list = 0) => Array.from({ length: count }, (_, at) => `x${list} ${at}`);
/** Lists of 500 values, others in each: what is said twice is one. */
const or = (count: number, leaf: (values: string[]) => object) => ({
  filter: { or: Array.from({ length: count }, (_, list) => leaf(names(500, list))) },
});
const conditions = (value: unknown) => Array(11).fill({ field: "name", op: "IN", value });

test.each<[string, object]>([
  ["19 lists of 500 values", or(19, (values) => ({ name: { in: values } }))],
  ["18 lists that are not", or(18, (values) => ({ company: { notIn: values } }))],
  [
    "19 lists of phone numbers",
    or(19, (values) => ({ phone: { in: values.map((value) => `${value}12345`) } })),
  ],
])("as many values as the limit work: %s", async (_case, variables) => {
  const { data, errors } = await ask(variables);
  expect(errors).toEqual([]);
  expect(data).toMatchObject({ contacts: { totalCount: expect.any(Number) } });
});

test.each<[string, object]>([
  ["66 lists of 500 values", or(66, (values) => ({ name: { in: values } }))],
  [
    "66 lists of 500 values, generic",
    { query: { groups: Array(6).fill({ conditions: conditions(names(500)) }) } },
  ],
  [
    "66 lists of related records' values",
    or(66, (values) => ({ deals: { some: { name: { in: values } } } })),
  ],
  ["66 lists of tags", or(66, (values) => ({ tags: { hasAny: values } }))],
])("82: %s are refused with their number and the limit, before any SQL", async (_case, variables) => {
  const { answer, statements } = await statementsOf(() => ask(variables));
  const { data, errors, text } = answer;
  expect([data, errors.length], text.slice(0, 300)).toEqual([null, 1]);
  expect(errors[0]?.extensions.code).toBe("FILTER_TOO_LARGE");
  expect(errors[0]?.message).toContain("has 33000 values in all; the limit is 10000");
  expect(statements.length, statements.join("\n").slice(0, 1000)).toBeLessThanOrEqual(1);
});

test.each([
  ["number", "NUMBER", (at: number) => String(at)],
  ["date", "DATE", (at: number) => new Date(at * 86_400_000).toISOString().slice(0, 10)],
  ["text", "TEXT", (at: number) => `${"a long text ".repeat(6)}${at}`],
] as const)(
  "values of a %s without a column of its own are bounded by what planning their comparisons takes",
  async (kind, type, value) => {
    const { key } = await organization.member();
    await organization.customField({ slug: `far_${kind}`, name: kind, type });
    const values = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => value(from + at));
    const within = (from: number, to: number) => ({
      customFields: [{ slug: `far_${kind}`, [kind]: { in: values(from, to) } }],
    });
    const send = (filter: object) => sendText(key, list, { filter });
    for (const filter of [within(0, 500), { not: within(0, 500) }])
      expect((await send(filter)).errors).toEqual([]);
    for (const filter of [
      { or: [within(0, 300), within(300, 501)] },
      { and: [{ not: within(0, 300) }, { not: within(300, 501) }] },
    ]) {
      const { answer, statements } = await statementsOf(() => send(filter));
      expect(answer.errors).toMatchObject([{ extensions: { code: "FILTER_TOO_LARGE", field: "filter" } }]);
      expect(answer.errors[0]?.message).toMatch(
        /has 501 values of custom fields .* no column .*; the limit is 500/,
      );
      // The credential, and what the filter names: what compiled code refuses is asked of graphql-js again.
      expect(statements.length, statements.join("\n").slice(0, 1000)).toBeLessThanOrEqual(3);
      expect(statements.filter((text) => !/custom_field|api_key/.test(text))).toEqual([]);
    }
  },
);

test("a filter with thousands of problems gets the first ones", async () => {
  const { errors, text } = await ask({ filter: { or: Array(20_000).fill({ name: null }) } });
  expect(errors).toHaveLength(1);
  expect(text.length).toBeLessThan(10_000);
});

test("smart lists inside smart lists are counted with what they say, and not read again and again", async () => {
  const { prisma } = await testDatabase();
  const make = async (name: string, condition: object) => {
    const id = newId();
    const query = { groups: Array(5).fill({ conditions: Array(20).fill(condition) }) };
    await prisma.smartList.create({ data: { orgId: organization.id, id, name, query } });
    return encodeId("SmartList", id);
  };
  let id = await make("level 0", { field: "name", op: "NE", value: "x" });
  for (let level = 1; level <= 4; level += 1)
    id = await make(`level ${level}`, { field: "inSmartList", op: "EQ", value: id });
  const { data, errors, text } = await ask({ filter: { inSmartList: { eq: id } } });
  expect(data, text).toBeNull();
  expect(errors).toHaveLength(1);
  expect(errors[0]?.extensions.code, text).toBe("FILTER_TOO_LARGE");
  expect(errors[0]?.message).toContain("the limit is 1000");
});
