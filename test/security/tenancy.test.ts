import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

let attacker: Organization;
let victim: Organization;
const theirs: Record<
  "Contact" | "Lead" | "Deal" | "Activity" | "Conversation" | "Tag" | "Member" | "CustomField",
  string
> = {} as never;

beforeAll(async () => {
  [attacker, victim] = [await Organization.make(), await Organization.make()];
  const field = await victim.customField({ slug: "secret_field", type: "TEXT", slot: "text1" });
  const contact = await victim.contact({
    name: "Victim",
    email: "victim@example.com",
    company: "Hidden",
    tags: ["secret"],
    custom: { secret_field: "x" },
  });
  const lead = await victim.lead({ name: "Victim lead" });
  const owner = await victim.member();
  Object.assign(theirs, {
    Contact: contact.globalId,
    Lead: lead.globalId,
    Deal: (await victim.deal({ contactId: contact.id })).globalId,
    Activity: (await victim.activity({ contactId: contact.id })).globalId,
    Conversation: (await victim.conversation({ contactId: contact.id })).globalId,
    Tag: encodeId("Tag", await victim.tag("secret")),
    Member: owner.globalId,
    CustomField: encodeId("CustomField", field.id),
  });
});

const withoutId = (text: string) =>
  text.replace(/"requestId":"[^"]*"/g, "").replaceAll(/[a-z_]+_[0-7][0-9a-hjkmnp-tv-z]{25}/g, "ID");

/** The same question about a record of the victim's and about one that never was. */
async function sameAsAbsent(question: (id: string) => string, type: keyof typeof theirs) {
  const foreign = await sendText(attacker.key, question(theirs[type]));
  const absent = await sendText(attacker.key, question(encodeId(type, newId())));
  expect(withoutId(foreign.text)).toBe(withoutId(absent.text));
  expect(foreign.status).toBe(absent.status);
  return foreign;
}

test.each(["Contact", "Lead", "Deal", "Activity", "Conversation", "Tag", "Member", "CustomField"] as const)(
  "node and nodes answer for another organization's %s as for one that never was",
  async (type) => {
    const { data } = await sameAsAbsent(
      (id) => `{ node(id: "${id}") { id } nodes(ids: ["${id}"]) { id } }`,
      type,
    );
    expect(data).toEqual({ node: null, nodes: [null] });
    const own = await sendText(victim.key, `{ node(id: "${theirs[type]}") { __typename id } }`);
    expect(own.data).toEqual({ node: { __typename: type, id: theirs[type] } });
  },
);

test.each(["Contact", "Lead", "Deal"] as const)(
  "so does the query for one %s, and for an id of another type",
  async (type) => {
    const field = type.toLowerCase();
    expect((await sameAsAbsent((id) => `{ ${field}(id: "${id}") { id } }`, type)).data).toEqual({
      [field]: null,
    });
    const mistyped = await sendText(victim.key, `{ ${field}(id: "${theirs.Tag}") { id } }`);
    expect(mistyped.data).toEqual({ [field]: null });
    expect(mistyped.errors).toEqual([]);
  },
);

test("lists, counts, search and both filter forms show none of another organization's rows", async () => {
  const { data } = await sendText(
    attacker.key,
    `{
      contacts { totalCount nodes { id } }
      leads { totalCount nodes { id } }
      deals { totalCount nodes { id } }
      searched: contacts(search: { text: "victim" }) { totalCount nodes { id } }
      byId: contacts(filter: { id: { eq: "${theirs.Contact}" } }) { totalCount }
      byTagName: contacts(filter: { tags: { hasAny: ["secret"] } }) { totalCount }
      negated: contacts(filter: { not: { company: { eq: "nowhere" } } }) { totalCount nodes { id } }
      ored: contacts(filter: { or: [{ name: { contains: "" } }, { company: { isEmpty: false } }] }) { totalCount }
      tags { id } customFields { id } customFieldFolders { id } members { id email }
    }`,
  );
  expect(data).toMatchObject({
    contacts: { totalCount: 0, nodes: [] },
    leads: { totalCount: 0, nodes: [] },
    deals: { totalCount: 0, nodes: [] },
    searched: { totalCount: 0, nodes: [] },
    byId: { totalCount: 0 },
    byTagName: { totalCount: 0 },
    negated: { totalCount: 0, nodes: [] },
    ored: { totalCount: 0 },
    tags: [],
    customFields: [],
    customFieldFolders: [],
  });
  expect((data as unknown as { members: unknown[] }).members).toHaveLength(1);
});

test("a tag and an owner of another organization, named by their ids, and its custom field are unknown to a filter", async () => {
  const byTag = await sameAsAbsent(
    (id) => `{ contacts(filter: { tags: { hasAny: ["${id}"] } }) { totalCount } }`,
    "Tag",
  );
  expect(byTag.errors[0]?.extensions.code).toBe("UNKNOWN_REFERENCE");
  const byOwner = await sameAsAbsent(
    (id) => `{ contacts(filter: { owner: { eq: "${id}" } }) { totalCount } }`,
    "Member",
  );
  expect(byOwner.errors[0]?.extensions.code).toBe("UNKNOWN_REFERENCE");
  const byField = await sendText(
    attacker.key,
    `{ contacts(query: { groups: [{ conditions: [{ field: "custom.secret_field", op: EQ, value: "x" }] }] }) { totalCount } }`,
  );
  expect(byField.errors[0]?.extensions).toMatchObject({ code: "UNKNOWN_FILTER_FIELD" });
  expect(byField.text).not.toContain('suggestions":["custom');
});

test("a contact of another organization cannot be changed, and is not", async () => {
  const answer = await sameAsAbsent(
    (id) =>
      `mutation { contactUpdate(id: "${id}", input: { name: "Owned" }) { contact { id } errors { code path } } }`,
    "Contact",
  );
  expect(answer.data).toEqual({
    contactUpdate: { contact: null, errors: [{ code: "NOT_FOUND", path: ["id"] }] },
  });
  const { data } = await sendText(victim.key, `{ contact(id: "${theirs.Contact}") { name version } }`);
  expect(data).toEqual({ contact: { name: "Victim", version: 1 } });
});

test("a new contact cannot point to another organization's member, tag or custom field, and is not made", async () => {
  const { data } = await sendText(
    attacker.key,
    `mutation { contactCreate(input: { name: "A", email: "a@example.com", ownerId: "${theirs.Member}", tags: ["${theirs.Tag}"],
       createMissingTags: true, customFields: [{ slug: "secret_field", value: "x" }] })
      { contact { id } errors { code path } } }`,
  );
  expect(data).toEqual({
    contactCreate: {
      contact: null,
      errors: [
        { code: "UNKNOWN_CUSTOM_FIELD", path: ["input", "customFields", "0", "slug"] },
        { code: "UNKNOWN_REFERENCE", path: ["input", "ownerId"] },
        { code: "UNKNOWN_REFERENCE", path: ["input", "tags"] },
      ],
    },
  });
  const { prisma } = await testDatabase();
  expect(await prisma.contact.count({ where: { orgId: attacker.id } })).toBe(0);
});

test("an e-mail address that only another organization has is free", async () => {
  const own = await Organization.make();
  const { data } = await sendText(
    own.key,
    `mutation { contactCreate(input: { name: "V", email: "victim@example.com" }) { contact { email } errors { code } } }`,
  );
  expect(data).toEqual({ contactCreate: { contact: { email: "victim@example.com" }, errors: [] } });
});

test("a cursor of another organization's list is refused", async () => {
  await victim.contact();
  const { data } = await sendText(victim.key, "{ contacts(first: 1) { pageInfo { endCursor } } }");
  const cursor = (data as unknown as { contacts: { pageInfo: { endCursor: string } } }).contacts.pageInfo
    .endCursor;
  const { errors } = await sendText(attacker.key, `{ contacts(after: "${cursor}") { totalCount } }`);
  expect(errors[0]?.extensions.code).toBe("BAD_CURSOR");
});

test.each([
  [
    "deal",
    `INSERT INTO deal (org_id, id, name, name_key, value, currency, stage, stage_key, contact_id, updated_at) VALUES ($1, gen_random_uuid(), 'x', 'x', 1, 'EUR', 's', 's', $2, now())`,
  ],
  [
    "activity",
    `INSERT INTO activity (org_id, id, kind, occurred_at, contact_id, updated_at) VALUES ($1, gen_random_uuid(), 'NOTE', now(), $2, now())`,
  ],
  [
    "conversation",
    `INSERT INTO conversation (org_id, id, channel, last_message_at, contact_id, updated_at) VALUES ($1, gen_random_uuid(), 'SMS', now(), $2, now())`,
  ],
])("the database itself refuses a %s on another organization's contact", async (_table, sql) => {
  const { pool, prisma } = await testDatabase();
  const contact = await prisma.contact.findFirstOrThrow({ where: { orgId: victim.id } });
  await expect(pool.query(sql, [attacker.id, contact.id])).rejects.toMatchObject({ code: "23503" });
  await expect(pool.query(sql, [victim.id, contact.id])).resolves.toBeDefined();
});
