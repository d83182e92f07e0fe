import { beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/again.ts";
import { serverOf } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { countingTexts } from "../support/json-texts.ts";
import { Organization } from "../support/makers.ts";

/** Lists and records that PostgreSQL writes are, letter for letter, what resolvers make of their rows. */

let organization: Organization;
let restricted: Awaited<ReturnType<Organization["member"]>>;
let contact: { globalId: string };
let lead: { globalId: string };
let merged: { globalId: string };
let purged: { globalId: string };
const awkward = `"O'Neil" \\ / \u0001 \u001e \u001f \n\t Ünïcode 🙂 \u2028 </script> $1 %`;

beforeAll(async () => {
  organization = await Organization.make();
  const stranger = await Organization.make();
  restricted = await organization.member({ dataScope: "ASSIGNED" });
  await organization.customField({ slug: "size", type: "NUMBER" });
  await organization.customField({ slug: "note", type: "TEXT" });
  for (const owner of [organization, stranger]) {
    const ours = owner === organization;
    const ownerId = ours ? restricted.id : (await owner.member()).id;
    const made = await owner.contact({
      name: ours ? awkward : "theirs",
      ownerId,
      tags: ours ? ["b", awkward, "a"] : ["theirs"],
      custom: ours ? { size: "12.5", note: awkward } : {},
      phoneNumbers: ["+4930123456", "+4930123457"],
      company: ours ? awkward : "theirs",
    });
    for (const at of [1, 2, 3])
      await owner.deal({ contactId: made.id, name: ours ? awkward : `theirs ${at}` });
    await owner.contact({ name: "bare", ownerId: null });
    const other = await owner.lead({ name: ours ? awkward : "theirs", ownerId });
    if (!ours) continue;
    [contact, lead] = [made, other];
    const deletedAt = new Date();
    const gone = [
      await owner.contact({ name: "merged", deletedAt }),
      await owner.contact({ name: "purged", deletedAt }),
    ] as const;
    [merged, purged] = gone;
    const { prisma } = await testDatabase();
    const change = (id: string, data: object) => prisma.contact.updateMany({ where: { id }, data });
    await change(gone[0].id, { mergedIntoId: made.id });
    await change(gone[1].id, { purgedAt: deletedAt });
  }
});

const card = `id __typename name firstName email company phoneNumbers title notes allowPhoneCalls callCount lastCallAt
  lastModificationSource version createdAt updatedAt deletedAt tags { id name color }
  owner { id name email role dataScope version createdAt removedAt } customFields { slug value __typename }
  deals(first: 2) { totalCount edges { cursor node { id name value { amount currency } } } pageInfo { hasNextPage endCursor } }
  last: deals(last: 1) { nodes { name } pageInfo { hasPreviousPage hasNextPage } }`;

/** Written by PostgreSQL as a whole. */
const written: readonly (readonly [what: string, query: () => string])[] = [
  ["a page of contacts", () => `{ contacts(first: 1) { __typename totalCount nodes { ${card} } } }`],
  [
    "edges with cursors of an order that has no values",
    () =>
      `{ contacts(orderBy: [{ field: COMPANY, direction: DESC, nulls: FIRST }, { field: NAME }]) { edges { cursor node { name } }
         pageInfo { startCursor endCursor hasNextPage hasPreviousPage __typename } } }`,
  ],
  ["its number alone", () => "{ contacts { totalCount } }"],
  ["the end of a page alone", () => "{ contacts(first: 1) { pageInfo { endCursor hasNextPage } } }"],
  [
    "a page by numbers",
    () => "{ contacts(first: 1, offset: 1) { nodes { name } pageInfo { hasPreviousPage } } }",
  ],
  [
    "a filtered page",
    () => `{ contacts(filter: { tags: { hasAny: ["a"] } }) { totalCount nodes { ${card} } } }`,
  ],
  ["the trash", () => "{ contacts(trash: ONLY) { nodes { id name deletedAt } } }"],
  ["leads", () => "{ leads { nodes { id name status owner { name } tags { name } } } }"],
  ["deals", () => "{ deals { totalCount nodes { id name value { amount } owner { id name } } } }"],
  ["a contact", () => `{ contact(id: "${contact.globalId}") { ${card} } }`],
  ["what a contact was merged into", () => `{ contact(id: "${merged.globalId}") { ${card} } }`],
  ["a lead", () => `{ lead(id: "${lead.globalId}") { id name owner { name } } }`],
];

/** Made by resolvers. */
const resolved: readonly (readonly [what: string, query: () => string])[] = [
  ["groups", () => "{ contacts { edges { matchedGroups node { id } } } }"],
  ["facets", () => "{ contacts { nodes { id } facets { tags { count } } } }"],
  ["related records", () => "{ deals { nodes { id contact { name } } } }"],
  [
    "several records",
    () => `{ a: contact(id: "${contact.globalId}") { id } b: contact(id: "${merged.globalId}") { name } }`,
  ],
  ["a list in two parts", () => "{ contacts { nodes { id } } contacts { nodes { name } } }"],
];

/** The answer of a compiled query, and how many texts it is made of. */
const compiled = async (query: string, key = organization.key) => {
  const server = await serverOf(0);
  return countingTexts(() => ask(server, key, { query }));
};

describe.each([...written, ...resolved])("%s", (_what, query) => {
  test.each(["all", "assigned"])("is the same compiled and interpreted, for who sees %s", async (sees) => {
    const key = sees === "all" ? organization.key : restricted.key;
    const interpreted = await ask(await serverOf(Number.POSITIVE_INFINITY), key, { query: query() });
    expect(interpreted).not.toMatch(/"errors"|theirs/);
    const { answer } = await compiled(query(), key);
    expect(answer).toBe(interpreted);
  });
});

test.each(written)("PostgreSQL writes %s", async (_what, query) => {
  expect(await compiled(query())).toMatchObject({ texts: 1 });
});

test.each(resolved)("resolvers make %s", async (_what, query) => {
  expect(await compiled(query())).toMatchObject({ texts: 0 });
});

test("what was purged, what is no id and what is of another type is null", async () => {
  const ids = [purged.globalId, lead.globalId];
  for (const id of ids)
    expect((await compiled(`{ contact(id: "${id}") { id } }`)).answer).toContain(`{"contact":null}`);
});

test("pages onwards and backwards from each cursor are the same written and resolved", async () => {
  const page = (args: string) =>
    `{ contacts(${args}) { edges { cursor node { name customFields { slug value } } } pageInfo { hasNextPage hasPreviousPage } } }`;
  const cursors = [...(await compiled(page("first: 9"))).answer.matchAll(/"cursor":"([^"]*)"/g)];
  expect(cursors).toHaveLength(2);
  for (const [, cursor] of cursors) {
    for (const args of [`first: 1, after: "${cursor}"`, `last: 1, before: "${cursor}"`]) {
      const interpreted = await ask(await serverOf(Number.POSITIVE_INFINITY), organization.key, {
        query: page(args),
      });
      expect((await compiled(page(args))).answer).toBe(interpreted);
    }
  }
});

test("an error below a list has the path that it has when it is resolved", async () => {
  const query = "{ contacts { nodes { deals(first: 101) { nodes { id } } } } }";
  const { answer } = await compiled(query);
  expect(answer).toContain(`"path":["contacts","nodes",0,"deals"]`);
  expect(answer).toBe(await ask(await serverOf(Number.POSITIVE_INFINITY), organization.key, { query }));
});
