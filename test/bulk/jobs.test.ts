import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { bulkKind } from "../../src/jobs/bulk/bulk.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import {
  type BulkJob,
  type BulkMutation,
  bulk,
  bulkJobOf,
  bystander,
  done,
  planned,
  plantMany,
  runBulkJobs,
} from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { killedAfter } from "../support/jobs.ts";
import { Organization } from "../support/makers.ts";

/** More than 500 contacts are a job. */

let organization: Organization;
let key: string;
let untouched: () => Promise<boolean>;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  untouched = await bystander();
});

const filter = { company: { eq: "planted ltd" } };
const toFair = { filter, input: { source: "Fair" } };

/** Asks for a change that becomes a job. */
async function ordered(
  args: Record<string, unknown> = toFair,
  mutation: BulkMutation = "contactsBulkUpdate",
  as = key,
) {
  const result = await done(as, mutation, args);
  if (result.job === null) throw new Error(JSON.stringify(result));
  return { ...result, job: result.job };
}

const count = async (where: object = { source: "Fair" }): Promise<number> =>
  (await testDatabase()).prisma.contact.count({ where: { orgId: organization.id, ...where } });

const chunks = async (): Promise<number> =>
  (await testDatabase()).prisma.bulkChunk.count({ where: { orgId: organization.id } });

const query = async (sql: string, ...values: unknown[]) =>
  (await testDatabase()).pool.query(sql, [organization.id, ...values]);

const killedAfterSteps = (steps: number) =>
  killedAfter(steps, (options) => runBulkJobs(organization, options));

const expireLease = () =>
  query(
    "UPDATE bulk_job SET leased_until = now() - interval '1 second' WHERE org_id = $1 AND state = 'RUNNING'",
  );

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

test("a tag, a custom field or an owner that has gone meanwhile ends the job with the reason", async () => {
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

test("contacts that are gone, trashed or merged when their turn comes are skipped", async () => {
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

describe("a job goes on", () => {
  test("where it was when its process was killed, and changes nothing twice", async () => {
    await plantMany(organization, 1_700);
    const { job } = await ordered();
    await killedAfterSteps(2);
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "RUNNING", done: 1000, changed: 1000 });
    // Nobody has it until the lease is over.
    await runBulkJobs(organization);
    expect((await bulkJobOf(key, job.id)).done).toBe(1000);
    await expireLease();
    await runBulkJobs(organization);
    expect(await bulkJobOf(key, job.id)).toMatchObject({
      state: "DONE",
      done: 1700,
      changed: 1700,
      unchanged: 0,
      skipped: 0,
    });
    expect(await count({ source: "Fair", version: 2 })).toBe(1700);
  });

  test("after a piece that failed in its middle, which left nothing", async () => {
    await plantMany(organization, 600);
    const { job } = await ordered();
    // The counters cannot be moved: all of the piece has to go with them.
    await query("UPDATE bulk_job SET done = 2147483647 WHERE org_id = $1");
    await runBulkJobs(organization);
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "FAILED" });
    expect(await count()).toBe(0);
  });

  test("in another process when this one stops", async () => {
    await plantMany(organization, 600);
    const { job } = await ordered();
    let asked = 0;
    const stopping = () => {
      asked += 1;
      return asked === 2;
    };
    await runBulkJobs(organization, { stopping });
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "RUNNING", done: 500 });
    await runBulkJobs(organization);
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "DONE", done: 600, changed: 600 });
  });

  test("in two processes that both believe that they have it: each piece is done once", async () => {
    await plantMany(organization, 2_000);
    const { job } = await ordered();
    let second: Promise<void> | undefined;
    await runBulkJobs(organization, {
      onProgress: ({ done }) => {
        if (done !== 500 || second) return;
        // The first one was thought dead: its lease ran out while it was only slow.
        second = expireLease().then(() => runBulkJobs(organization));
      },
    });
    await second;
    await expect.poll(async () => (await bulkJobOf(key, job.id)).state, { timeout: 20_000 }).toBe("DONE");
    expect(await bulkJobOf(key, job.id)).toMatchObject({
      done: 2000,
      changed: 2000,
      unchanged: 0,
      skipped: 0,
    });
    expect(await count({ source: "Fair", version: 2 })).toBe(2000);
  });

  test("in whatever server looks for work, each job in one of them", async () => {
    await plantMany(organization, 600);
    const { job } = await ordered();
    const database = await testDatabase();
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        while ((await runJob(database, pino({ level: "silent" }), bulkKind)) === "done");
      }),
    );
    // Another test's worker may have taken it: then it is done soon.
    await expect.poll(async () => (await bulkJobOf(key, job.id)).state, { timeout: 20_000 }).toBe("DONE");
    expect(await count({ source: "Fair", version: 2 })).toBe(600);
  });
});

describe("a job that is cancelled", () => {
  const cancel = (id: string, as = key) =>
    mutate<{ job: BulkJob | null }>(
      as,
      `bulkJobCancel(id: "${id}")`,
      "job { id state done changed finishedAt }",
    );

  test("stops; what it has changed stays", async () => {
    await plantMany(organization, 1_200);
    const { job } = await ordered();
    await killedAfterSteps(1);
    expect(await cancel(job.id)).toMatchObject({
      job: { id: job.id, state: "CANCELLED", done: 500, changed: 500, finishedAt: expect.any(String) },
      errors: [],
    });
    expect(await chunks()).toBe(0);
    await expireLease();
    await runBulkJobs(organization);
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "CANCELLED", done: 500 });
    expect(await count()).toBe(500);
    expect((await cancel(job.id)).job).toMatchObject({ state: "CANCELLED", done: 500 });
  });

  test("stops the process that works on it before its next piece", async () => {
    await plantMany(organization, 1_200);
    const { job } = await ordered();
    let cancelled: Promise<unknown> | undefined;
    await runBulkJobs(organization, {
      onProgress: () => {
        cancelled ??= query(
          "UPDATE bulk_job SET state = 'CANCELLED', finished_at = now(), leased_until = NULL WHERE org_id = $1",
        );
      },
    });
    await cancelled;
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "CANCELLED" });
    expect((await bulkJobOf(key, job.id)).done).toBeLessThanOrEqual(1000);
    expect(await count()).toBe((await bulkJobOf(key, job.id)).done);
  });

  test("stays done when it is done", async () => {
    await plantMany(organization, 501);
    const { job } = await ordered();
    await runBulkJobs(organization);
    expect((await cancel(job.id)).job).toMatchObject({ state: "DONE", done: 501 });
  });

  test("is the organization's own, and of a restricted member their own", async () => {
    await plantMany(organization, 501);
    const { job } = await ordered();
    const stranger = await Organization.make();
    const restricted = await organization.member({ dataScope: "ASSIGNED" });
    for (const as of [stranger.key, restricted.key]) {
      expect((await cancel(job.id, as)).errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
      const { data } = await sendText(
        as,
        `{ bulkJob(id: "${job.id}") { id } bulkJobs { id } node(id: "${job.id}") { id } }`,
      );
      expect(data).toEqual({ bulkJob: null, bulkJobs: [], node: null });
    }
    const colleague = await organization.member();
    expect((await cancel(job.id, colleague.key)).job).toMatchObject({ state: "CANCELLED" });
  });
});

describe("a job runs as who asked for it, with what they may do by then", () => {
  test("a restricted member's own contacts; those that are no longer theirs are skipped", async () => {
    const member = await organization.member({ dataScope: "ASSIGNED" });
    await plantMany(organization, 601, { ownerId: member.id });
    await organization.contact({ company: "Planted Ltd" });
    const { job, count: matched } = await ordered(toFair, "contactsBulkUpdate", member.key);
    expect(matched).toBe(601);
    await query(
      "UPDATE contact SET owner_id = NULL WHERE org_id = $1 AND id IN (SELECT id FROM contact WHERE org_id = $1 AND owner_id IS NOT NULL ORDER BY id LIMIT 50)",
    );
    await runBulkJobs(organization);
    expect(await bulkJobOf(member.key, job.id)).toMatchObject({ state: "DONE", changed: 551, skipped: 50 });
    expect(await count()).toBe(551);
    const { data } = await sendText(member.key, "{ bulkJobs { id } }");
    expect(data).toEqual({ bulkJobs: [{ id: job.id }] });
  });

  test("as the system that asked for it", async () => {
    const member = await organization.member();
    const { prisma } = await testDatabase();
    await prisma.apiKey.updateMany({ where: { id: member.keyId }, data: { sources: ["PIPEDRIVE"] } });
    await plantMany(organization, 501);
    const { planToken } = await planned(member.key, "contactsBulkDelete", { filter });
    await sendText(
      member.key,
      'mutation ($token: String) { contactsBulkDelete(filter: { company: { eq: "planted ltd" } }, planToken: $token) { job { id } } }',
      { token: planToken },
      { "x-modification-source": "PIPEDRIVE" },
    );
    await runBulkJobs(organization);
    expect(await count({ lastModificationSource: "PIPEDRIVE", deletedAt: { not: null } })).toBe(501);
  });

  test("one who became restricted meanwhile: theirs alone", async () => {
    const member = await organization.member();
    await plantMany(organization, 600);
    const mine = await organization.contact({ company: "Planted Ltd", ownerId: member.id });
    const { job } = await ordered(toFair, "contactsBulkUpdate", member.key);
    await query("UPDATE member SET data_scope = 'ASSIGNED' WHERE org_id = $1 AND id = $2", member.id);
    await runBulkJobs(organization);
    expect(await bulkJobOf(key, job.id)).toMatchObject({ state: "DONE", changed: 1, skipped: 600 });
    expect(await count({ source: "Fair", id: mine.id })).toBe(1);
  });

  test("one who may only read by now: the job ends with the reason, after the piece that was under way", async () => {
    const member = await organization.member();
    await plantMany(organization, 1_200);
    const { job } = await ordered(toFair, "contactsBulkUpdate", member.key);
    await killedAfterSteps(1);
    await expireLease();
    await query("UPDATE member SET role = 'READ_ONLY' WHERE org_id = $1 AND id = $2", member.id);
    await runBulkJobs(organization);
    expect(await bulkJobOf(key, job.id)).toMatchObject({
      state: "FAILED",
      done: 500,
      problem: "Who asked for it may no longer do it: this needs the scope WRITE.",
    });
    expect(await chunks()).toBe(0);
    expect(await count()).toBe(500);
  });
});
