import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { bulkKind } from "../../src/jobs/bulk/bulk.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { type BulkJob, bulkJobOf, plantMany, runBulkJobs } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { bulkJobsOf } from "./support.ts";

/** Bulk jobs that are interrupted: resumed after a crash or a lost lease, and cancelled. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const { ordered, count, chunks, query, killedAfterSteps, expireLease } = bulkJobsOf(() => organization);

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
