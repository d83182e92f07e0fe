import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, send, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { Merge, mergesOf } from "../support/merges.ts";

/** Merging contacts (`contactMerge`). */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
  await organization.customField({ slug: "size", type: "NUMBER", slot: "number1" });
});

const { merge, pair } = mergesOf(() => organization);

test("everything moves to the primary contact; its values are kept, empty fields are filled; the old id resolves to it", async () => {
  const { primary, duplicate, deals, email } = await pair();
  const merged = await merge({ primaryId: primary.globalId, duplicateIds: [duplicate.globalId] });
  expect(merged.errors).toEqual([]);
  expect(merged.contact).toMatchObject({
    id: primary.globalId,
    name: "Primary",
    company: "Acme",
    email,
    title: "CTO",
    phoneNumbers: ["+33612345678"],
    callCount: 5,
    lastCallAt: "2026-02-01T00:00:00.000Z",
    version: 2,
    tags: [{ name: "a" }, { name: "b" }, { name: "c" }],
    customFields: [
      { slug: "industry", value: "Retail" },
      { slug: "size", value: 7 },
    ],
    deals: { totalCount: 2 },
    activities: { totalCount: 2 },
    conversations: { totalCount: 2 },
  });
  expect(merged.contact?.deals.nodes.map(({ id }) => id).sort()).toEqual(
    deals.map((deal) => deal.globalId).sort(),
  );
  expect(merged.moves).toEqual({ deals: 1, activities: 1, conversations: 1, tags: 1 });
  expect(merged.merge).toMatchObject({
    undoneAt: null,
    primary: { id: primary.globalId },
    duplicates: [{ id: duplicate.globalId, removed: true, mergedInto: { id: primary.globalId } }],
  });
  const { data } = await sendText(
    key,
    `{ contact(id: "${duplicate.globalId}") { id } node(id: "${duplicate.globalId}") { id }
       contacts(filter: { tags: { hasAny: ["c"] }, id: { eq: "${primary.globalId}" } }) { totalCount }
       found: contacts(filter: { email: { eq: "${email}" } }) { nodes { id } } }`,
  );
  expect(data).toEqual({
    contact: { id: primary.globalId },
    node: { id: primary.globalId },
    contacts: { totalCount: 1 },
    found: { nodes: [{ id: primary.globalId }] },
  });
});

test("a dry run shows what would be chosen and changes nothing", async () => {
  const { primary, duplicate } = await pair();
  const {
    contact,
    merge: made,
    choices,
    moves,
  } = await merge({ primaryId: primary.globalId, duplicateIds: [duplicate.globalId] }, { dryRun: true });
  expect(made).toBeNull();
  expect(contact).toMatchObject({ title: "CTO", company: "Acme" });
  expect(moves).toEqual({ deals: 1, activities: 1, conversations: 1, tags: 1 });
  expect(choices).toContainEqual({ field: "COMPANY", value: "Acme", from: { id: primary.globalId } });
  expect(choices).toContainEqual({ field: "TITLE", value: "CTO", from: { id: duplicate.globalId } });
  expect(choices).toContainEqual({ field: "custom.size", value: 7, from: { id: duplicate.globalId } });
  const { data } = await sendText(key, `{ contact(id: "${duplicate.globalId}") { id version removed } }`);
  expect(data).toEqual({ contact: { id: duplicate.globalId, version: 1, removed: false } });
});

test("choices decide field by field, custom fields included", async () => {
  const { primary, duplicate, email } = await pair();
  const { contact } = await merge({
    primaryId: primary.globalId,
    duplicateIds: [duplicate.globalId],
    fieldChoices: [
      { field: "NAME", fromId: duplicate.globalId },
      { field: "EMAIL", fromId: primary.globalId },
      { customField: "industry", fromId: duplicate.globalId },
    ],
  });
  expect(contact).toMatchObject({
    name: "Duplicate",
    email,
    company: "Acme",
    customFields: [
      { slug: "industry", value: "Technology" },
      { slug: "size", value: 7 },
    ],
  });
});

test('a merge keeps "do not contact" from any of the contacts', async () => {
  const primary = await organization.contact({ name: "P" });
  const duplicate = await organization.contact({ name: "D", doNotContact: true });
  const { contact } = await merge({ primaryId: primary.globalId, duplicateIds: [duplicate.globalId] });
  expect(contact?.doNotContact).toBe(true);
});

test("blanks are filled in the order in which the duplicates are given", async () => {
  const [primary, first, second] = [
    await organization.contact({ name: "P" }),
    await organization.contact({ name: "1", notes: "first" }),
    await organization.contact({ name: "2", notes: "second", title: "T2" }),
  ];
  const { contact } = await merge({
    primaryId: primary.globalId,
    duplicateIds: [second.globalId, first.globalId],
  });
  expect(contact).toMatchObject({ notes: "second", title: "T2" });
});

test("the id of a merged contact resolves to the final survivor of a chain of merges", async () => {
  const [a, b, c] = [
    await organization.contact({ name: "A" }),
    await organization.contact({ name: "B" }),
    await organization.contact({ name: "C" }),
  ];
  await merge({ primaryId: b.globalId, duplicateIds: [a.globalId] });
  await merge({ primaryId: c.globalId, duplicateIds: [b.globalId] });
  const { data } = await sendText(
    key,
    `{ a: contact(id: "${a.globalId}") { id } b: contact(id: "${b.globalId}") { id } }`,
  );
  expect(data).toEqual({ a: { id: c.globalId }, b: { id: c.globalId } });
  const updated = await mutate<{ contact: { id: string } }>(
    key,
    `contactUpdate(id: "${a.globalId}", input: { title: "via A" })`,
    "contact { id }",
  );
  expect(updated.contact).toEqual({ id: c.globalId });
});

test("what cannot be merged says why, all at once, and nothing changes", async () => {
  const victim = await Organization.make();
  const theirs = await victim.contact({ name: "Theirs" });
  const [primary, ok, trashed, gone, survivor] = [
    await organization.contact({ name: "P" }),
    await organization.contact({ name: "OK" }),
    await organization.contact({ name: "T", deletedAt: new Date() }),
    await organization.contact({ name: "G" }),
    await organization.contact({ name: "S" }),
  ];
  await merge({ primaryId: survivor.globalId, duplicateIds: [gone.globalId] });
  const { errors } = await merge({
    primaryId: primary.globalId,
    duplicateIds: [ok.globalId, trashed.globalId, gone.globalId, theirs.globalId],
  });
  expect(errors).toEqual([
    { __typename: "ValidationError", code: "IN_TRASH", path: ["input", "duplicateIds", "1"] },
    {
      __typename: "AlreadyMergedError",
      code: "ALREADY_MERGED",
      path: ["input", "duplicateIds", "2"],
      survivor: { id: survivor.globalId },
    },
    { __typename: "NotFoundError", code: "NOT_FOUND", path: ["input", "duplicateIds", "3"] },
  ]);
  const deal = await organization.deal();
  const more = await merge({
    primaryId: primary.globalId,
    duplicateIds: [primary.globalId, ok.globalId, ok.globalId, deal.globalId],
  });
  expect(more.errors).toMatchObject([
    { code: "MERGE_SELF", path: ["input", "duplicateIds", "0"] },
    { code: "INVALID_VALUE", path: ["input", "duplicateIds", "2"] },
    { code: "BAD_ID", path: ["input", "duplicateIds", "3"] },
  ]);
  const many = Array.from({ length: 101 }, () => encodeId("Contact", newId()));
  expect((await merge({ primaryId: primary.globalId, duplicateIds: many })).errors).toMatchObject([
    { code: "TOO_MANY_ITEMS" },
  ]);
  expect((await merge({ primaryId: primary.globalId, duplicateIds: [] })).errors).toMatchObject([
    { code: "REQUIRED" },
  ]);
  const stale = await merge({
    primaryId: primary.globalId,
    duplicateIds: [ok.globalId],
    expectedVersions: [{ id: ok.globalId, version: 3 }],
  });
  expect(stale.errors).toMatchObject([
    { code: "VERSION_CONFLICT", path: ["input", "expectedVersions", "0"] },
  ]);
  const { prisma } = await testDatabase();
  expect(await prisma.contact.findFirst({ where: { id: ok.id } })).toMatchObject({
    version: 1,
    deletedAt: null,
  });
  expect(await prisma.contact.findFirst({ where: { id: theirs.id } })).toMatchObject({
    version: 1,
    deletedAt: null,
  });
});

test("of two simultaneous merges of the same contacts in opposite directions, one succeeds and the other is refused", async () => {
  const [a, b] = [await organization.contact({ name: "A" }), await organization.contact({ name: "B" })];
  const answers = await Promise.all([
    merge({ primaryId: a.globalId, duplicateIds: [b.globalId] }),
    merge({ primaryId: b.globalId, duplicateIds: [a.globalId] }),
  ]);
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  const winner = answers.find(({ errors }) => errors.length === 0)?.contact?.id;
  expect(answers.flatMap(({ errors }) => errors)).toMatchObject([
    { code: "ALREADY_MERGED", survivor: { id: winner } },
  ]);
});

test("a restricted member cannot merge into or from what is not theirs", async () => {
  const member = await organization.member({ dataScope: "ASSIGNED" });
  const mine = await organization.contact({ name: "Mine", ownerId: member.id });
  const other = await organization.contact({ name: "Other" });
  for (const [primaryId, duplicateId, path] of [
    [mine.globalId, other.globalId, ["input", "duplicateIds", "0"]],
    [other.globalId, mine.globalId, ["input", "primaryId"]],
  ] as const) {
    const input = { primaryId, duplicateIds: [duplicateId] };
    const { contactMerge } = await send(member.key, Merge, { input });
    expect(contactMerge.errors).toEqual([{ __typename: "NotFoundError", code: "NOT_FOUND", path }]);
  }
});

test("a merge is answered as the first time under its idempotency key", async () => {
  const { primary, duplicate } = await pair();
  const input = { primaryId: primary.globalId, duplicateIds: [duplicate.globalId] };
  const first = await merge(input, { idempotencyKey: `merge-${primary.id}` });
  const again = await merge(input, { idempotencyKey: `merge-${primary.id}` });
  expect(again).toEqual(first);
});
