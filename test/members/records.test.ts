import { beforeEach, describe, expect, test } from "vitest";
import { ownedModels } from "../../src/db/models.ts";
import { bulkJobOf, plantMany, runBulkJobs } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { jobOf, runImports, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";
import { invite, reassign, remove, update } from "./support.ts";

/** Records assigned to a member, when the member is removed or records are reassigned. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

type Member = Awaited<ReturnType<Organization["member"]>>;

/** A contact, one in the trash, a lead and a deal of a member's. */
async function plant({ id: ownerId }: Member, from = organization): Promise<void> {
  await from.contact({ name: "C", ownerId });
  await from.contact({ name: "Trashed", ownerId, deletedAt: new Date() });
  await from.lead({ name: "L", ownerId });
  await from.deal({ name: "D", ownerId });
}

/** By owner, how many of what an organization has. */
async function owned({ id: orgId } = organization): Promise<Record<string, number>> {
  const { prisma } = await testDatabase();
  const rows = await Promise.all([
    prisma.contact.findMany({ where: { orgId }, select: { ownerId: true } }),
    prisma.lead.findMany({ where: { orgId }, select: { ownerId: true } }),
    prisma.deal.findMany({ where: { orgId }, select: { ownerId: true } }),
  ]);
  const counts: Record<string, number> = {};
  for (const { ownerId } of rows.flat()) counts[ownerId ?? "nobody"] = (counts[ownerId ?? "nobody"] ?? 0) + 1;
  return counts;
}

test("what points to a member is what is assigned to them, what they did, or what they started", () => {
  const pointers = ownedModels.flatMap(([name, row]) =>
    Object.entries(row.pointers).flatMap(([pointer, { to }]) =>
      to === "Member" ? [`${name}.${pointer}`] : [],
    ),
  );
  // The first three are reassigned. Keys are revoked, jobs end, and the rest names who did it.
  expect(pointers.sort()).toEqual(
    [
      ...["Contact.owner", "Lead.owner", "Deal.owner"],
      ...[
        "ApiKey.member",
        "BulkJob.member",
        "DuplicateSearch.member",
        "ExportJob.member",
        "ImportJob.member",
      ],
      ...["Activity.author", "ContactMerge.mergedBy", "ContactTag.addedBy", "LeadTag.addedBy"],
    ].sort(),
  );
});

describe("what is assigned to a member", () => {
  test("becomes unassigned with their removal, including records in the trash, each with a new version", async () => {
    const member = await organization.member();
    await plant(member);
    const removed = await remove(organization.key, member.globalId);
    expect(removed).toMatchObject({ moved: 4, job: null, errors: [] });
    expect(await owned()).toEqual({ nobody: 4 });
    const { data } = await sendText(
      organization.key,
      "{ contacts { nodes { version owner { id } } } leads { nodes { version } } deals { nodes { version } } }",
    );
    expect(data).toEqual({
      contacts: { nodes: [{ version: 2, owner: null }] },
      leads: { nodes: [{ version: 2 }] },
      deals: { nodes: [{ version: 2 }] },
    });
  });

  test("goes to another member, and neither others' records nor another organization's do", async () => {
    const [member, heir, other] = [
      await organization.member(),
      await organization.member(),
      await organization.member(),
    ];
    await plant(member);
    await plant(other);
    const stranger = await Organization.make();
    const theirs = await stranger.member();
    await plant(theirs, stranger);
    const removed = await remove(organization.key, member.globalId, `, reassignTo: "${heir.globalId}"`);
    expect(removed).toMatchObject({ moved: 4, errors: [] });
    expect(await owned()).toEqual({ [heir.id]: 4, [other.id]: 4 });
    expect(await owned(stranger)).toEqual({ [theirs.id]: 4 });
    // Back from the trash it is the heir's, and a member restricted to their own sees what became theirs.
    await update(organization.key, heir.globalId, "dataScope: ASSIGNED");
    const { data } = await sendText(
      heir.key,
      "{ contacts { totalCount } leads { totalCount } deals { totalCount } }",
    );
    expect(data).toEqual({ contacts: { totalCount: 1 }, leads: { totalCount: 1 }, deals: { totalCount: 1 } });
  });

  test("is reassigned without anybody leaving, and from one who has left", async () => {
    const [member, heir] = [await organization.member(), await organization.member()];
    await plant(member);
    expect(await reassign(organization.key, member.globalId, heir.globalId)).toMatchObject({
      member: { id: member.globalId, removedAt: null },
      moved: 4,
      errors: [],
    });
    expect(await owned()).toEqual({ [heir.id]: 4 });
    await remove(organization.key, member.globalId);
    await organization.contact({ name: "Late", ownerId: member.id });
    expect(await reassign(organization.key, member.globalId, null)).toMatchObject({ moved: 1, errors: [] });
    expect(await owned()).toEqual({ [heir.id]: 4, nobody: 1 });
    expect((await reassign(organization.key, heir.globalId, heir.globalId)).errors).toMatchObject([
      { code: "INVALID_VALUE", path: ["to"] },
    ]);
    expect((await reassign(organization.key, heir.globalId, organization.globalId)).errors).toMatchObject([
      { code: "BAD_ID", path: ["to"] },
    ]);
  });

  test("is reassigned once by a repeated request", async () => {
    const [member, heir] = [await organization.member(), await organization.member()];
    await plant(member);
    const once = () => reassign(organization.key, member.globalId, heir.globalId, `, idempotencyKey: "once"`);
    const first = await once();
    await reassign(organization.key, heir.globalId, member.globalId);
    expect(await once()).toEqual(first);
    expect(await owned()).toEqual({ [member.id]: 4 });
    const leave = () => remove(organization.key, member.globalId, `, idempotencyKey: "leave"`);
    const left = await leave();
    expect(left).toMatchObject({ moved: 4, errors: [] });
    expect(await leave()).toEqual(left);
  });

  test("is reassigned by a job when there is much of it, in steps, and what came meanwhile goes as well", async () => {
    const [member, heir] = [await organization.member(), await organization.member()];
    await plantMany(organization, 1_200, { ownerId: member.id });
    await plant(member);
    const removed = await remove(organization.key, member.globalId, `, reassignTo: "${heir.globalId}"`);
    expect(removed).toMatchObject({ moved: null, job: { kind: "REASSIGN", total: 1204 }, errors: [] });
    expect(await owned()).toEqual({ [member.id]: 1204 });
    let late = false;
    await runBulkJobs(organization, {
      onProgress: async () => {
        if (!late) await organization.lead({ name: "Late", ownerId: member.id });
        late = true;
      },
    });
    expect(await owned()).toEqual({ [heir.id]: 1205 });
    expect(await bulkJobOf(organization.key, removed.job?.id ?? "")).toMatchObject({
      state: "DONE",
      total: 1205,
      done: 1205,
      changed: 1205,
      problem: null,
    });
  });

  test("is refused for a target whose own records a job is reassigning, so that two jobs cannot reassign to each other", async () => {
    const [one, two] = [await organization.member(), await organization.member()];
    await plantMany(organization, 501, { ownerId: one.id });
    await plantMany(organization, 501, { ownerId: two.id });
    expect(await reassign(organization.key, one.globalId, two.globalId)).toMatchObject({ errors: [] });
    const back = () => reassign(organization.key, two.globalId, one.globalId);
    expect(await back()).toMatchObject({ job: null, errors: [{ code: "INVALID_STATE" }] });
    await runBulkJobs(organization);
    expect(await owned()).toEqual({ [two.id]: 1002 });
    expect(await back()).toMatchObject({ errors: [] });
  });

  test("is reassigned by a job that only members who may reassign can cancel", async () => {
    const [member, other] = [await organization.member(), await organization.member({ scopes: ["WRITE"] })];
    await plantMany(organization, 501, { ownerId: member.id });
    const { job } = await remove(organization.key, member.globalId);
    const cancel = (key: string) => mutate(key, `bulkJobCancel(id: "${job?.id}")`, "job { state }");
    expect(await cancel(other.key)).toMatchObject({ job: null, errors: [{ code: "FORBIDDEN" }] });
    expect(await cancel(organization.key)).toMatchObject({ job: { state: "CANCELLED" }, errors: [] });
  });

  test("stays where it is when whoever was to get it goes meanwhile, and the job says so", async () => {
    const [member, heir] = [await organization.member(), await organization.member()];
    await plantMany(organization, 600, { ownerId: member.id });
    const { job } = await reassign(organization.key, member.globalId, heir.globalId);
    await remove(organization.key, heir.globalId);
    await runBulkJobs(organization);
    expect(await bulkJobOf(organization.key, job?.id ?? "")).toMatchObject({
      state: "FAILED",
      problem: expect.stringContaining("has been removed"),
    });
    expect(await owned()).toEqual({ [member.id]: 600 });
  });

  test("stays theirs when they are invited again before the job", async () => {
    const member = await organization.member();
    await plantMany(organization, 600, { ownerId: member.id });
    const { job } = await remove(organization.key, member.globalId);
    await invite(organization.key, `email: "${member.email}", name: "Back"`);
    await runBulkJobs(organization);
    expect(await bulkJobOf(organization.key, job?.id ?? "")).toMatchObject({
      state: "FAILED",
      problem: expect.stringContaining("invited again"),
    });
    expect(await owned()).toEqual({ [member.id]: 600 });
  });

  test("is not reassigned by the job of an administrator who is none by then", async () => {
    const [admin, member] = [await organization.member({ role: "ADMIN" }), await organization.member()];
    await plantMany(organization, 600, { ownerId: member.id });
    const { job } = await reassign(admin.key, member.globalId, null);
    await update(organization.key, admin.globalId, "role: MEMBER");
    await runBulkJobs(organization);
    expect(await bulkJobOf(organization.key, job?.id ?? "")).toMatchObject({
      state: "FAILED",
      problem: "this needs the scope ADMIN",
    });
    expect(await owned()).toEqual({ [member.id]: 600 });
  });
});

describe("nothing is assigned to a member who was removed", () => {
  test("by an import that was to: it ends and says so", async () => {
    const owner = await organization.member();
    const input = { ownerId: owner.globalId };
    const { data } = await upload(organization.key, "name,email\nA,a@example.com\n", input);
    await remove(organization.key, owner.globalId);
    await runImports(organization);
    expect(await jobOf(organization.key, data?.contactImport.job?.id ?? "")).toMatchObject({
      state: "FAILED",
      created: 0,
      problem: expect.stringContaining("has been removed"),
    });
    expect(await owned()).toEqual({});
  });

  test("by undoing a merge of before: the contact stays with whom it is", async () => {
    const [before, after] = [await organization.member(), await organization.member()];
    const primary = await organization.contact({ name: "P", ownerId: before.id });
    const duplicate = await organization.contact({ name: "D", ownerId: after.id });
    const { merge } = await mutate<{ merge: { id: string } }>(
      organization.key,
      `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"],
        fieldChoices: [{ field: OWNER, fromId: "${duplicate.globalId}" }] })`,
      "merge { id }",
    );
    await remove(organization.key, before.globalId);
    const undone = await mutate(organization.key, `contactUnmerge(mergeId: "${merge.id}")`, "contact { id }");
    expect(undone.errors).toEqual([]);
    expect(await owned()).toEqual({ [after.id]: 2 });
  });

  test("by a merge or a conversion of what is still to be reassigned: it passes on nobody", async () => {
    const gone = await organization.member();
    await remove(organization.key, gone.globalId);
    const [primary, duplicate] = [
      await organization.contact({ name: "P" }),
      await organization.contact({ name: "D", ownerId: gone.id }),
    ];
    const lead = await organization.lead({ name: "L", email: "l@example.com", ownerId: gone.id });
    const asked = [
      `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] })`,
      `leadConvert(id: "${lead.globalId}", input: { deal: { value: { amount: "1", currency: "EUR" } } })`,
    ];
    for (const one of asked) {
      expect(await mutate(organization.key, one, "contact { owner { id } }")).toMatchObject({
        contact: { owner: null },
        errors: [],
      });
    }
    // The duplicate and the lead; the two contacts and the deal have nobody.
    expect(await owned()).toEqual({ [gone.id]: 2, nobody: 3 });
  });
});

test("saved lists that name a member who was removed keep working", async () => {
  const member = await organization.member();
  await organization.contact({ name: "C", ownerId: member.id });
  const list = await mutate<{ smartList: { id: string } }>(
    organization.key,
    `smartListCreate(input: { name: "Theirs", query: { groups: [{ conditions: [{ field: "owner", op: EQ, value: "${member.globalId}" }] }] } })`,
    "smartList { id }",
  );
  const open = async () => {
    const { data } = await sendText(
      organization.key,
      `{ smartList(id: "${list.smartList.id}") { isValid problems { code } contacts { totalCount } } }`,
    );
    return (data as unknown as { smartList: object }).smartList;
  };
  expect(await open()).toEqual({ isValid: true, problems: [], contacts: { totalCount: 1 } });
  await remove(organization.key, member.globalId);
  expect(await open()).toEqual({ isValid: true, problems: [], contacts: { totalCount: 0 } });
});
