import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** `node` and `nodes` give each record whatever else is asked, and null alone for all that is none to the caller. */

let organization: Organization;
let restricted: string;
let mine: Record<string, string>;
let theirs: string[];
let merged: { id: string; survivor: string };
let hidden: string;

const prefixes = [
  "organization",
  "member",
  "api_key",
  "contact",
  "lead",
  "deal",
  "activity",
  "conversation",
  "tag",
  "custom_field",
  "custom_field_folder",
  "custom_value",
  "smart_list",
  "contact_merge",
  "import_job",
  "export_job",
  "bulk_job",
];

beforeAll(async () => {
  organization = await Organization.make();
  const member = await organization.member({ dataScope: "ASSIGNED" });
  restricted = member.key;
  const contact = await organization.contact({ ownerId: member.id });
  const lead = await organization.lead({ ownerId: member.id });
  const deal = await organization.deal({ contactId: contact.id });
  mine = {
    contact: contact.globalId,
    lead: lead.globalId,
    deal: deal.globalId,
    tag: encodeId("Tag", await organization.tag("vip")),
  };
  const other = await Organization.make();
  theirs = [
    (await other.contact()).globalId,
    (await other.lead()).globalId,
    encodeId("Tag", await other.tag("vip")),
    (await other.member()).globalId,
    other.globalId,
  ];
  // Merged into a contact of nobody's.
  const { prisma } = await testDatabase();
  const survivor = await organization.contact();
  const duplicate = await organization.contact({ ownerId: member.id, deletedAt: new Date() });
  await prisma.contact.updateMany({
    where: { orgId: organization.id, id: duplicate.id },
    data: { mergedIntoId: survivor.id },
  });
  merged = { id: duplicate.globalId, survivor: survivor.globalId };
  hidden = survivor.globalId;
});

const one = (id: string) => `node(id: "${id}") { __typename id }`;
const many = (...ids: string[]) => `nodes(ids: ${JSON.stringify(ids)}) { __typename id }`;

test.each([
  ["node twice", (id: string) => `{ a: ${one(id)} b: ${one(id)} }`],
  ["node and nodes", (id: string) => `{ a: ${one(id)} b: ${many(id, id)} c: ${one(id)} }`],
  ["nodes twice", (id: string) => `{ a: ${many(id)} b: ${many(id, id)} }`],
  [
    "nodes in another order",
    (id: string) => `{ a: ${many(id, mine.tag ?? "")} b: ${many(mine.tag ?? "", id)} }`,
  ],
])("%s, of the same record of any kind", async (_what, query) => {
  for (const [kind, id] of Object.entries(mine)) {
    const { data, errors } = await sendText(organization.key, query(id));
    expect(errors, kind).toEqual([]);
    const found = Object.values(data ?? {}).flat();
    expect(found, kind).not.toContain(null);
    expect(found).toContainEqual({ __typename: kind[0]?.toUpperCase() + kind.slice(1), id });
  }
});

test("the id of a merged contact resolves to the contact that it was merged into, in every field", async () => {
  const { data, errors } = await sendText(
    organization.key,
    `{ a: ${one(merged.id)} b: ${one(merged.survivor)} c: ${many(merged.id, merged.survivor, merged.id)} }`,
  );
  expect(errors).toEqual([]);
  const survivor = { __typename: "Contact", id: merged.survivor };
  expect(data).toEqual({ a: survivor, b: survivor, c: [survivor, survivor, survivor] });
});

describe("an answer is, to the byte, the one for an id that nobody has, for", () => {
  const answerOf = async (key: string, id: string) => {
    const { text, status } = await sendText(
      key,
      "query ($id: ID!) { node(id: $id) { id } a: node(id: $id) { ... on Contact { name } } nodes(ids: [$id, $id]) { id } }",
      { id },
    );
    return `${status} ${text}`;
  };
  const ofNobody = (prefix: string) => `${prefix}_${encodeId("Contact", newId()).slice("contact_".length)}`;
  const nothing = `200 {"data":{"node":null,"a":null,"nodes":[null,null]}}`;

  test.each(prefixes)("%s_…", async (prefix) => {
    expect(await answerOf(organization.key, ofNobody(prefix))).toBe(nothing);
    expect(await answerOf(restricted, ofNobody(prefix))).toBe(nothing);
  });

  test("the organization's own id", async () => {
    expect(await answerOf(organization.key, organization.globalId)).toBe(nothing);
  });

  test("ids of another organization", async () => {
    for (const id of theirs) expect(await answerOf(organization.key, id)).toBe(nothing);
  });

  test("what is not assigned to a restricted member, and what leads to it", async () => {
    expect(await answerOf(restricted, hidden)).toBe(nothing);
    expect(await answerOf(restricted, merged.id)).toBe(nothing);
  });
});
