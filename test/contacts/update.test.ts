import { beforeAll, expect, test } from "vitest";
import { decodeId, encodeId } from "../../src/db/ids.ts";
import { derivedColumns } from "../../src/db/prisma/rows.ts";
import { contactColumns, deriveContact } from "../../src/entities/contact/contact.row.ts";
import { sendText } from "../support/client.ts";
import { contactWriter } from "../support/contacts.ts";
import { oneConnection, statementsOf, testDatabase } from "../support/database.ts";

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

test("a change that names no custom field leaves exactly what comes from them", async () => {
  await organization.customField({ slug: "motto", type: "TEXT", slot: null });
  const { id } = await made({
    name: "Exact",
    email: address(),
    title: "Custom.motto",
    customFields: [
      { slug: "motto", value: "Slow and steady" },
      { slug: "industry", value: "Retail" },
      { slug: "score", value: 7 },
    ],
  });
  const { contact } = await update(id, { title: "Chief", company: "Exact Ltd", address: { city: "Graz" } });
  expect(contact?.customFields).toHaveLength(3);
  const { prisma } = await testDatabase();
  const { uuid } = decodeId(id) ?? {};
  const omit = Object.fromEntries(Object.keys(derivedColumns).map((name) => [name, false]));
  const row = await prisma.contact.findFirstOrThrow({ where: { id: uuid ?? "" }, omit });
  const derived = deriveContact(contactColumns(row), organization.definitions);
  expect({ ...row, number1: Number(row.number1) }).toMatchObject(derived);
  expect(row.facets).toEqual(expect.arrayContaining(["title:chief", "city:graz", "custom.industry:Retail"]));
  expect(row.facets).not.toContain("title:custom.motto");
});

test("a change of a title is three statements, and no more are sent where nothing else is named", async () => {
  const { id } = await made({ name: "Few", email: address(), tags: ["vip"] });
  const alone = async (input: string) => {
    const query = `mutation { contactUpdate(id: "${id}", input: ${input}) { contact { id title } } }`;
    const { statements } = await statementsOf(() => sendText(organization.key, query));
    return statements.map((sql) => sql.trim().split(/\s+/)[0]);
  };
  // The key, the row, and its change with its audit event, which is its own transaction.
  expect(await alone('{ title: "T" }')).toEqual(["SELECT", "SELECT", "WITH"]);
  expect(await alone('{ title: "T" }')).toEqual(["SELECT", "SELECT"]);
  // Custom fields and tags are looked up under a lock.
  expect(await alone('{ tags: { add: ["VIP"] } }')).toEqual([
    "SELECT",
    "BEGIN",
    "SELECT",
    "SELECT",
    "SELECT",
    "COMMIT",
  ]);
});

test.skipIf(oneConnection)("a field that changes its options while a title changes keeps both", async () => {
  const { pool } = await testDatabase();
  const field = await organization.customField({
    slug: "tier",
    type: "SELECT",
    options: ["Low"],
    slot: "text5",
  });
  const { id } = await made({
    name: "Both ways",
    email: address(),
    customFields: [{ slug: "tier", value: "Low" }],
  });
  const other = await pool.connect();
  try {
    await other.query("BEGIN");
    await other.query(
      `UPDATE contact SET title = 'Boss', keys = '{"title": "boss"}', version = version + 1 WHERE id = $1`,
      [decodeId(id)?.uuid],
    );
    const changing = sendText(
      organization.key,
      `mutation { customFieldUpdate(id: "${encodeId("CustomField", field.id)}",
         input: { options: ["High"], optionRenames: [{ from: "Low", to: "High" }] }) { errors { code } } }`,
    );
    await expect
      .poll(async () => {
        const { rows } = await pool.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length;
      })
      .toBe(1);
    await other.query("COMMIT");
    expect(await changing).toMatchObject({ data: { customFieldUpdate: { errors: [] } } });
  } finally {
    other.release();
  }
  const { contact } = await update(id, {});
  expect(contact).toMatchObject({
    title: "Boss",
    customFields: [{ slug: "tier", value: "High" }],
    version: 3,
  });
  expect(await found('filter: { title: { eq: "boss" } }')).toEqual([id]);
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
