import { newId } from "../../src/lib/typeid.ts";
import { runBulkJobs } from "../support/bulk.ts";
import { testDatabase } from "../support/database.ts";
import { searched } from "../support/duplicates.ts";
import { runExports } from "../support/exports.ts";
import { runImports } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";
import { nextMark } from "./marks.ts";
import { plantCatalogue, plantJobs, plantRecords, type Records } from "./records.ts";

/** Two live organizations and a test organization, each with rows of all kinds, and all callers. */

type Member = Awaited<ReturnType<Organization["member"]>>;

/** The members who own records. */
const roles = {
  owner: { role: "OWNER" },
  admin: { role: "ADMIN" },
  member: { role: "MEMBER" },
  reader: { role: "READ_ONLY" },
  restrictedAdmin: { role: "ADMIN", dataScope: "ASSIGNED" },
  restricted: { role: "MEMBER", dataScope: "ASSIGNED" },
  restrictedReader: { role: "READ_ONLY", dataScope: "ASSIGNED" },
  readKey: { role: "OWNER", scopes: ["READ"] },
  writeKey: { role: "ADMIN", scopes: ["WRITE"] },
  removed: { role: "ADMIN" },
  revoked: { role: "ADMIN", revokedAt: new Date() },
} as const satisfies Record<string, Parameters<Organization["member"]>[0]>;

export type Role = keyof typeof roles;

const owners = ["nobody", "member", "restricted", "restrictedAdmin", "restrictedReader"] as const;

type Owner = (typeof owners)[number];

export interface Planted {
  readonly organization: Organization;
  readonly members: Readonly<Record<Role, Member>>;
  /** By owner; records without an owner are under "nobody". */
  readonly records: Readonly<Record<Owner, Records>>;
}

export interface World {
  readonly ours: Planted;
  readonly theirs: Planted;
  readonly tests: Planted;
  /** A user who is a member of both organizations. */
  readonly both: { readonly userId: string; readonly oursId: string; readonly theirsId: string };
}

export async function plantWorld(): Promise<World> {
  const ours = await plantOrganization("LIVE", owners);
  const theirs = await plantOrganization("LIVE", ["nobody", "restricted"]);
  const tests = await plantOrganization("TEST", ["nobody"]);
  return { ours, theirs, tests, both: await plantBoth(ours.organization, theirs.organization) };
}

/** @param having the members who own records; other records have no owner */
async function plantOrganization(mode: "LIVE" | "TEST", having: readonly Owner[]): Promise<Planted> {
  const { prisma } = await testDatabase();
  const organization = await Organization.make(mode);
  const { id: orgId, key } = organization;
  await prisma.organization.update({
    where: { id: orgId },
    data: { name: `Organization ${nextMark().text}`, defaultCountry: "DE", defaultCurrency: "EUR" },
  });
  const members = {} as Record<Role, Member>;
  for (const [name, options] of Object.entries(roles)) {
    const member = await organization.member({ ...options } as Parameters<Organization["member"]>[0]);
    members[name as Role] = member;
    await nameMember(orgId, member);
  }
  await plantCatalogue(organization, members.member.id);
  const authorId = members.admin.id;
  const records = {} as Record<Owner, Records>;
  for (const owner of having) {
    const id = owner === "nobody" ? null : members[owner].id;
    records[owner] = await plantRecords(organization, { id, key, authorId });
  }
  for (const owner of owners) records[owner] ??= records.nobody;
  await plantCrossings(organization, members, records);
  for (const name of ["member", "restricted"] as const)
    await plantJobs(organization, members[name].id, members[name].key);
  await runImports(organization);
  await runExports(organization);
  await runBulkJobs(organization);
  await searched(organization);
  await prisma.member.updateMany({
    where: { orgId, id: members.removed.id },
    data: { removedAt: new Date() },
  });
  return { organization, members, records };
}

/** Puts marks in the names of a member, their user and their key. */
async function nameMember(orgId: string, { id, userId, keyId }: Member): Promise<void> {
  const { prisma } = await testDatabase();
  const [user, member, key] = [nextMark().text, nextMark().text, nextMark().text];
  await prisma.user.update({
    where: { id: userId },
    data: { name: `User ${user}`, email: `${user}@people.example`, emailKey: `${user}@people.example` },
  });
  const own = { name: `Member ${member}`, email: `${member}@people.example` };
  await prisma.member.updateMany({ where: { orgId, id }, data: own });
  await prisma.apiKey.updateMany({ where: { orgId, id: keyId }, data: { name: `Key ${key}` } });
}

/** Related rows of which a caller may see only some. */
async function plantCrossings(
  organization: Organization,
  members: Planted["members"],
  { nobody, restricted }: Pick<Planted["records"], "nobody" | "restricted">,
): Promise<void> {
  const { prisma } = await testDatabase();
  const deal = () => {
    const { text, number, day } = nextMark();
    return { name: `Deal ${text}`, value: number, stage: `Stage ${text}`, createdAt: day, updatedAt: day };
  };
  const ownerId = members.restricted.id;
  // Of their own, on a contact and a lead that are not.
  await organization.deal({ ...deal(), contactId: nobody.contact.id, ownerId });
  await organization.deal({ ...deal(), leadId: nobody.lead.id, ownerId });
  // On a contact of their own, of a lead that is not.
  const both = await organization.deal({
    ...deal(),
    contactId: restricted.contact.id,
    leadId: nobody.lead.id,
  });
  const { text, day } = nextMark();
  await organization.activity({ body: text, occurredAt: day, dealId: both.id, leadId: nobody.lead.id });
  await prisma.contact.updateMany({
    where: { orgId: organization.id, id: restricted.inTrash.id },
    data: { mergedIntoId: nobody.second.id },
  });
  await prisma.lead.updateMany({
    where: { orgId: organization.id, id: restricted.converted.id },
    data: { convertedContactId: nobody.contact.id, convertedDealId: nobody.deal.id },
  });
}

async function plantBoth(ours: Organization, theirs: Organization): Promise<World["both"]> {
  const { prisma } = await testDatabase();
  const { id, userId } = await ours.member({ role: "ADMIN" });
  await prisma.user.update({ where: { id: userId }, data: { name: `User ${nextMark().text}` } });
  const other = newId();
  await prisma.member.create({ data: { orgId: theirs.id, id: other, userId, role: "MEMBER" } });
  for (const [orgId, member] of [
    [ours.id, id],
    [theirs.id, other],
  ] as const) {
    const { text } = nextMark();
    const own = { name: `Member ${text}`, email: `${text}@people.example` };
    await prisma.member.updateMany({ where: { orgId, id: member }, data: own });
  }
  return { userId, oursId: id, theirsId: other };
}
