import { beforeEach, expect, test } from "vitest";
import { bulk, bulkJobOf, bystander, planned, plantMany, runBulkJobs } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { bulkJobsOf, filter, toFair } from "./support.ts";

/** Bulk changes of more than 500 contacts run as jobs. */

let organization: Organization;
let key: string;
let untouched: () => Promise<boolean>;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  untouched = await bystander();
});

const { ordered, count, chunks, query } = bulkJobsOf(() => organization);

test("500 are changed at once, 501 by a job", async () => {
  const [first] = await plantMany(organization, 500);
  const { planToken } = await planned(key, "contactsBulkUpdate", toFair);
  expect(await bulk(key, "contactsBulkUpdate", { ...toFair, planToken })).toMatchObject({
    count: 500,
    changed: 500,
    job: null,
  });
  expect(await count()).toBe(500);
  await query(
    `INSERT INTO contact (org_id, id, name, company, name_key, company_key, search_text, phone_numbers, keys, facets)
     SELECT org_id, '01a00000-0000-7000-8000-000000000000', name, company, name_key, company_key, search_text, phone_numbers, keys, facets
     FROM contact WHERE org_id = $1 AND id = $2`,
    first,
  );
  const { count: matched, changed, job, sample } = await ordered();
  expect({ matched, changed, sample: sample.length }).toEqual({ matched: 501, changed: null, sample: 10 });
  expect(job).toMatchObject({ kind: "UPDATE", state: "QUEUED", total: 501, done: 0, startedAt: null });
  expect(await count()).toBe(500);
  expect(await chunks()).toBe(2);
  await runBulkJobs(organization);
  expect(await bulkJobOf(key, job.id)).toMatchObject({
    state: "DONE",
    done: 501,
    changed: 1,
    unchanged: 500,
    skipped: 0,
    problem: null,
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
  });
  expect(await count()).toBe(501);
  expect(await chunks()).toBe(0);
  expect(await untouched()).toBe(true);
});

test("a job says how far it is, changes each contact once, and those that it was made for only", async () => {
  const ids = await plantMany(organization, 1_200);
  const { job } = await ordered();
  const late = await organization.contact({ company: "Planted Ltd" });
  const progress: [number, number][] = [];
  await runBulkJobs(organization, { onProgress: ({ done, changed }) => progress.push([done, changed]) });
  expect(progress).toEqual([
    [500, 500],
    [1000, 1000],
    [1200, 1200],
    [1200, 1200],
  ]);
  const { prisma } = await testDatabase();
  const rows = await prisma.contact.findMany({
    where: { orgId: organization.id, source: "Fair" },
    omit: { sourceKey: false },
  });
  expect(rows.map(({ id }) => id).sort()).toEqual(ids);
  expect(new Set(rows.map(({ version, sourceKey }) => `${version} ${sourceKey}`))).toEqual(
    new Set(["2 fair"]),
  );
  expect((await prisma.contact.findFirstOrThrow({ where: { id: late.id } })).source).toBeNull();
  const { data } = await sendText(
    key,
    `{ bulkJobs { id state } node(id: "${job.id}") { ... on BulkJob { done } } contacts(filter: { source: { eq: "FAIR" } }) { totalCount } }`,
  );
  expect(data).toEqual({
    bulkJobs: [{ id: job.id, state: "DONE" }],
    node: { done: 1200 },
    contacts: { totalCount: 1200 },
  });
});

test("a set that changed before the job was made makes none", async () => {
  await plantMany(organization, 600);
  const { planToken } = await planned(key, "contactsBulkUpdate", toFair);
  await organization.contact({ company: "Planted Ltd" });
  const { errors } = await bulk(key, "contactsBulkUpdate", { ...toFair, planToken });
  expect(errors).toMatchObject([{ __typename: "PlanChangedError", count: 601 }]);
  const { prisma } = await testDatabase();
  expect(await prisma.bulkJob.count({ where: { orgId: organization.id } })).toBe(0);
  expect(await chunks()).toBe(0);
  const again = await bulk(key, "contactsBulkUpdate", { ...toFair, planToken: errors[0]?.planToken });
  expect(again.job).toMatchObject({ total: 601 });
});

test("the same request under one idempotency key is one job", async () => {
  await plantMany(organization, 501);
  const args = { ...toFair, idempotencyKey: "once" };
  const { job } = await ordered(args);
  await runBulkJobs(organization);
  const again = await ordered(args);
  expect(again.job).toMatchObject({ id: job.id, state: "DONE" });
  expect(again.count).toBe(501);
  expect(await (await testDatabase()).prisma.bulkJob.count({ where: { orgId: organization.id } })).toBe(1);
});

test("tags are put on and taken off by a job, whatever they are called meanwhile", async () => {
  await plantMany(organization, 501);
  const old = await organization.tag("Old");
  await query(
    `INSERT INTO contact_tag (org_id, contact_id, tag_id) SELECT org_id, id, $2 FROM contact WHERE org_id = $1`,
    old,
  );
  await query("UPDATE contact SET tag_ids = ARRAY[$2::uuid] WHERE org_id = $1", old);
  const args = { filter, add: ["New"], remove: ["old"], createMissingTags: true };
  const { job } = await ordered(args, "contactsBulkTag");
  await query("UPDATE tag SET name = 'Renamed', name_key = 'renamed' WHERE org_id = $1 AND name = 'New'");
  await runBulkJobs(organization);
  expect(await bulkJobOf(key, job.id)).toMatchObject({ kind: "TAG", state: "DONE", changed: 501 });
  const { prisma } = await testDatabase();
  const tags = await prisma.tag.findMany({
    where: { orgId: organization.id },
    include: { _count: { select: { contacts: true } } },
    orderBy: { name: "asc" },
  });
  expect(tags.map(({ name, _count }) => [name, _count.contacts])).toEqual([
    ["Old", 0],
    ["Renamed", 501],
  ]);
  expect(await count({ tagIds: { equals: [tags[1]?.id ?? ""] } })).toBe(501);
});

test("a job ends with the reason when its tag, custom field or owner was deleted meanwhile", async () => {
  await plantMany(organization, 501);
  const field = await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  const tagged = await ordered({ filter, add: ["New"], createMissingTags: true }, "contactsBulkTag");
  const set = await ordered({ filter, input: { customFields: [{ slug: "score", value: 1 }] } });
  await query("DELETE FROM tag WHERE org_id = $1");
  await query("DELETE FROM custom_field WHERE org_id = $1 AND id = $2", field.id);
  await runBulkJobs(organization);
  const failed = { state: "FAILED", done: 0, changed: 0, finishedAt: expect.any(String) };
  expect(await bulkJobOf(key, tagged.job.id)).toMatchObject({
    ...failed,
    problem: expect.stringMatching(/there is no tag/),
  });
  expect(await bulkJobOf(key, set.job.id)).toMatchObject({
    ...failed,
    problem: expect.stringMatching(/no custom field/),
  });
  expect(await chunks()).toBe(0);
  expect(await count({ version: 1 })).toBe(501);
});

test("contacts that were deleted, trashed or merged before their batch runs are skipped", async () => {
  const [gone, trashed, merged] = await plantMany(organization, 505);
  const { job } = await ordered({ filter }, "contactsBulkDelete");
  await query("DELETE FROM contact WHERE org_id = $1 AND id = $2", gone);
  await query("UPDATE contact SET deleted_at = '2020-01-01' WHERE org_id = $1 AND id = $2", trashed);
  await query("UPDATE contact SET deleted_at = '2020-01-01' WHERE org_id = $1 AND id = $2", merged);
  await runBulkJobs(organization);
  expect(await bulkJobOf(key, job.id)).toMatchObject({
    kind: "DELETE",
    state: "DONE",
    done: 505,
    changed: 502,
    unchanged: 0,
    skipped: 3,
  });
  expect(await count({ deletedAt: { gt: new Date("2021-01-01") } })).toBe(502);
});
