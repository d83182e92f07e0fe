import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/**
 * Filters of a restricted member are true or false of every record: what hangs on a contact or lead that they may not
 * see is as if it hung on none, whether somebody else owns that one or nobody does.
 */

let member: Awaited<ReturnType<Organization["member"]>>;

beforeAll(async () => {
  const organization = await Organization.make();
  member = await organization.member({ dataScope: "ASSIGNED" });
  const colleague = await organization.member();
  const owners = { mine: member.id, colleague: colleague.id, nobody: null };
  for (const [whose, ownerId] of Object.entries(owners)) {
    const contact = await organization.contact({ name: whose, ownerId });
    const lead = await organization.lead({ name: whose, ownerId });
    await organization.deal({ ownerId: member.id, name: `contact ${whose}`, contactId: contact.id });
    await organization.deal({ ownerId: member.id, name: `lead ${whose}`, leadId: lead.id });
    await organization.deal({ name: `hidden unless ${whose}`, contactId: contact.id });
  }
  await organization.deal({ ownerId: member.id, name: "alone" });
  const other = await Organization.make();
  await other.deal({ name: "foreign" });
});

const all = 8;

async function namesOf(filter: string): Promise<string[]> {
  const { data, errors } = await sendText(
    member.key,
    `{ deals(${filter}, first: 100) { totalCount nodes { name } } }`,
  );
  expect(errors).toEqual([]);
  const { nodes, totalCount } = (
    data as unknown as { deals: { totalCount: number; nodes: { name: string }[] } }
  ).deals;
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ name }) => name).sort();
}

const condition = (field: string, op: string, value = "") =>
  `query: { groups: [{ conditions: [{ field: "${field}", op: ${op}${value && `, value: ${value}`} }] }] }`;

const ofContacts = ["contact mine", "hidden unless mine"];

describe("each record is in one half", () => {
  test.each<[half: string, other: string, names: readonly string[]]>([
    [condition("contact", "IS_NOT_EMPTY"), condition("contact", "IS_EMPTY"), ofContacts],
    [condition("lead", "IS_NOT_EMPTY"), condition("lead", "IS_EMPTY"), ["lead mine"]],
    [condition("contact.name", "EQ", `"mine"`), condition("contact.name", "NE", `"mine"`), ofContacts],
    [condition("contact.name", "EQ", `"nobody"`), condition("contact.name", "NE", `"nobody"`), []],
    [condition("contact.owner", "IS_NOT_EMPTY"), condition("contact.owner", "IS_EMPTY"), ofContacts],
    ["filter: { contact: {} }", "filter: { not: { contact: {} } }", ofContacts],
    ["filter: { lead: {} }", "filter: { not: { lead: {} } }", ["lead mine"]],
    [
      `filter: { contact: { owner: { isEmpty: true } } }`,
      `filter: { not: { contact: { owner: { isEmpty: true } } } }`,
      [],
    ],
    [
      `filter: { contact: { deals: { some: { name: { startsWith: "contact" } } } } }`,
      `filter: { not: { contact: { deals: { some: { name: { startsWith: "contact" } } } } } }`,
      ofContacts,
    ],
    [
      `filter: { contact: { name: { eq: "mine" }, owner: { role: { eq: "MEMBER" } } } }`,
      `filter: { not: { contact: { name: { eq: "mine" }, owner: { role: { eq: "MEMBER" } } } } }`,
      ofContacts,
    ],
  ])("%s", async (half, other, names) => {
    const found = await namesOf(half);
    expect(found).toEqual(names);
    const others = await namesOf(other);
    expect(found.length + others.length).toBe(all);
    expect(new Set([...found, ...others]).size).toBe(all);
  });
});

test("under two negations, and in relations of relations", async () => {
  const { data, errors } = await sendText(
    member.key,
    `{
      none: contacts(filter: { deals: { none: { not: { contact: {} } } } }) { nodes { name } }
      some: contacts(filter: { deals: { some: { not: { lead: {} } } } }) { nodes { name } }
      leads: leads(filter: { deals: { some: { not: { contact: {} } } } }) { nodes { name } }
    }`,
  );
  expect(errors).toEqual([]);
  const mine = { nodes: [{ name: "mine" }] };
  expect(data).toEqual({ none: mine, some: mine, leads: mine });
});
