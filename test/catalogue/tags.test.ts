import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const tag = (field: string, as = key) =>
  mutate<{ tag: { id: string } | null }>(as, field, "tag { id name color contactCount leadCount }");

test("a tag is made, renamed and recoloured", async () => {
  const made = await tag('tagCreate(input: { name: " Gold ", color: "#FFD700" })');
  expect(made).toMatchObject({
    tag: { name: "Gold", color: "#ffd700", contactCount: 0, leadCount: 0 },
    errors: [],
  });
  const id = made.tag?.id;
  const { globalId } = await organization.contact({ name: "C" });
  await mutate(key, `contactTagsAdd(id: "${globalId}", tags: ["gold"])`, "contact { id }");
  expect(await tag(`tagUpdate(id: "${id}", input: { name: "Platinum", color: null })`)).toMatchObject({
    tag: { id, name: "Platinum", color: null, contactCount: 1 },
  });
  const { data } = await sendText(
    key,
    `{ contacts(filter: { tags: { hasAny: ["platinum"] } }) { nodes { id tags { name } } } }`,
  );
  expect(data).toEqual({ contacts: { nodes: [{ id: globalId, tags: [{ name: "Platinum" }] }] } });
});

test("two tags cannot have the same name, whatever its case and outer spaces", async () => {
  await tag('tagCreate(input: { name: "VIP" })');
  const taken = [{ code: "NAME_TAKEN", path: ["input", "name"] }];
  expect((await tag('tagCreate(input: { name: "vip " })')).errors).toMatchObject(taken);
  const other = await tag('tagCreate(input: { name: "Other" })');
  expect((await tag(`tagUpdate(id: "${other.tag?.id}", input: { name: "Vip" })`)).errors).toMatchObject(
    taken,
  );
  expect((await tag(`tagUpdate(id: "${other.tag?.id}", input: { name: "OTHER" })`)).errors).toEqual([]);
});

test("names and colours that cannot be are refused at once", async () => {
  expect((await tag('tagCreate(input: { name: " ", color: "red" })')).errors).toMatchObject([
    { code: "REQUIRED", path: ["input", "name"] },
    { code: "INVALID_VALUE", path: ["input", "color"] },
  ]);
});

test("deleting a tag removes it from all records, and the answer has their number", async () => {
  const names = { tags: ["doomed", "kept"] };
  const live = await organization.contact(names);
  const trashed = await organization.contact({ ...names, deletedAt: new Date() });
  const lead = await organization.lead();
  await mutate(key, `leadTagsAdd(id: "${lead.globalId}", tags: ["doomed"])`, "lead { id }");
  const id = encodeId("Tag", await organization.tag("doomed"));
  expect(await mutate(key, `tagDelete(id: "${id}")`, "deletedId contactCount leadCount")).toEqual({
    deletedId: id,
    contactCount: 2,
    leadCount: 1,
    errors: [],
  });
  const { prisma } = await testDatabase();
  const kept = await organization.tag("kept");
  const rows = await prisma.contact.findMany({ where: { id: { in: [live.id, trashed.id] } } });
  expect(rows.map(({ tagIds, version }) => ({ tagIds, version }))).toEqual([
    { tagIds: [kept], version: 2 },
    { tagIds: [kept], version: 2 },
  ]);
  expect(
    (await sendText(key, `{ tag(id: "${id}") { id } lead(id: "${lead.globalId}") { tags { id } } }`)).data,
  ).toEqual({
    tag: null,
    lead: { tags: [] },
  });
});

test("a tag that is deleted while contacts take it is carried by none of them afterwards", async () => {
  const id = encodeId("Tag", await organization.tag("contested"));
  const contacts = await Promise.all(Array.from({ length: 6 }, () => organization.contact()));
  await Promise.all([
    ...contacts
      .slice(0, 3)
      .map(({ globalId }) =>
        mutate(key, `contactTagsAdd(id: "${globalId}", tags: ["${id}"])`, "contact { id }"),
      ),
    mutate(key, `tagDelete(id: "${id}")`, "deletedId"),
    ...contacts
      .slice(3)
      .map(({ globalId }) =>
        mutate(key, `contactTagsAdd(id: "${globalId}", tags: ["${id}"])`, "contact { id }"),
      ),
  ]);
  const { prisma } = await testDatabase();
  const rows = await prisma.contact.findMany({
    where: { id: { in: contacts.map((contact) => contact.id) } },
  });
  expect(rows.flatMap(({ tagIds }) => tagIds)).toEqual([]);
  expect(await prisma.contactTag.count({ where: { contactId: { in: rows.map((row) => row.id) } } })).toBe(0);
});

test("usage counts are those of the live records that the caller may see, in one statement for all tags", async () => {
  const own = await Organization.make();
  const member = await own.member({ dataScope: "ASSIGNED" });
  await own.contact({ tags: ["x", "y"], ownerId: member.id });
  await own.contact({ tags: ["x"] });
  await own.contact({ tags: ["x"], deletedAt: new Date() });
  const question = "{ tags { name contactCount leadCount } }";
  const { answer, statements } = await statementsOf(() => sendText(own.key, question));
  expect(answer.data).toEqual({
    tags: [
      { name: "x", contactCount: 2, leadCount: 0 },
      { name: "y", contactCount: 1, leadCount: 0 },
    ],
  });
  // The key, the tags, their usage.
  expect(statements).toHaveLength(3);
  expect((await sendText(member.key, question)).data).toEqual({
    tags: [
      { name: "x", contactCount: 1, leadCount: 0 },
      { name: "y", contactCount: 1, leadCount: 0 },
    ],
  });
});

test("another organization's tag answers as absent, and restricted members cannot change shared tags", async () => {
  const victim = await Organization.make();
  const theirs = encodeId("Tag", await victim.tag("theirs"));
  const absent = encodeId("Tag", newId());
  for (const id of [theirs, absent]) {
    expect((await tag(`tagUpdate(id: "${id}", input: { name: "mine" })`)).errors).toMatchObject([
      { code: "NOT_FOUND", path: ["id"] },
    ]);
    expect((await mutate(key, `tagDelete(id: "${id}")`, "deletedId")).errors).toMatchObject([
      { code: "NOT_FOUND" },
    ]);
  }
  expect((await sendText(victim.key, "{ tags { name } }")).data).toEqual({ tags: [{ name: "theirs" }] });
  const { key: restricted } = await organization.member({ dataScope: "ASSIGNED" });
  const own = encodeId("Tag", await organization.tag("shared"));
  expect((await tag(`tagUpdate(id: "${own}", input: { name: "x" })`, restricted)).errors).toMatchObject([
    { code: "FORBIDDEN" },
  ]);
  expect((await mutate(restricted, `tagDelete(id: "${own}")`, "deletedId")).errors).toMatchObject([
    { code: "FORBIDDEN" },
  ]);
});
