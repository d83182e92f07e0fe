import { beforeAll, describe, expect, test } from "vitest";
import { serverOf } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { countingTexts } from "../support/json-texts.ts";
import { Organization } from "../support/makers.ts";

/**
 * Pages of children that PostgreSQL writes are, letter for letter, what they are when they are read and written here.
 */

let key: string;
let contact: string;
const awkward = `"O'Neil" \\ / \u0001 \u001e \u001f \n\t Ünïcode 🙂 \u2028 </script> $1 %`;

beforeAll(async () => {
  const organization = await Organization.make();
  key = organization.key;
  const { id, globalId } = await organization.contact({ name: awkward });
  contact = globalId;
  await organization.contact({ name: "Without children" });
  const moments = [
    "2026-01-02T03:04:05.678Z",
    "2026-01-02T03:04:05.600Z",
    "2026-01-02T03:04:05.000Z",
    "0999-12-31T23:59:59.999Z",
  ];
  for (const [at, moment] of moments.entries()) {
    const when = new Date(moment);
    const lead = await organization.lead({ name: `Lead ${at}` });
    const deal = await organization.deal({
      contactId: id,
      leadId: lead.id,
      name: at === 0 ? awkward : `Deal ${at}`,
      value: ["0.10", "1250.50", "9999999999999999.99", "0.00"][at],
      expectedCloseOn: at === 1 ? null : new Date("2024-02-29"),
      status: at === 2 ? "WON" : "OPEN",
      createdAt: when,
    });
    await organization.activity({
      contactId: id,
      dealId: deal.id,
      subject: at === 0 ? awkward : null,
      body: at === 1 ? "" : null,
      durationSeconds: at === 2 ? null : at * 60,
      occurredAt: when,
    });
    await organization.conversation({ contactId: id, subject: awkward, lastMessageAt: when });
  }
  const other = await Organization.make();
  const foreign = await other.contact();
  await other.deal({ contactId: foreign.id, name: "Foreign" });
});

async function ask(compileAfter: number, query: string, variables: object = {}): Promise<string> {
  const server = await serverOf(compileAfter);
  const response = await server.fetch("http://test/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.text()).replace(/"requestId":"[^"]*"/g, `"requestId":""`);
}

const deal = "id name value { amount currency } stage status expectedCloseOn version createdAt updatedAt";
const activity = "id kind occurredAt subject body durationSeconds createdAt";
const conversation = "id channel subject url lastMessageAt createdAt";
const inContact = (selection: string) => `{ contacts { nodes { id ${selection} } } }`;

/** Answered as JSON from the database. */
const written: readonly [what: string, query: string, variables?: object][] = [
  ["every column of deals", inContact(`deals { nodes { ${deal} } }`)],
  ["every column of activities", inContact(`activities { nodes { ${activity} } }`)],
  ["every column of conversations", inContact(`conversations { nodes { ${conversation} } }`)],
  [
    "edges, cursors and the place of the page",
    inContact(
      `deals(first: 2) { __typename edges { cursor node { name id } __typename } pageInfo { endCursor startCursor hasNextPage hasPreviousPage __typename } totalCount }`,
    ),
  ],
  [
    "the last ones",
    inContact("activities(last: 2) { nodes { occurredAt } pageInfo { hasPreviousPage hasNextPage } }"),
  ],
  [
    "aliases",
    inContact(
      "d: deals { n: nodes { i: id t: __typename v: value { c: currency a: amount } } t: totalCount }",
    ),
  ],
  [
    "fragments",
    `query { contacts { nodes { ...Card } } }
     fragment Card on Contact { deals { nodes { ... on Node { id } ... on Deal { name } ...Rest } } }
     fragment Rest on Deal { stage value { amount } }`,
  ],
  ["numbers alone", inContact("deals { totalCount } activities { totalCount }")],
  ["the end of the page alone", inContact("deals(first: 1) { pageInfo { endCursor } }")],
  [
    "sizes by variables",
    `query ($first: Int) { contacts { nodes { deals(first: $first) { nodes { id } } } } }`,
    { first: 1 },
  ],
  [
    "a size by its default",
    `query ($first: Int = 3) { contacts { nodes { deals(first: $first) { nodes { id } } } } }`,
  ],
  [
    "what is included and what is skipped",
    `query ($yes: Boolean!) { contacts { nodes {
       deals @include(if: $yes) { nodes { id } } activities @skip(if: $yes) { nodes { id } } } } }`,
    { yes: true },
  ],
  [
    "deals of leads, and activities of deals",
    "{ leads { nodes { deals { nodes { id name } } } } deals { nodes { activities { nodes { kind } } } } }",
  ],
  [
    "what depends on a variable",
    `query ($yes: Boolean!) { contacts { nodes { deals { nodes { id name @include(if: $yes) } } } } }`,
    { yes: false },
  ],
];

/** Left to be read and written here. */
const read: readonly [what: string, query: string, variables?: object][] = [
  ["related records", inContact("deals { nodes { id contact { name } } }")],
  ["children of children", inContact("deals { nodes { id activities { nodes { id } } } }")],
  ["both forms of the rows", inContact("deals { nodes { id } edges { node { name } } }")],
  ["a selection in two parts", inContact("deals { nodes { id } } deals { nodes { name } totalCount }")],
  [
    "a selection in two parts of fragments",
    `{ contacts { nodes { ...A ...B } } } fragment A on Contact { deals { nodes { id } } } fragment B on Contact { deals { nodes { name } } }`,
  ],
];

describe("compiled and not compiled, the answer is the same for", () => {
  test.each([...written, ...read])("%s", async (_what, query, variables) => {
    const here = await ask(Number.POSITIVE_INFINITY, query, variables);
    expect(here).not.toContain("errors");
    expect(await ask(0, query, variables)).toBe(here);
  });

  test("pages onwards and backwards from their cursors", async () => {
    const page = (args: string) =>
      `query ($id: ID!) { contact(id: $id) { deals(${args}) { nodes { id } pageInfo { startCursor endCursor hasNextPage } } } }`;
    const first = JSON.parse(await ask(0, page("first: 2"), { id: contact })).data.contact.deals;
    for (const args of [
      `first: 2, after: "${first.pageInfo.endCursor}"`,
      `last: 1, before: "${first.pageInfo.endCursor}"`,
    ]) {
      const here = await ask(Number.POSITIVE_INFINITY, page(args), { id: contact });
      expect(here).toContain(`"nodes":[{"id":"deal_`);
      expect(await ask(0, page(args), { id: contact })).toBe(here);
    }
  });

  test.each([
    ["a size over the limit", inContact("deals(first: 101) { nodes { id } }")],
    ["a cursor of another list", inContact(`deals(first: 1, after: "AAAA") { nodes { id } }`)],
  ])("%s, which is refused with its path", async (_what, query) => {
    const here = await ask(Number.POSITIVE_INFINITY, query);
    expect(JSON.parse(here).errors[0].path).toEqual(["contacts", "nodes", 0, "deals"]);
    expect(JSON.parse(await ask(0, query)).errors[0]).toEqual(JSON.parse(here).errors[0]);
  });
});

/** Whether an execution made ready JSON. */
const writesJson = async (query: string, variables: object = {}): Promise<boolean> =>
  (await countingTexts(() => ask(0, query, variables))).texts > 0;

describe("the database writes", () => {
  test.each(written)("%s", async (_what, query, variables) => {
    expect(await writesJson(query, variables)).toBe(true);
  });

  test.each(read.slice(0, 1).concat(read.slice(2)))("but not %s", async (_what, query, variables) => {
    expect(await writesJson(query, variables)).toBe(false);
  });
});

test.each([0, Number.POSITIVE_INFINITY])(
  "a contact, all its children and their numbers are one statement, compiled after %d",
  async (compileAfter) => {
    const query = inContact(
      "deals(first: 2) { totalCount nodes { id } } activities { totalCount nodes { id } } all: activities { nodes { body } } conversations { nodes { id } }",
    );
    const { statements } = await statementsOf(() => ask(compileAfter, query));
    expect(statements.filter((sql) => sql.includes("LATERAL"))).toHaveLength(1);
    // The key, and the contact with its children.
    expect(statements).toHaveLength(2);
  },
);
