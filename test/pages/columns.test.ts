import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { schema } from "../../src/schema.ts";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Only the columns are read that the selected fields resolve from: each field alone answers as among all others. */

let key: string;
let contactId: string;
/** A record of each type, by the type's name. */
const records: Record<string, string> = {};

beforeAll(async () => {
  const organization = await Organization.make();
  key = organization.key;
  const owner = await organization.member();
  await organization.customField({ slug: "size", type: "NUMBER" });
  const contact = await organization.contact({
    name: "Ann Lee",
    firstName: "Ann",
    email: "ann@a.example",
    company: "A",
    city: "Paris",
    ownerId: owner.id,
    phoneNumbers: ["+33612345678"],
    custom: { size: 4 },
    tags: ["vip"],
  });
  contactId = contact.globalId;
  const lead = await organization.lead({ name: "Lea", ownerId: owner.id });
  const deal = await organization.deal({ contactId: contact.id, leadId: lead.id, ownerId: owner.id });
  const activity = await organization.activity({
    contactId: contact.id,
    dealId: deal.id,
    leadId: lead.id,
    authorId: owner.id,
    subject: "Hello",
  });
  const conversation = await organization.conversation({ contactId: contact.id, subject: "Thread" });
  Object.assign(records, {
    Contact: contact.globalId,
    Lead: lead.globalId,
    Deal: deal.globalId,
    Activity: activity.globalId,
    Conversation: conversation.globalId,
    BulkJob: encodeId("BulkJob", await bulkJob(organization.id)),
    ...(await makeOthers(contact.globalId)),
  });
});

async function bulkJob(orgId: string): Promise<string> {
  const { prisma } = await testDatabase();
  const { id: memberId } = await prisma.member.findFirstOrThrow({ where: { orgId, role: "OWNER" } });
  const { id } = await prisma.bulkJob.create({
    data: {
      orgId,
      id: newId(),
      memberId,
      kind: "DELETE",
      source: "API",
      input: {},
      total: 3,
      problem: "It did.",
    },
  });
  return id;
}

/** Records that are made by mutations, or are there in any organization. */
async function makeOthers(primaryId: string): Promise<Record<string, string>> {
  const send = async (selection: string) => {
    const { data, text } = await sendText(key, selection);
    const idIn = (value: unknown): string | undefined =>
      typeof value !== "object" || value === null
        ? undefined
        : ((value as { id?: string }).id ??
          Object.values(value)
            .map(idIn)
            .find((id) => id !== undefined));
    const id = idIn(data);
    if (id === undefined) throw new Error(text);
    return id;
  };
  const duplicate = await send(
    `mutation { contactCreate(input: { name: "Again", email: "b@a.example" }) { contact { id } } }`,
  );
  return {
    Tag: await send("{ tags { id } }"),
    Member: await send("{ members { id } }"),
    ApiKey: await send("{ apiKeys { id } }"),
    CustomField: await send("{ customFields { id } }"),
    CustomFieldFolder: await send(
      `mutation { customFieldFolderCreate(input: { name: "F", entity: CONTACT }) { folder { id } } }`,
    ),
    CustomValue: await send(
      `mutation { customValueSet(key: "hours", value: "9 to 5") { customValue { id } } }`,
    ),
    SmartList:
      await send(`mutation { smartListCreate(input: { name: "Vips", columns: ["name"], query: { groups: [
      { conditions: [{ field: "tags", op: CONTAINS, value: "vip" }] }] } }) { smartList { id } } }`),
    ContactMerge: await send(
      `mutation { contactMerge(input: { primaryId: "${primaryId}", duplicateIds: ["${duplicate}"] }) { merge { id } } }`,
    ),
    ImportJob: await send(
      `mutation { contactImport(input: { rows: [{ name: "Bad", email: "nonsense" }] }) { job { id } } }`,
    ),
    ExportJob: await send("mutation { contactExport { job { id } } }"),
    AuditEvent: await send("{ auditEvents { nodes { id } } }"),
    DuplicateSearch: await send("mutation { contactDuplicatesSearch { search { id } } }"),
  };
}

/** A selection of a field and, where it is an object's, of everything plain in it. */
function selectionOf(type: GraphQLObjectType, name: string): string {
  const inner = getNamedType(type.getFields()[name]?.type);
  if (isLeafType(inner)) return name;
  const fields = Object.values((inner as GraphQLObjectType).getFields());
  if (fields.some((field) => field.name === "nodes")) return `${name} { nodes { __typename } totalCount }`;
  return `${name} { __typename ${fields
    .filter((field) => isLeafType(getNamedType(field.type)))
    .map((field) => field.name)
    .join(" ")} }`;
}

const lists: readonly [type: string, before: string, after: string][] = [
  ["Contact", "contacts(first: 1)", ""],
  ["Lead", "leads(first: 1)", ""],
  ["Deal", "deals(first: 1)", ""],
  ["Deal", `contact(id: "ID") { deals(first: 1)`, "}"],
  ["Activity", `contact(id: "ID") { activities(first: 1)`, "}"],
  ["Conversation", `contact(id: "ID") { conversations(first: 1)`, "}"],
];

async function row(before: string, after: string, selection: string): Promise<Record<string, unknown>> {
  const around = before.replace("ID", contactId);
  const { data, text } = await sendText(key, `{ ${around} { edges { node { ${selection} } } } ${after} }`);
  if (!data) throw new Error(text);
  const list = Object.values((after ? data.contact : data) as Record<string, object>)[0] as {
    edges: { node: Record<string, unknown> }[];
  };
  return list.edges[0]?.node ?? {};
}

describe.each(lists)("%s of %s", (typeName, before, after) => {
  test("answers each field alone as among all others", async () => {
    const type = schema.getType(typeName) as GraphQLObjectType;
    const selections = Object.keys(type.getFields()).map((name) => selectionOf(type, name));
    const whole = await row(before, after, selections.join(" "));
    expect(Object.keys(whole)).toHaveLength(selections.length);
    for (const selection of selections) {
      const alone = await row(before, after, selection);
      for (const [name, value] of Object.entries(alone))
        expect({ [name]: value }).toEqual({ [name]: whole[name] });
    }
  }, 120_000);
});

const nodeTypes = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType =>
    isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node"),
);

test.each(nodeTypes.map((type) => [type.name, type] as const))(
  "node of %s answers each field alone as among all others",
  async (name, type) => {
    const read = async (selection: string) => {
      const query = `{ node(id: "${records[name]}") { ... on ${name} { ${selection} } } }`;
      const { data, text } = await sendText(key, query);
      if (!data?.node) throw new Error(text);
      return data.node as Record<string, unknown>;
    };
    const selections = Object.keys(type.getFields()).map((field) => selectionOf(type, field));
    const whole = await read(selections.join(" "));
    expect(Object.keys(whole)).toHaveLength(selections.length);
    for (const selection of selections) expect(whole).toMatchObject(await read(selection));
  },
);

test("reads of each type what is selected of it, where one field answers several", async () => {
  const ids = [records.Contact, records.Deal, records.Tag];
  const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Contact { company }
    ... on Deal { stage } ... on Tag { name } ... on Node { id } } }`;
  for (let time = 0; time < 3; time += 1) {
    const { data } = await sendText(key, query, { ids });
    expect(data?.nodes).toEqual([
      { __typename: "Contact", company: "A", id: ids[0] },
      { __typename: "Deal", stage: expect.any(String), id: ids[1] },
      { __typename: "Tag", name: "vip", id: ids[2] },
    ]);
  }
});

test("reads what directives leave of a selection, each time anew", async () => {
  // A variable in an object is left to graphql-js, which meets the same document each time.
  const query = `query ($more: Boolean!, $email: String!) { contacts(filter: { email: { eq: $email } }) { nodes {
    name @skip(if: $more) ... @include(if: $more) { company deals { nodes { stage @include(if: $more) id } } } } } }`;
  for (const more of [true, false, true, false, true]) {
    const { answer, statements } = await statementsOf(() =>
      sendText(key, query, { more, email: "ann@a.example" }),
    );
    expect(answer.data?.contacts).toEqual({
      nodes: [
        more
          ? { company: "A", deals: { nodes: [{ stage: expect.any(String), id: records.Deal }] } }
          : { name: "Ann Lee" },
      ],
    });
    const [contacts = ""] = statements.filter((sql) => sql.includes(`FROM "public"."contact"`));
    const columns = contacts.slice(0, contacts.indexOf("FROM"));
    expect(columns.includes(`"company"`)).toBe(more);
    expect(columns.includes(`"name"`)).toBe(!more);
  }
});

test("an API key's hash is not read to show the key", async () => {
  const { statements } = await statementsOf(() => sendText(key, "{ apiKeys { id name prefix } }"));
  const read = statements.filter((sql) => sql.includes(`FROM "public"."api_key"`));
  expect(read).toHaveLength(1);
  expect(read[0]).not.toContain("hash");
});

test("reads no other columns, through fragments and aliases too", async () => {
  const query = `{ contacts { nodes { ...Few } edges { node { mail: email } } } }
    fragment Few on Contact { name ... on Node { id } activities { nodes { kind } } }`;
  const { statements } = await statementsOf(() => sendText(key, query));
  const contacts = statements.find((sql) => sql.includes(`FROM "public"."contact"`)) ?? "";
  expect(contacts).toContain(`"email"`);
  expect(contacts).not.toContain(`"notes"`);
  const activities = statements.find((sql) => sql.includes("FROM activity")) ?? "";
  expect(activities).toContain("child.kind");
  expect(activities).not.toContain("body");
});

test("reads what each of two aliases selects", async () => {
  const query = `{ contact(id: "${contactId}") {
    few: activities { nodes { kind } } more: activities { nodes { subject author { name } } } } }`;
  const { data } = await sendText(key, query);
  expect(data).toMatchObject({
    contact: { few: { nodes: [{ kind: "NOTE" }] }, more: { nodes: [{ subject: "Hello", author: {} }] } },
  });
});
