import { beforeEach, describe, expect, test } from "vitest";
import { bulkJobOf, planned, plantMany, runBulkJobs } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { bulkJobsOf, filter, toFair } from "./support.ts";

/** A bulk job has the rights that its caller has while it runs. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const { ordered, count, chunks, query, killedAfterSteps, expireLease } = bulkJobsOf(() => organization);

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
      problem: "The member who started the job no longer has the permission: this needs the scope WRITE.",
    });
    expect(await chunks()).toBe(0);
    expect(await count()).toBe(500);
  });
});
