import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { upload } from "../support/imports.ts";
import type { Organization } from "../support/makers.ts";
import { plant } from "../support/plant.ts";
import { nextMark } from "./marks.ts";

/** The records of one owner, at least one of each kind; their texts, numbers, days and phones have the row's mark. */

interface Owner {
  readonly id: string | null;
  /** A key that can see these records. */
  readonly key: string;
  /** The member who makes the changes to them. */
  readonly authorId: string;
}

/** A phone number and an address that another organization has too. */
const SHARED_PHONE = "+4930555123";

const day = (of: Date) => new Date(of.toISOString().slice(0, 10));

/** Every column of a contact that a caller may write. */
function contactOf(ownerId: string | null) {
  const { text, number, phone, day: at } = nextMark();
  const url = (part: string) => `https://${part}.example/${text}`;
  return {
    name: `Contact ${text}`,
    firstName: `First ${text}`,
    lastName: `Last ${text}`,
    email: `${text}@example.com`,
    otherEmails: [`other-${text}@example.com`],
    phoneNumbers: [phone, SHARED_PHONE],
    company: `Company ${text}`,
    title: `Title ${text}`,
    street: `Street ${text}`,
    city: `City ${text}`,
    state: `State ${text}`,
    zip: text,
    country: `Country ${text}`,
    url: url("www"),
    linkedinUrl: url("linkedin"),
    linkedinSalesUrl: url("sales"),
    source: `Source ${text}`,
    notes: `Notes ${text}`,
    tags: ["shared", `tag ${text}`],
    custom: {
      words: `Words ${text}`,
      code: `Code ${text}`,
      tier: "Gold",
      several: ["Red", "Blue"],
      amount: number,
      born: at.toISOString().slice(0, 10),
      seen: at.toISOString(),
      page: url("page"),
      agreed: true,
    },
    ownerId,
    createdAt: at,
    lastCallAt: at,
    // Not a mark: a merge adds the numbers up, and two marks would exceed Int.
    callCount: 3,
  };
}

function leadOf(ownerId: string | null, tagIds: readonly string[]) {
  const { text, number, phone, day: at } = nextMark();
  return {
    name: `Lead ${text}`,
    email: `lead-${text}@example.com`,
    phone,
    company: `Company ${text}`,
    source: `Source ${text}`,
    notes: `Notes ${text}`,
    dealValue: number,
    dealCurrency: "EUR",
    tagIds: [...tagIds],
    custom: { rank: `Rank ${text}`, note: `Note ${text}` },
    ownerId,
    createdAt: at,
    updatedAt: at,
  };
}

/** The columns of a child, beside its parents. */
function childOf(parents: object) {
  const { text, number, day: at } = nextMark();
  return { text, number, at, own: { ...parents, createdAt: at, updatedAt: at } };
}

const dealOf = (parents: object) => {
  const { text, number, at, own } = childOf(parents);
  return {
    ...own,
    name: `Deal ${text}`,
    value: `${number}.25`,
    stage: `Stage ${text}`,
    expectedCloseOn: day(at),
  };
};

const activityOf = (parents: object) => {
  const { text, number, at, own } = childOf(parents);
  return {
    ...own,
    kind: "CALL",
    subject: `Subject ${text}`,
    body: `Body ${text}`,
    durationSeconds: number,
    occurredAt: at,
  };
};

const conversationOf = (contactId: string) => {
  const { text, at, own } = childOf({ contactId });
  return {
    ...own,
    subject: `Subject ${text}`,
    url: `https://talk.example/${text}`,
    lastMessageAt: at,
  };
};

/** Moved to the trash a day ago, so that a purge in another test does not erase it. */
const trashed = () => new Date(Date.now() - 86_400_000);

export type Records = Awaited<ReturnType<typeof plantRecords>>;

/** Inserts the records of an owner. @param tagIds tags of the leads */
export async function plantRecords(organization: Organization, { id: ownerId, key, authorId }: Owner) {
  const { prisma } = await testDatabase();
  const tagId = await organization.tag("shared");
  const contact = await organization.contact(contactOf(ownerId));
  const second = await organization.contact(contactOf(ownerId));
  const inTrash = await organization.contact({ ...contactOf(ownerId), deletedAt: trashed() });
  const purged = await organization.contact({ name: "Removed contact", ownerId, deletedAt: trashed() });
  await prisma.contact.updateMany({ where: { id: purged.id }, data: { purgedAt: trashed() } });
  const merged = await organization.contact(contactOf(ownerId));
  await organization.activity(activityOf({ contactId: merged.id, authorId }));
  const lead = await organization.lead(leadOf(ownerId, [tagId]));
  const leadInTrash = await organization.lead({ ...leadOf(ownerId, []), deletedAt: trashed() });
  const deal = await organization.deal(dealOf({ contactId: contact.id, ownerId }));
  const leadDeal = await organization.deal(dealOf({ leadId: lead.id }));
  const converted = await organization.lead({
    ...leadOf(ownerId, []),
    status: "CONVERTED",
    convertedContactId: contact.id,
    convertedDealId: deal.id,
    convertedAt: nextMark().day,
  });
  await prisma.leadTag.create({
    data: { orgId: organization.id, leadId: lead.id, tagId, addedById: authorId },
  });
  const activity = await organization.activity(activityOf({ contactId: contact.id, authorId }));
  await organization.activity(activityOf({ leadId: lead.id, authorId }));
  const dealActivity = await organization.activity(activityOf({ dealId: leadDeal.id, authorId }));
  const conversation = await organization.conversation(conversationOf(contact.id));
  const answer = await mutate<{ merge: { id: string } | null }>(
    key,
    `contactMerge(input: { primaryId: "${contact.globalId}", duplicateIds: ["${merged.globalId}"] }, idempotencyKey: "merge ${nextMark().text}")`,
    "merge { id }",
  );
  if (!answer.merge) throw new Error(JSON.stringify(answer.errors));
  await plantUniqueValues(organization, [contact.id, second.id]);
  return {
    contact,
    second,
    inTrash,
    purged,
    merged,
    lead,
    leadInTrash,
    converted,
    deal,
    leadDeal,
    activity,
    dealActivity,
    conversation,
    merge: answer.merge.id,
  };
}

/** Inserts values of the unique field `code`, one for each contact. */
async function plantUniqueValues(organization: Organization, ids: readonly string[]) {
  const { pool } = await testDatabase();
  await pool.query(
    `INSERT INTO custom_unique (org_id, field_id, key, record_id)
     SELECT c.org_id, f.id, lower(c.custom ->> 'code'), c.id FROM contact AS c
     JOIN custom_field AS f ON f.org_id = c.org_id AND f.slug = 'code'
     WHERE c.org_id = $1 AND c.id = ANY ($2)`,
    [organization.id, ids],
  );
}

/** Inserts the shared rows of an organization: custom fields, tags, custom values and smart lists, all with marks. */
export async function plantCatalogue(organization: Organization, memberId: string): Promise<void> {
  const { prisma } = await testDatabase();
  const named = () => nextMark().text;
  const folder = { id: newId(), orgId: organization.id, name: `Folder ${named()}` };
  await prisma.customFieldFolder.create({ data: { ...folder, entity: "CONTACT" } });
  const fields = [
    ["words", "TEXT", "text1"],
    ["code", "TEXT", null],
    ["tier", "SELECT", null],
    ["several", "MULTI_SELECT", null],
    ["amount", "NUMBER", "number1"],
    ["born", "DATE", "date1"],
    ["seen", "DATE_TIME", null],
    ["page", "URL", null],
    ["agreed", "BOOLEAN", null],
    [named(), "TEXT", null],
  ] as const;
  for (const [slug, type, slot] of fields) {
    await organization.customField({
      slug,
      type,
      slot,
      name: `Field ${named()}`,
      folderId: folder.id,
      unique: slug === "code",
      ...(type === "SELECT" && { options: ["Gold", `Option ${named()}`] }),
      ...(type === "MULTI_SELECT" && { options: ["Red", "Blue", `Option ${named()}`] }),
    });
  }
  for (const slug of ["rank", "note"])
    await organization.customField({ slug, type: "TEXT", entity: "LEAD", name: `Field ${named()}` });
  const tagId = await organization.tag("shared");
  await prisma.tag.updateMany({ where: { orgId: organization.id, id: tagId }, data: { color: "#aabbcc" } });
  const data = { id: newId(), orgId: organization.id };
  await prisma.customValue.create({ data: { ...data, key: named(), value: `Value ${named()}` } });
  const conditions = [
    { field: "owner", op: "NE", value: encodeId("Member", memberId) },
    { field: "name", op: "NE", value: `nobody ${named()}` },
  ];
  await prisma.smartList.create({
    data: {
      ...data,
      name: `List ${named()}`,
      query: { groups: [{ conditions }] },
      columns: ["name", `custom.${fields[0][0]}`],
      order: [{ field: "name", direction: "ASC", nulls: "LAST" }],
      timeZone: "Europe/Paris",
    },
  });
  await prisma.smartListSet.create({ data: { orgId: organization.id, version: 1 } });
}

/** Makes jobs of a member, with marks in their files, and answers under idempotency keys. The jobs are not run here. */
export async function plantJobs(organization: Organization, memberId: string, key: string): Promise<void> {
  const text = () => nextMark().text;
  const file = `name,email,colour\nImported ${text()},${text()}@example.com,${text()}\n"${text()}",no address ${text()},x\n`;
  const options = { idempotencyKey: `import ${text()}`, fileName: `${text()}.csv` };
  const sent = await upload(key, file, {}, options);
  if (!sent.data?.contactImport.job) throw new Error(sent.text);
  const lead = `name,email,deal value\nImported ${text()},${text()}@example.com,none ${text()}\n`;
  await upload(key, lead, { invalidValues: "LEAVE_OUT" }, { of: "Lead" });
  for (const entity of ["contact", "lead", "deal"]) {
    const { errors } = await mutate(
      key,
      `${entity}Export(idempotencyKey: "${entity} ${text()}")`,
      "job { id }",
    );
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
  }
  const { id } = await plant("BulkJob", organization, { member_id: memberId }, text());
  await plant("BulkChunk", organization, { job_id: id });
}
