import { beforeAll, expect, test } from "vitest";
import { mutate, send, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";
import { mergesOf, Unmerge } from "../support/merges.ts";

/** Undoing a merge (`contactUnmerge`). */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
  await organization.customField({ slug: "size", type: "NUMBER", slot: "number1" });
});

const { merge, unmerge, pair } = mergesOf(() => organization);

test("a merge is undone: both sides are as they were, what came since stays and is reported", async () => {
  const { primary, duplicate, deals, email } = await pair();
  const { merge: made } = await merge({ primaryId: primary.globalId, duplicateIds: [duplicate.globalId] });
  const since = await organization.deal({ contactId: primary.id, createdAt: new Date(Date.now() + 60_000) });
  await mutate(key, `contactUpdate(id: "${primary.globalId}", input: { title: "Since" })`, "contact { id }");
  const undone = await unmerge(made?.id ?? "");
  expect(undone.errors).toEqual([]);
  expect(undone.leftAlone).toEqual({ deals: 1, activities: 0, conversations: 0, fields: ["title"] });
  expect(undone.contact).toMatchObject({
    name: "Primary",
    email: null,
    company: "Acme",
    callCount: 2,
    tags: [{ name: "a" }, { name: "b" }],
    customFields: [{ slug: "industry", value: "Retail" }],
    activities: { totalCount: 1 },
  });
  expect(undone.contact?.deals.nodes.map(({ id }) => id).sort()).toEqual(
    [deals[0]?.globalId, since.globalId].sort(),
  );
  expect(undone.restored).toMatchObject([
    {
      id: duplicate.globalId,
      name: "Duplicate",
      email,
      removed: false,
      mergedInto: null,
      tags: [{ name: "b" }, { name: "c" }],
      deals: { nodes: [{ id: deals[1]?.globalId }] },
      activities: { totalCount: 1 },
    },
  ]);
  expect((await unmerge(made?.id ?? "")).errors).toMatchObject([{ code: "MERGE_UNDONE", path: ["mergeId"] }]);
});

test("a merge cannot be undone while somebody else has a duplicate's address", async () => {
  const primary = await organization.contact({ name: "P", email: "own@example.com" });
  const duplicate = await organization.contact({ name: "D", email: "lost@example.com" });
  const { merge: made } = await merge({ primaryId: primary.globalId, duplicateIds: [duplicate.globalId] });
  await mutate(
    key,
    `contactUpdate(id: "${primary.globalId}", input: { otherEmails: { remove: ["lost@example.com"] } })`,
    "contact { id }",
  );
  const holder = await organization.contact({ name: "H", email: "lost@example.com" });
  expect(await unmerge(made?.id ?? "")).toMatchObject({
    contact: null,
    errors: [{ __typename: "RestoreConflictError", code: "EMAIL_TAKEN", blockedBy: { id: holder.globalId } }],
  });
});

test("merges can be undone step by step, the last one first", async () => {
  const [a, b, c] = [
    await organization.contact({ name: "A", notes: "of a" }),
    await organization.contact({ name: "B" }),
    await organization.contact({ name: "C" }),
  ];
  const first = await merge({ primaryId: b.globalId, duplicateIds: [a.globalId] });
  const second = await merge({ primaryId: c.globalId, duplicateIds: [b.globalId] });
  expect((await unmerge(first.merge?.id ?? "")).errors).toMatchObject([{ code: "ALREADY_MERGED" }]);
  expect((await unmerge(second.merge?.id ?? "")).errors).toEqual([]);
  const { data } = await sendText(
    key,
    `{ a: contact(id: "${a.globalId}") { id } c: contact(id: "${c.globalId}") { notes: name } }`,
  );
  expect(data).toEqual({ a: { id: b.globalId }, c: { notes: "C" } });
  expect((await unmerge(first.merge?.id ?? "")).errors).toEqual([]);
  expect((await sendText(key, `{ a: contact(id: "${a.globalId}") { id notes } }`)).data).toEqual({
    a: { id: a.globalId, notes: "of a" },
  });
});

test("another organization cannot undo a merge, or see it", async () => {
  const { primary, duplicate } = await pair();
  const { merge: made } = await merge({ primaryId: primary.globalId, duplicateIds: [duplicate.globalId] });
  const attacker = await Organization.make();
  const { contactUnmerge } = await send(attacker.key, Unmerge, { mergeId: made?.id ?? "" });
  expect(contactUnmerge.errors).toEqual([
    { __typename: "NotFoundError", code: "NOT_FOUND", path: ["mergeId"] },
  ]);
  expect((await sendText(attacker.key, `{ node(id: "${made?.id}") { id } }`)).data).toEqual({ node: null });
});
