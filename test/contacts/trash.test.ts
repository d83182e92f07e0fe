import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { graphql } from "../generated/gql.ts";
import { mutate, send, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const DAY = 86_400_000;

const TrashList = graphql(`
  query TrashList {
    live: contacts { totalCount nodes { id } }
    all: contacts(trash: INCLUDE) { totalCount nodes { id } }
    trashed: contacts(trash: ONLY) { totalCount nodes { id deletedAt purgeAt removed } }
  }
`);

const Restore = graphql(`
  mutation RestoreContact($id: ID!) {
    contactRestore(id: $id) {
      contact { id deletedAt removed version }
      errors { __typename code path ... on RestoreConflictError { blockedBy { id } } }
    }
  }
`);

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const trash = (id: string, more = "") =>
  mutate<{ contact: { deletedAt: string; version: number } | null }>(
    key,
    `contactDelete(id: "${id}"${more})`,
    "contact { deletedAt version }",
  );
const restore = async (id: string, as = key) => (await send(as, Restore, { id })).contactRestore;

test("a deleted contact leaves the lists, lies in the trash for 30 days, and comes back", async () => {
  const own = await Organization.make();
  const { globalId } = await own.contact({ name: "Gone", email: "gone@example.com" });
  const stays = await own.contact({ name: "Stays" });
  await mutate(own.key, `contactDelete(id: "${globalId}")`, "contact { id }");
  const { live, all, trashed } = await send(own.key, TrashList);
  expect(live).toEqual({ totalCount: 1, nodes: [{ id: stays.globalId }] });
  expect(all.totalCount).toBe(2);
  expect(trashed).toMatchObject({ totalCount: 1, nodes: [{ id: globalId, removed: true }] });
  const [node] = trashed.nodes;
  expect(Date.parse(node?.purgeAt ?? "") - Date.parse(node?.deletedAt ?? "")).toBe(30 * DAY);
  expect(await restore(globalId, own.key)).toMatchObject({
    contact: { deletedAt: null, removed: false },
    errors: [],
  });
  expect((await send(own.key, TrashList)).live.totalCount).toBe(2);
});

test("deleting and restoring twice is the same as once", async () => {
  const { globalId } = await organization.contact({ name: "Twice" });
  const first = await trash(globalId);
  const second = await trash(globalId);
  expect(second.contact).toEqual(first.contact);
  const back = await restore(globalId);
  expect((await restore(globalId)).contact).toEqual(back.contact);
});

test("a stale version is refused and nothing is trashed", async () => {
  const { globalId } = await organization.contact({ name: "Stale" });
  expect((await trash(globalId, ", expectedVersion: 7")).errors).toMatchObject([
    { code: "VERSION_CONFLICT", path: ["expectedVersion"] },
  ]);
  const { data } = await sendText(key, `{ contact(id: "${globalId}") { removed } }`);
  expect(data).toEqual({ contact: { removed: false } });
});

test("a contact whose address another one has now stays in the trash, and the error names that contact", async () => {
  const { globalId } = await organization.contact({ name: "First", email: "taken@example.com" });
  await trash(globalId);
  const holder = await organization.contact({ name: "Second", email: "Taken@example.com" });
  expect(await restore(globalId)).toEqual({
    contact: null,
    errors: [
      {
        __typename: "RestoreConflictError",
        code: "EMAIL_TAKEN",
        path: ["id"],
        blockedBy: { id: holder.globalId },
      },
    ],
  });
});

test("two trashed contacts with one address restored at once: one comes back", async () => {
  const email = "both@example.com";
  const trashed = { email, deletedAt: new Date() };
  const [a, b] = [await organization.contact(trashed), await organization.contact(trashed)];
  const answers = await Promise.all([restore(a.globalId), restore(b.globalId)]);
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  expect(answers.flatMap(({ errors }) => errors)).toMatchObject([
    { code: "EMAIL_TAKEN", blockedBy: { id: expect.any(String) } },
  ]);
});

test("a trashed contact cannot be changed", async () => {
  const { globalId } = await organization.contact({ name: "Inert", deletedAt: new Date() });
  for (const field of [
    `contactUpdate(id: "${globalId}", input: { title: "x" })`,
    `contactTagsAdd(id: "${globalId}", tags: ["vip"], createMissingTags: true)`,
    `contactCustomFieldSet(id: "${globalId}", slug: "x", value: 1)`,
  ]) {
    expect((await mutate(key, field, "contact { id }")).errors).toMatchObject([
      { code: "IN_TRASH", path: ["id"] },
    ]);
  }
});

test("its deals and conversations stay, and show it as removed", async () => {
  const { id, globalId } = await organization.contact({ name: "With deals", email: "deals@example.com" });
  const deal = await organization.deal({ contactId: id });
  const conversation = await organization.conversation({ contactId: id });
  await trash(globalId);
  const question = `{ deal(id: "${deal.globalId}") { contact { id name removed } } conversation(id: "${conversation.globalId}") { contact { removed } } }`;
  expect((await sendText(key, question)).data).toEqual({
    deal: { contact: { id: globalId, name: "With deals", removed: true } },
    conversation: { contact: { removed: true } },
  });
});

test("another organization's contact, and one that is not a restricted member's, answer as absent", async () => {
  const victim = await Organization.make();
  const theirs = await victim.contact({ name: "Theirs" });
  const unassigned = await organization.contact({ name: "Nobody's" });
  const restricted = await organization.member({ dataScope: "ASSIGNED" });
  for (const mutation of ["contactDelete", "contactRestore"]) {
    const absent = await mutate(key, `${mutation}(id: "${encodeId("Contact", newId())}")`, "contact { id }");
    expect(absent.errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
    expect(await mutate(key, `${mutation}(id: "${theirs.globalId}")`, "contact { id }")).toEqual(absent);
    expect(
      await mutate(restricted.key, `${mutation}(id: "${unassigned.globalId}")`, "contact { id }"),
    ).toEqual(absent);
  }
  const { prisma } = await testDatabase();
  expect(
    await prisma.contact.count({ where: { id: { in: [theirs.id, unassigned.id] }, deletedAt: null } }),
  ).toBe(2);
});
