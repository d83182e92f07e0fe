import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, send } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { Convert, leadsOf } from "./support.ts";

/** Converting leads into contacts and deals (`leadConvert`). */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ entity: "LEAD", slug: "industry", type: "TEXT", slot: "text1" });
  await organization.customField({ entity: "LEAD", slug: "employees", type: "TEXT", slot: "text2" });
  await organization.customField({ entity: "CONTACT", slug: "industry", type: "TEXT", slot: "text1" });
  await organization.customField({ entity: "CONTACT", slug: "employees", type: "NUMBER", slot: "number1" });
  await organization.tag("hot");
});

const { update, convert, made } = leadsOf(() => organization);

test("a lead becomes a new contact and a deal, linked both ways", async () => {
  const { id } = await made({
    name: "Grace",
    email: "grace@example.com",
    phone: "+33612345678",
    company: "Navy",
    dealValue: { amount: "100.50", currency: "EUR" },
    tags: ["hot"],
    customFields: [
      { slug: "industry", value: "Tech" },
      { slug: "employees", value: "many" },
    ],
  });
  await mutate(key, `activityCreate(input: { kind: CALL, leadId: "${id}" })`, "activity { id }");
  const { lead, contact, contactOutcome, deal, errors } = await convert(id);
  expect(errors).toEqual([]);
  expect(contactOutcome).toBe("CREATED");
  expect(contact).toMatchObject({
    name: "Grace",
    email: "grace@example.com",
    phoneNumbers: ["+33612345678"],
    company: "Navy",
    tags: [{ name: "hot" }],
    // `employees` is a number with contacts: the text does not fit and stays with the lead.
    customFields: [{ slug: "industry", value: "Tech" }],
    callCount: 1,
    convertedLeads: [{ id }],
    deals: { nodes: [{ id: deal?.id, name: "Grace, Navy" }] },
    activities: { totalCount: 1 },
  });
  expect(deal).toMatchObject({
    value: { amount: "100.50", currency: "EUR" },
    lead: { id },
    contact: { id: contact?.id },
  });
  expect(lead).toMatchObject({
    status: "CONVERTED",
    convertedAt: expect.any(String),
    convertedContact: { id: contact?.id },
    convertedDeal: { id: deal?.id },
  });
  expect((await convert(id)).errors).toMatchObject([{ code: "INVALID_STATE", path: ["id"] }]);
  expect((await update(id, { status: "NEW" })).errors).toMatchObject([{ code: "INVALID_STATE" }]);
});

test("a lead with the address of a contact is converted into that contact, and fills its empty fields", async () => {
  const existing = await organization.contact({
    name: "Known",
    email: "known@example.com",
    company: "Old Co",
  });
  const { id } = await made({
    name: "N",
    email: "KNOWN@example.com",
    company: "New Co",
    phone: "+33600000001",
  });
  // The amount of a deal that is not made needs no currency.
  const { contact, contactOutcome, deal } = await convert(id, {
    createDeal: false,
    deal: { value: { amount: "5" } },
  });
  expect(contactOutcome).toBe("MATCHED");
  expect(contact).toMatchObject({
    id: existing.globalId,
    name: "Known",
    company: "Old Co",
    phoneNumbers: ["+33600000001"],
  });
  expect(deal).toBeNull();
});

test("a conversion that is refused changes nothing", async () => {
  const { id } = await made({ name: "No value", email: "novalue@example.com" });
  expect((await convert(id)).errors).toMatchObject([{ code: "REQUIRED", path: ["input", "deal", "value"] }]);
  const noWay = await made({ name: "No address" });
  expect((await convert(noWay.id, { createDeal: false })).errors).toMatchObject([
    { code: "REQUIRED", path: ["id"] },
  ]);
  const contactId = encodeId("Contact", newId());
  expect((await convert(id, { contactId, createDeal: false })).errors).toMatchObject([
    { code: "NOT_FOUND", path: ["input", "contactId"] },
  ]);
  const { prisma } = await testDatabase();
  expect(
    await prisma.contact.count({ where: { orgId: organization.id, emailKey: "novalue@example.com" } }),
  ).toBe(0);
});

test("two conversions at once make one contact and one deal", async () => {
  const { id } = await made({
    name: "Once",
    email: "once@example.com",
    dealValue: { amount: "1", currency: "EUR" },
  });
  const answers = await Promise.all([convert(id), convert(id)]);
  expect(answers.flatMap(({ errors }) => errors)).toMatchObject([{ code: "INVALID_STATE" }]);
  const { prisma } = await testDatabase();
  expect(
    await prisma.contact.count({ where: { orgId: organization.id, emailKey: "once@example.com" } }),
  ).toBe(1);
});

test("a conversion is answered as the first time under its idempotency key", async () => {
  const { id } = await made({
    name: "Again",
    email: "again@example.com",
    dealValue: { amount: "1", currency: "EUR" },
  });
  const first = await convert(id, {}, { idempotencyKey: id });
  expect(first.errors).toEqual([]);
  expect(await convert(id, {}, { idempotencyKey: id })).toEqual(first);
});

test("a restricted member who converts a lead neither matches nor learns of a contact that is not theirs", async () => {
  await organization.contact({ name: "Hidden", email: "hidden@example.com" });
  const { id: memberId, key: restricted } = await organization.member({ dataScope: "ASSIGNED" });
  const lead = await organization.lead({ name: "Mine", email: "hidden@example.com", ownerId: memberId });
  const { leadConvert } = await send(restricted, Convert, {
    id: lead.globalId,
    input: { createDeal: false },
  });
  expect(leadConvert).toMatchObject({ contact: null, errors: [{ code: "EMAIL_TAKEN", existing: null }] });
});
