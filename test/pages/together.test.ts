import { beforeAll, describe, expect, test } from "vitest";
import { ask as askServer } from "../support/again.ts";
import { sendText, serverOf } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** A record and what is asked about it are read by one statement, with the answer that loaders would give. */

let organization: Organization;
let restricted: Awaited<ReturnType<Organization["member"]>>;
let contact: { globalId: string };
let lead: { globalId: string };

beforeAll(async () => {
  organization = await Organization.make();
  const stranger = await Organization.make();
  restricted = await organization.member({ dataScope: "ASSIGNED" });
  await organization.customField({ slug: "size", type: "NUMBER" });
  await organization.customField({ slug: "size", type: "TEXT", entity: "LEAD" });
  for (const [owner, each] of [
    [organization, "ours"],
    [stranger, "theirs"],
  ] as const) {
    const ownerId = owner === organization ? restricted.id : (await owner.member()).id;
    const tags = [`b ${each}`, `a ${each}`];
    const custom = { size: owner === organization ? "12" : "13" };
    const made = await owner.contact({ name: each, tags, ownerId, custom });
    await owner.contact({ name: `bare ${each}` });
    const madeLead = await owner.lead({ name: each, ownerId, custom: { size: each } });
    for (const at of [1, 2, 3]) {
      await owner.deal({ contactId: made.id, name: `${each} ${at}`, ownerId: at === 3 ? null : ownerId });
      await owner.activity({ leadId: madeLead.id, subject: `${each} ${at}` });
    }
    await owner.conversation({ contactId: made.id, subject: each });
    if (owner === organization) [contact, lead] = [made, madeLead];
  }
});

const ofContact = `name tags { name createdAt contactCount } owner { name email role createdAt removedAt }
  customFields { slug value field { name } }
  deals(first: 2) { totalCount nodes { name value { amount } } pageInfo { hasNextPage } }
  same: deals(last: 2) { nodes { name value { amount } } pageInfo { hasNextPage } }
  last: deals(last: 2) { edges { cursor node { name } } } conversations { nodes { subject } }`;
const ofLead =
  "name owner { name } customFields { slug value } activities(first: 2) { totalCount nodes { subject } }";

const questions: readonly (readonly [what: string, query: () => string])[] = [
  ["a page of contacts", () => `{ contacts { nodes { ${ofContact} } } }`],
  ["its edges", () => `{ contacts { edges { node { ${ofContact} } } } }`],
  ["a contact", () => `{ contact(id: "${contact.globalId}") { ${ofContact} } }`],
  ["a node", () => `{ node(id: "${contact.globalId}") { ... on Contact { ${ofContact} } } }`],
  [
    "a contact by a fragment",
    () => `{ contact(id: "${contact.globalId}") { ...Of } } fragment Of on Contact { ${ofContact} }`,
  ],
  ["a page of leads", () => `{ leads { nodes { ${ofLead} } } }`],
  ["a lead", () => `{ lead(id: "${lead.globalId}") { ${ofLead} } }`],
];

describe.each(questions)("%s", (_what, query) => {
  test("is one statement, besides those of the key and of tags' numbers", async () => {
    const { answer, statements } = await statementsOf(() => sendText(organization.key, query()));
    expect(answer.errors).toEqual([]);
    expect(answer.text).toMatch(/ours/);
    expect(answer.text).toMatch(/"owner":\{"name"/);
    expect(answer.text).toMatch(/"slug":"size"/);
    expect(answer.text).not.toMatch(/theirs/);
    if (query().includes("contactCount"))
      expect(answer.text).toMatch(/"tags":\[\{"name":"a ours".*\{"name":"b ours"/);
    const besides = statements.filter((sql) => !/FROM api_key|carriers|contact_tag/.test(sql));
    expect(besides).toHaveLength(1);
  });

  test.each(["all", "assigned"])("has the bytes of what loaders read, for who sees %s", async (sees) => {
    const key = sees === "all" ? organization.key : restricted.key;
    // A directive decides what is selected, so that nothing is known before.
    const apart = query().replace("{", "{ __typename @skip(if: true) ");
    const [compiled, interpreted] = [await serverOf(0), await serverOf(Number.POSITIVE_INFINITY)];
    const loaded = await askServer(interpreted, key, { query: apart });
    expect(loaded).toMatch(/"data":/);
    expect(await askServer(interpreted, key, { query: query() })).toBe(loaded);
    expect(await askServer(compiled, key, { query: query() })).toBe(loaded);
    if (sees === "assigned") expect(loaded).not.toMatch(/bare/);
  });
});

test("what one of several contacts is asked about is not read for the others", async () => {
  const others = await Promise.all(["one", "two"].map((name) => organization.contact({ name })));
  for (const { id } of others) await organization.deal({ contactId: id, name: "of another" });
  const [one, two] = others.map(({ globalId }) => globalId);
  const { answer, statements } = await statementsOf(() =>
    sendText(
      organization.key,
      `{ a: contact(id: "${contact.globalId}") { owner { name } deals(first: 1) { nodes { name } } }
         b: contact(id: "${one}") { owner { name } deals(first: 3) { nodes { name } } }
         c: contact(id: "${two}") { owner { name } } }`,
    ),
  );
  expect(answer.errors).toEqual([]);
  expect(answer.text.match(/of another/g)).toHaveLength(1);
  const besides = statements.filter((sql) => !/FROM api_key/.test(sql));
  // All are asked about their owner; the deals of both contacts are one more statement.
  expect(besides.map((sql) => /FROM deal/.test(sql))).toEqual([false, true]);
});

test("pages from any place are answered with what loaders read about their own records", async () => {
  const listed = await Promise.all(
    [1, 2, 3, 4, 5].map(async (at) => {
      const made = await organization.contact({ name: `listed ${at}`, tags: [`tag ${at}`] });
      await organization.deal({ contactId: made.id, name: `deal ${at}` });
      return made;
    }),
  );
  const fields = `totalCount pageInfo { hasNextPage hasPreviousPage }
    edges { cursor node { id name tags { name } deals(first: 1) { totalCount nodes { name } } } }`;
  const order = 'filter: { name: { startsWith: "listed" } }, orderBy: [{ field: NAME, direction: ASC }]';
  const all = JSON.parse((await sendText(organization.key, `{ contacts(${order}) { ${fields} } }`)).text) as {
    data: { contacts: { edges: { cursor: string; node: object }[] } };
  };
  const { edges } = all.data.contacts;
  expect(edges).toHaveLength(listed.length);
  expect(edges[1]?.node).toMatchObject({
    name: "listed 2",
    tags: [{ name: "tag 2" }],
    deals: { totalCount: 1, nodes: [{ name: "deal 2" }] },
  });
  const middle = edges[2]?.cursor;
  const pages: readonly (readonly [args: string, from: number, to: number])[] = [
    ["first: 2", 0, 2],
    ["last: 2", 3, 5],
    [`first: 1, after: "${middle}"`, 3, 4],
    [`first: 9, after: "${middle}"`, 3, 5],
    [`last: 1, before: "${middle}"`, 1, 2],
    [`last: 9, before: "${middle}"`, 0, 2],
    ["first: 2, trash: INCLUDE", 0, 2],
  ];
  for (const [args, from, to] of pages) {
    const query = `{ contacts(${order}, ${args}) { ${fields} } }`;
    const { text } = await sendText(organization.key, query);
    const nodes = (JSON.parse(text) as typeof all).data.contacts.edges.map(({ node }) => node);
    expect(nodes, args).toEqual(edges.slice(from, to).map(({ node }) => node));
  }
});
