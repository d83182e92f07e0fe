import { beforeAll, describe, expect, test } from "vitest";
import { read, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { serverWith } from "./asking.ts";

/** What an operation costs, told before any SQL but the credential's. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  const { id } = await organization.contact({ name: "Ann" });
  await organization.deal({ contactId: id });
});

const ask = (query: string, variables = {}) => sendText(organization.key, query, variables);

const strictServer = () => serverWith({ limits: { costLimit: 0, introspection: true } });

/** What an operation costs, as a server says that lets nothing pass. */
async function costOf(query: string, variables = {}, server = strictServer()): Promise<number> {
  const strict = await server;
  const { errors, text } = await read(
    await strict.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${organization.key}` },
      body: JSON.stringify({ query, variables }),
    }),
  );
  expect(errors[0]?.extensions.code, text).toBe("QUERY_TOO_COMPLEX");
  return Number(errors[0]?.extensions.requested);
}

const attack = `{ contacts(first: 100) { nodes { deals(first: 100) { nodes { activities(first: 50) { edges {
  cursor node { id subject body deal { id name contact { id } } author { name } } } } } } } } }`;
const threeLevels = (size: string) =>
  `contacts(first: ${size}) { nodes { deals(first: ${size}) { nodes { activities(first: 5) { nodes { id } } } } } }`;
const bomb = (leaf: string) =>
  `{ contacts(first: 1) { nodes { ...F0 } } } ${Array.from(
    { length: 20 },
    (_, at) => `fragment F${at} on Contact { ...F${at + 1} ...F${at + 1} }`,
  ).join(" ")} fragment F20 on Contact { ${leaf} }`;

describe.each<[string, string, object?]>([
  ["500,000 activities", attack],
  ["32 pages in pages, by variables", `query ($n: Int) { ${threeLevels("$n")} }`, { n: 100 }],
  ["33 the same by a default", `query ($n: Int = 100) { ${threeLevels("$n")} }`],
  ["33 the same under last", `{ ${threeLevels("100").replaceAll("first", "last")} }`],
  [
    "the same under aliases and in fragments",
    `{ ...A } fragment A on Query { mine: ${threeLevels("100").replace("deals", "theirs: deals")} }`,
  ],
  ["27 20 doubling fragments", bomb("id")],
  ["27 20 doubling fragments with a page in each", bomb("deals(first: 100) { nodes { id } }")],
  [
    "edges and nodes both",
    `{ p0: contacts(first: 100) { nodes { deals(first: 100) { nodes { id name } edges { cursor node { stage } } } } } }`,
  ],
])("%s", (_case, query, variables) => {
  test("is refused with one error that says what was asked, the limit and where most of it is", async () => {
    for (let time = 0; time < 2; time += 1) {
      const { answer, statements } = await statementsOf(() => ask(query, variables));
      const { status, data, errors, text } = answer;
      expect([status, data, errors.length], text).toEqual([400, null, 1]);
      const [error] = errors;
      expect(error?.extensions).toMatchObject({
        code: "QUERY_TOO_COMPLEX",
        limit: 50_000,
        requested: expect.any(Number),
        field: expect.stringMatching(/^(contacts|mine|p0)\b/),
      });
      expect(Number(error?.extensions.requested)).toBeGreaterThan(50_000);
      expect(error?.message).toContain(String(error?.extensions.field));
      expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(1);
    }
  });
});

test("the error names the most expensive field by its response path", async () => {
  const { errors } = await ask(attack.replace("activities(", "latest: activities("));
  expect(errors[0]?.extensions.field).toBe("contacts.nodes.deals.nodes.latest.edges.node");
});

test("the error lists what each expensive field costs, with all that is selected in it", async () => {
  const list = (alias: string, first: number) =>
    `${alias}: contacts(first: 100) { nodes { id deals(first: ${first}) { nodes { id name stage status version createdAt updatedAt } } } }`;
  const { errors } = await ask(`{ ${list("a", 100)} ${list("b", 60)} ${list("c", 5)} viewer { scopes } }`);
  const costs = errors[0]?.extensions.costs as { field: string; cost: number }[];
  expect(costs.map(({ field }) => field)).toEqual([
    "a",
    "a.nodes",
    "a.nodes.deals",
    "a.nodes.deals.nodes",
    "b",
    "b.nodes",
    "b.nodes.deals",
    "b.nodes.deals.nodes",
  ]);
  const inDeals = (first: number) => 100 * first * 7;
  expect(costs[3]?.cost).toBeGreaterThanOrEqual(inDeals(100));
  expect(costs[0]?.cost).toBe(1 + 1 + 100 * (1 + 1 + 1) + inDeals(100));
  expect(costs[4]?.cost).toBe(1 + 1 + 100 * (1 + 1 + 1) + inDeals(60));
});

describe("what is counted", () => {
  const page = (inner: string, args = "(first: 10)") => `{ contacts${args} { nodes { ${inner} } } }`;

  test("each value of a record as often as there may be records", async () => {
    const one = await costOf(page("id"));
    expect((await costOf(page("id name email"))) - one).toBe(20);
    expect(await costOf(page("id", ""))).toBe(one + 15);
  });

  test("arguments in variables, defaults and under last like literals", async () => {
    const literal = await costOf(page("id deals(first: 7) { nodes { id } }"));
    for (const [declared, size, variables] of [
      ["($n: Int!)", "first: $n", { n: 7 }],
      ["($n: Int = 7)", "first: $n", {}],
      ["($n: Int = 3)", "first: $n", { n: 7 }],
      ["($n: Int)", "last: $n", { n: 7 }],
    ] as const) {
      const query = `query${declared} ${page(`id deals(${size}) { nodes { id } }`)}`;
      expect(await costOf(query, variables)).toBe(literal);
    }
  });

  test("a document that is sent again costs what its variables say then", async () => {
    const server = strictServer();
    const sized = `query ($n: Int) ${page("id", "(first: $n)")}`;
    const costs = [];
    for (const n of [7, 70, 7]) costs.push(await costOf(sized, { n }, server));
    const cut = `query ($it: Boolean!) ${page("id name @include(if: $it)")}`;
    for (const it of [false, true, false]) costs.push(await costOf(cut, { it }, server));
    const again = [await costOf(page("id"), {}, server), await costOf(page("id"), {}, server)];
    expect(costs).toEqual([9, 72, 9, 12, 22, 12]);
    expect(again).toEqual([12, 12]);
  });

  test("a variable that is left out, or null, is a page of 25", async () => {
    const bare = await costOf(page("id", ""));
    expect(await costOf(`query ($n: Int) ${page("id", "(first: $n)")}`)).toBe(bare);
    expect(await costOf(`query ($n: Int) ${page("id", "(first: $n)")}`, { n: null })).toBe(bare);
  });

  test("what @skip and @include leave out costs nothing", async () => {
    const without = await costOf(page("id"));
    for (const [directive, left] of [
      ["@include(if: $it)", false],
      ["@skip(if: $it)", true],
    ] as const) {
      const inner = `id deals ${directive} { nodes { id } } ... ${directive} { name }`;
      const query = `query ($it: Boolean!) ${page(inner)}`;
      expect(await costOf(query, { it: left })).toBe(without);
      expect(await costOf(query, { it: !left })).toBeGreaterThan(without);
    }
  });

  test("of fragments on several types the dearest", async () => {
    const ids = Array(10).fill(organization.globalId);
    const nodes = (inner: string) =>
      costOf(`query ($ids: [ID!]!) { nodes(ids: $ids) { ${inner} } }`, { ids });
    const contact = await nodes("... on Contact { id name email }");
    expect(await nodes("... on Contact { id name email } ... on Deal { id }")).toBe(contact);
    expect(await nodes("id")).toBeLessThan(contact);
    expect(await nodes("... on Contact { id name email } id")).toBe(contact + 10);
  });

  test("a mutation at least 5, and ten of them no more than the limit", async () => {
    const one = await costOf('mutation { tagDelete(id: "tag_x") { deletedId } }');
    expect(one).toBeGreaterThanOrEqual(5);
  });

  test("a long text more than a short one", async () => {
    expect(await costOf(page("notes"))).toBeGreaterThan(5 * (await costOf(page("name"))));
  });
});
