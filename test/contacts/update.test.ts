import { beforeAll, expect, test } from "vitest";
import { contactWriter } from "../support/contacts.ts";
import { testDatabase } from "../support/database.ts";

type Writer = Awaited<ReturnType<typeof contactWriter>>;

let organization: Writer["organization"];
let { address, update, made, found } = {} as Writer;
beforeAll(async () => {
  ({ organization, address, update, made, found } = await contactWriter());
});

test("an update changes what is sent, clears what is null, and leaves the rest", async () => {
  const email = address();
  const { id } = await made({
    firstName: "Ann",
    lastName: "Lee",
    email,
    phoneNumbers: ["+33612345678"],
    company: "Old Co",
    title: "CTO",
    address: { city: "Paris", zip: "75001" },
    tags: ["vip"],
    customFields: [
      { slug: "industry", value: "Retail" },
      { slug: "team_size", value: "50-100" },
    ],
  });
  const { contact, errors } = await update(id, {
    lastName: "Ray",
    title: null,
    phoneNumbers: ["+33698765432"],
    address: { city: "Lyon" },
    tags: { add: ["enterprise"], remove: ["VIP"] },
    customFields: [{ slug: "industry", value: null }],
  });
  expect(errors).toEqual([]);
  expect(contact).toEqual({
    id,
    name: "Ann Ray",
    firstName: "Ann",
    lastName: "Ray",
    email,
    phoneNumbers: ["+33698765432"],
    company: "Old Co",
    title: null,
    address: { city: "Lyon" },
    version: 2,
    tags: [{ name: "Enterprise" }],
    customFields: [{ slug: "team_size", value: "50-100" }],
  });
  const set = await update(id, { tags: { set: ["vip"] }, name: "Mononym" });
  expect(set.contact).toMatchObject({
    tags: [{ name: "VIP" }],
    name: "Mononym",
    firstName: null,
    lastName: null,
    version: 3,
  });
});

test("what filters read moves with the record", async () => {
  const { id } = await made({
    name: "Mover",
    email: address(),
    company: "Before Ltd",
    tags: ["vip"],
    customFields: [{ slug: "score", value: 1 }],
  });
  await update(id, {
    company: "After GmbH",
    tags: { set: ["enterprise"] },
    customFields: [{ slug: "score", value: 900 }],
    title: "Chief",
  });
  expect(await found('filter: { company: { contains: "before ltd" } }')).toEqual([]);
  expect(await found('search: { text: "before" }')).toEqual([]);
  for (const filter of [
    'filter: { company: { eq: "after gmbh" } }',
    'search: { text: "AFTER gmbh" }',
    'filter: { title: { eq: "chief" } }',
    'filter: { customFields: [{ slug: "score", number: { gt: "899" } }] }',
    'filter: { tags: { hasAny: ["enterprise"] }, name: { eq: "mover" } }',
  ]) {
    expect(await found(filter), filter).toEqual([id]);
  }
  const { prisma } = await testDatabase();
  const row = await prisma.contact.findFirstOrThrow({
    where: { name: "Mover", orgId: organization.id },
    include: { tags: true },
  });
  expect(row.tags.map((tag) => tag.tagId)).toEqual(row.tagIds);
});

test("a stale version is refused with the current one, and changes nothing", async () => {
  const { id } = await made({ name: "V", email: address() });
  expect((await update(id, { title: "A" }, 1)).contact?.version).toBe(2);
  const { contact, errors } = await update(id, { title: "B" }, 1);
  expect(contact).toBeNull();
  expect(errors).toEqual([
    {
      __typename: "VersionConflictError",
      code: "VERSION_CONFLICT",
      path: ["expectedVersion"],
      current: { version: 2 },
    },
  ]);
  expect((await update(id, {}, 2)).contact?.title).toBe("A");
});

test("an update that changes nothing writes nothing", async () => {
  const { id } = await made({ name: "Same", email: address(), title: "T" });
  expect((await update(id, { title: "T" })).contact).toMatchObject({ title: "T", version: 1 });
});

test("two updates at once of different fields are both kept", async () => {
  const { id } = await made({ name: "Both", email: address() });
  const answers = await Promise.all([
    update(id, { title: "T" }),
    update(id, { company: "C" }),
    update(id, { address: { city: "X" } }),
  ]);
  expect(answers.flatMap((answer) => answer.errors)).toEqual([]);
  expect((await update(id, {})).contact).toMatchObject({
    title: "T",
    company: "C",
    address: { city: "X" },
    version: 4,
  });
});

test("an update cannot take the last way to reach someone, or another's address", async () => {
  const taken = address();
  const other = await made({ name: "Other", email: taken });
  const { id } = await made({ name: "Me", email: address() });
  expect((await update(id, { email: null })).errors).toMatchObject([
    { code: "REQUIRED", path: ["input", "email"] },
  ]);
  expect((await update(id, { email: taken })).errors).toMatchObject([{ code: "EMAIL_TAKEN" }]);
  expect((await update(other.id, { email: taken.toUpperCase() })).errors).toEqual([]);
  expect((await update("contact_nonsense", {})).errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
  expect((await update(id, { tags: { set: [], add: ["vip"] } })).errors).toMatchObject([
    { code: "INVALID_VALUE", path: ["input", "tags"] },
  ]);
});
