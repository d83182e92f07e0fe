import { beforeAll, expect, test } from "vitest";
import { childTable } from "../../src/db/read/children.ts";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** A member who is restricted to what is assigned to them. */

let organization: Organization;
let member: Awaited<ReturnType<Organization["member"]>>;
let mine: Record<string, { id: string; globalId: string }>;
let others: Record<string, { id: string; globalId: string }>;

async function plant(ownerId: string | null, name: string) {
  const contact = await organization.contact({
    name,
    email: `${name}@example.com`.toLowerCase(),
    ownerId,
    tags: ["shared"],
  });
  const lead = await organization.lead({ name, ownerId });
  const deal = await organization.deal({ contactId: contact.id });
  const leadDeal = await organization.deal({ leadId: lead.id });
  const activity = await organization.activity({ contactId: contact.id });
  const dealActivity = await organization.activity({ dealId: leadDeal.id });
  const conversation = await organization.conversation({ contactId: contact.id });
  return { contact, lead, deal, leadDeal, activity, dealActivity, conversation };
}

beforeAll(async () => {
  organization = await Organization.make();
  member = await organization.member({ dataScope: "ASSIGNED" });
  mine = await plant(member.id, "Mine");
  others = await plant(null, "Others");
});

test.each(["contact", "lead", "deal", "leadDeal", "activity", "dealActivity", "conversation"])(
  "they see the %s that hangs from what is theirs, and none that does not",
  async (kind) => {
    const ids = [mine[kind]?.globalId, others[kind]?.globalId];
    const { data } = await sendText(member.key, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids });
    expect(data).toEqual({ nodes: [{ id: ids[0] }, null] });
    const everyone = await sendText(organization.key, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {
      ids,
    });
    expect(everyone.data).toEqual({ nodes: ids.map((id) => ({ id })) });
  },
);

test("lists, counts, search and filters show theirs alone", async () => {
  const { data } = await sendText(
    member.key,
    `{
      contacts { totalCount nodes { name } }
      leads { totalCount nodes { name } }
      deals { totalCount nodes { contact { name } lead { name } } }
      search: contacts(search: { text: "others" }) { totalCount }
      tagged: contacts(filter: { tags: { hasAny: ["shared"] } }) { totalCount }
      either: contacts(filter: { or: [{ name: { eq: "others" } }, { owner: { isEmpty: true } }] }) { totalCount }
      smart: contacts(query: { groups: [{ conditions: [{ field: "name", op: NE, value: "x" }] }] }) { totalCount }
      contact(id: "${others.contact?.globalId}") { id }
    }`,
  );
  expect(data).toEqual({
    contacts: { totalCount: 1, nodes: [{ name: "Mine" }] },
    leads: { totalCount: 1, nodes: [{ name: "Mine" }] },
    deals: {
      totalCount: 2,
      nodes: expect.arrayContaining([
        { contact: { name: "Mine" }, lead: null },
        { contact: null, lead: { name: "Mine" } },
      ]),
    },
    search: { totalCount: 0 },
    tagged: { totalCount: 1 },
    either: { totalCount: 0 },
    smart: { totalCount: 1 },
    contact: null,
  });
});

test("a deal of their own on somebody else's contact does not show the contact", async () => {
  const deal = await organization.deal({ contactId: others.contact?.id, ownerId: member.id });
  const { data } = await sendText(member.key, `{ deal(id: "${deal.globalId}") { id contact { id } } }`);
  expect(data).toEqual({ deal: { id: deal.globalId, contact: null } });
});

test("an address that somebody else's contact has is taken, without saying by whom", async () => {
  const { data } = await sendText(
    member.key,
    `mutation { contactCreate(input: { name: "X", email: "OTHERS@example.com" }) {
       contact { id } errors { code ... on DuplicateContactError { existing { id } } } } }`,
  );
  expect(data).toEqual({
    contactCreate: { contact: null, errors: [{ code: "EMAIL_TAKEN", existing: null }] },
  });
});

test("what they create is theirs, and they cannot give it away or change what is not", async () => {
  const colleague = await organization.member();
  const { data } = await sendText(
    member.key,
    `mutation {
      own: contactCreate(input: { name: "Own", email: "own@example.com" }) { contact { owner { id } } errors { code } }
      given: contactCreate(input: { name: "Given", email: "given@example.com", ownerId: "${colleague.globalId}" }) { contact { id } errors { code path } }
      away: contactUpdate(id: "${mine.contact?.globalId}", input: { ownerId: null }) { contact { id } errors { code path } }
      foreign: contactUpdate(id: "${others.contact?.globalId}", input: { ownerId: "${member.globalId}" }) { contact { id } errors { code path } }
    }`,
  );
  expect(data).toEqual({
    own: { contact: { owner: { id: member.globalId } }, errors: [] },
    given: { contact: null, errors: [{ code: "INVALID_VALUE", path: ["input", "ownerId"] }] },
    away: { contact: null, errors: [{ code: "INVALID_VALUE", path: ["input", "ownerId"] }] },
    foreign: { contact: null, errors: [{ code: "NOT_FOUND", path: ["id"] }] },
  });
});

test("they delete a deal of their own also where it came from a lead that is not theirs", async () => {
  const lead = await organization.lead({ name: "Not theirs", email: "converted@example.com" });
  const input = '{ deal: { value: { amount: 100, currency: "EUR" } } }';
  const converted = await mutate<{ deal: { id: string } }>(
    organization.key,
    `leadConvert(id: "${lead.globalId}", input: ${input})`,
    "deal { id }",
  );
  const { id } = converted.deal;
  const given = `dealUpdate(id: "${id}", input: { ownerId: "${member.globalId}" })`;
  await mutate(organization.key, given, "deal { id }");
  const before = await sendText(organization.key, `{ lead(id: "${lead.globalId}") { version } }`);
  expect(await mutate(member.key, `dealDelete(id: "${id}")`, "deletedId")).toEqual({
    deletedId: id,
    errors: [],
  });
  const { version } = (before.data as unknown as { lead: { version: number } }).lead;
  const after = await sendText(
    organization.key,
    `{ lead(id: "${lead.globalId}") { version status convertedDeal { id } } }`,
  );
  expect(after.data).toEqual({
    lead: { version: version + 1, status: "CONVERTED", convertedDeal: null },
  });
});

test("a record that they let go of shows nothing more of what hangs from it", async () => {
  const contact = await organization.contact({ ownerId: member.id });
  const deal = await organization.deal({ contactId: contact.id });
  await organization.activity({ dealId: deal.id });
  const { deal: left } = await mutate<{ deal: object }>(
    member.key,
    `dealUpdate(id: "${deal.globalId}", input: { contactId: null })`,
    "deal { name activities { totalCount nodes { id } } }",
  );
  expect(left).toEqual({ name: "Deal", activities: { totalCount: 0, nodes: [] } });
});

test.each([
  ["Deal", "contact", "createdAt"],
  ["Deal", "lead", "createdAt"],
  ["Activity", "contact", "occurredAt"],
  ["Activity", "lead", "occurredAt"],
  ["Activity", "deal", "occurredAt"],
  ["Conversation", "contact", "lastMessageAt"],
] as const)(
  "whatever row stands above, of its rows of %s by %s they see theirs alone",
  async (model, parent, at) => {
    const plantUnder = async (owner: string | null) => {
      const { contact, lead, leadDeal } = await plant(owner, `Under${newId()}`);
      const parentId = { contact, lead, deal: leadDeal }[parent].id;
      await organization.activity({ leadId: lead.id });
      return parentId;
    };
    const read = async (parentId: string, dataScope: "ALL" | "ASSIGNED") => {
      const db = scopedDb(await testDatabase(), { orgId: organization.id, memberId: member.id, dataScope });
      const page = { direction: "newest", take: 5, from: null } as const;
      const text = { key: "id", sql: "child.id::text", columns: ["id"] };
      const of = { table: childTable(model, parent, at), parentId };
      return db.children([
        { kind: "page", ...of, ...page, text },
        { kind: "count", ...of },
      ]);
    };
    const [own, hidden] = [await plantUnder(member.id), await plantUnder(null)];
    const one = [expect.stringMatching(/^[0-9a-f-]{36}$/), "1"];
    expect(await read(own, "ASSIGNED")).toEqual(one);
    expect(await read(hidden, "ALL")).toEqual(one);
    expect(await read(hidden, "ASSIGNED")).toEqual([null, "0"]);
  },
);
