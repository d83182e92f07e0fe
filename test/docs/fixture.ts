import { decodeId } from "../../src/db/ids.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** The organization that the document's examples are about; its ids are those in the text. */

const uuid = (id: string): string => {
  const decoded = decodeId(id);
  if (!decoded) throw new Error(`${id} is no id`);
  return decoded.uuid;
};

/** The organization's id in the text; each run has another one. */
export const ORGANIZATION_ID = "organization_01h455vb4pex5vsknk084sn01p";

export async function documentOrganization() {
  const { prisma } = await testDatabase();
  const organization = await Organization.make();
  await prisma.organization.update({ where: { id: organization.id }, data: { name: "TechCorp Sales" } });
  const owner = uuid("member_01h455vb4pex5vsknk084sn05t");
  const userId = (await organization.member()).id;
  const member = await prisma.member.findFirstOrThrow({ where: { orgId: organization.id, id: userId } });
  await prisma.user.update({ where: { id: member.userId }, data: { name: "Olivia Owner" } });
  await prisma.apiKey.deleteMany({ where: { orgId: organization.id, memberId: member.id } });
  await prisma.member.update({
    where: { orgId_id: { orgId: organization.id, id: member.id } },
    data: { id: owner },
  });
  await prisma.apiKey.updateMany({ where: { orgId: organization.id }, data: { sources: ["SKIPCALL"] } });

  const contactField = (slug: string, name: string, at: number, id?: string) =>
    organization.customField({
      slug,
      name,
      type: "TEXT",
      slot: `text${at}`,
      ...(id !== undefined && { id: uuid(id) }),
    });
  await contactField("industry", "Industry", 1);
  await contactField("team_size", "Team size", 2, "custom_field_01h455vb4pex5vsknk084sn07w");
  await contactField("linkedin", "LinkedIn", 3);
  await contactField("preferred_contact", "Preferred contact", 4);
  await organization.customField({
    entity: "LEAD",
    slug: "industry",
    name: "Industry",
    type: "TEXT",
    slot: "text1",
  });
  await organization.customField({
    entity: "LEAD",
    slug: "employees",
    name: "Employees",
    type: "TEXT",
    slot: "text2",
  });
  await organization.tag("enterprise");
  await organization.tag("decision-maker");
  await organization.tag("vip", uuid("tag_01h455vb4pex5vsknk084sn06v"));

  const createdAt = new Date("2026-11-01T09:00:00Z");
  const sarah = await organization.contact({
    id: uuid("contact_01h455vb4pex5vsknk084sn02q"),
    name: "Sarah Johnson",
    email: "sarah@techcorp.com",
    phoneNumbers: ["+15125550456"],
    company: "TechCorp",
    tags: ["enterprise"],
    custom: { industry: "Technology", team_size: "11-50" },
    ownerId: owner,
    createdAt,
    callCount: 5,
    lastCallAt: new Date("2026-11-07T05:31:56Z"),
  });
  const duplicate = await organization.contact({
    id: uuid("contact_01h455vb4pex5vsknk084sn03r"),
    name: "S. Johnson",
    title: "VP of Engineering",
    email: "s.johnson@home.example",
    phoneNumbers: ["+15125550457"],
    tags: ["vip"],
    createdAt,
  });
  await organization.deal({
    id: uuid("deal_01h455vb4pex5vsknk084sn09y"),
    name: "Platform",
    value: "25000.00",
    currency: "USD",
    contactId: sarah.id,
    createdAt,
  });
  await organization.deal({
    name: "Add-on",
    value: "1200.50",
    currency: "USD",
    contactId: duplicate.id,
    createdAt,
  });
  await organization.activity({
    kind: "CALL",
    subject: "Intro",
    contactId: sarah.id,
    occurredAt: new Date("2026-11-07T05:31:56Z"),
  });
  await organization.conversation({
    subject: "Pricing",
    url: "https://mail.example.com/1",
    contactId: sarah.id,
    lastMessageAt: new Date("2026-11-08T10:00:00Z"),
  });
  await organization.lead({
    id: uuid("lead_01h455vb4pex5vsknk084sn04s"),
    name: "Jane Doe",
    email: "jane@example.com",
    company: "Example Corp",
    source: "website",
    dealValue: "25000.00",
    dealCurrency: "USD",
    ownerId: owner,
    custom: { industry: "Technology", employees: "50-200" },
    createdAt,
  });
  await prisma.smartList.create({
    data: {
      orgId: organization.id,
      id: uuid("smart_list_01h455vb4pex5vsknk084sn08x"),
      name: "Technology",
      query: { groups: [{ conditions: [{ field: "custom.industry", op: "EQ", value: "Technology" }] }] },
    },
  });
  return organization;
}
