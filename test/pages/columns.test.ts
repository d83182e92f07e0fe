import { type GraphQLObjectType, getNamedType, isLeafType } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Only the columns are read that the selected fields resolve from: each field alone answers as among all others. */

let key: string;
let contactId: string;

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
  await organization.activity({
    contactId: contact.id,
    dealId: deal.id,
    leadId: lead.id,
    authorId: owner.id,
    subject: "Hello",
  });
  await organization.conversation({ contactId: contact.id, subject: "Thread" });
});

/** A selection of a field and, where it is an object's, of everything plain in it. */
function selectionOf(type: GraphQLObjectType, name: string): string {
  const inner = getNamedType(type.getFields()[name]?.type);
  if (isLeafType(inner)) return name;
  const fields = Object.values((inner as GraphQLObjectType).getFields());
  if (fields.some((field) => field.name === "nodes")) return `${name} { nodes { __typename } totalCount }`;
  return `${name} { ${fields
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
