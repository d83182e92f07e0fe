import { beforeEach, expect, test } from "vitest";
import { decodeId, encodeId } from "../../src/db/ids.ts";
import { dropExpiredFiles } from "../../src/jobs/export/export.kind.ts";
import { eventsOf } from "../audit/support.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { askExport, download, type ExportJob, exported, exportOf, runExports } from "../support/exports.ts";
import { Organization } from "../support/makers.ts";

/** Who gets the file of an export, and for how long. */

let organization: Organization;
let asker: Awaited<ReturnType<Organization["member"]>>;
beforeEach(async () => {
  organization = await Organization.make();
  asker = await organization.member({ role: "ADMIN" });
  await organization.contact({ name: "Secret" });
});

const path = (job: ExportJob) => `/exports/${job.id}`;
const change = async (sql: string, ...values: unknown[]) =>
  (await testDatabase()).pool.query(sql, [organization.id, ...values]);
const done = () => exported(organization, {}, { key: asker.key });

test("only the member who requested an export can download it, not even the owner", async () => {
  const { job } = await done();
  const stranger = await Organization.make();
  for (const key of [organization.key, (await organization.member({ role: "ADMIN" })).key, stranger.key]) {
    const answer = await download(key, path(job));
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
  }
  // The owner sees that there is one, and not where.
  expect(await exportOf(organization.key, job.id)).toMatchObject({ state: "DONE", downloadPath: null });
  const { data } = await sendText(stranger.key, `{ exportJob(id: "${job.id}") { id } exportJobs { id } }`);
  expect(data).toEqual({ exportJob: null, exportJobs: [] });
  const again = await download(asker.key, path(job));
  expect(again).toMatchObject({ status: 200, text: expect.stringContaining("Secret") });
  expect(again.headers.get("cache-control")).toBe("no-store");
  expect(again.headers.get("content-length")).toBe(String(job.bytes));
});

test("who may only read by now does not get it any more", async () => {
  const { job } = await done();
  await change("UPDATE member SET role = 'READ_ONLY' WHERE org_id = $1 AND id = $2", asker.id);
  const { status, text } = await download(asker.key, path(job));
  expect(status).toBe(403);
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: "INSUFFICIENT_SCOPE" } }] });
});

test("nor who sees only what is assigned to them by now", async () => {
  const { job } = await done();
  await change("UPDATE member SET data_scope = 'ASSIGNED' WHERE org_id = $1 AND id = $2", asker.id);
  const { status, text } = await download(asker.key, path(job));
  expect(status).toBe(403);
  expect(text).toContain("Export again.");
});

test("nor anybody once the key has been revoked with which it was asked for", async () => {
  const { job } = await done();
  const { key: second } = await mutate<{ key: string }>(
    asker.key,
    'apiKeyCreate(input: { name: "Second", scopes: [ADMIN] })',
    "key",
  );
  expect((await download(second, path(job))).status).toBe(200);
  await change("UPDATE api_key SET revoked_at = now() WHERE org_id = $1 AND id = $2", asker.keyId);
  expect((await download(asker.key, path(job))).status).toBe(401);
  expect((await download(second, path(job))).status).toBe(403);
});

test("each download is an audit event: who, with which key, from where, and of which export", async () => {
  const { job } = await done();
  const eventsOfFile = () => eventsOf(organization.key, `recordId: "${job.id}", actions: [DOWNLOADED]`);
  const before = await eventsOfFile();
  const { status, headers } = await download(asker.key, path(job));
  expect(status).toBe(200);
  const [event, ...earlier] = await eventsOfFile();
  expect(earlier).toEqual(before);
  expect(event).toMatchObject({
    recordType: "EXPORT_JOB",
    recordIds: [job.id],
    actor: "API_KEY",
    member: { id: encodeId("Member", asker.id) },
    apiKey: { id: encodeId("ApiKey", asker.keyId) },
    requestId: headers.get("x-request-id"),
    jobId: null,
  });

  expect((await download(organization.key, path(job))).status).toBe(404);
  await change("UPDATE member SET role = 'READ_ONLY' WHERE org_id = $1 AND id = $2", asker.id);
  expect((await download(asker.key, path(job))).status).toBe(403);
  expect(await eventsOfFile()).toHaveLength(before.length + 1);
});

test("a restricted member exports what is assigned to them, and gets the file", async () => {
  const restricted = await organization.member({ dataScope: "ASSIGNED" });
  await organization.contact({ name: "Mine", ownerId: restricted.id });
  const { job, text } = await exported(
    organization,
    { columns: [{ field: "NAME" }] },
    { key: restricted.key },
  );
  expect(text).toBe("name\r\nMine\r\n");
  expect(job.total).toBe(1);
  const { data } = await sendText(restricted.key, "{ exportJobs { id } }");
  expect(data).toEqual({ exportJobs: [{ id: job.id }] });
});

test("an export ends with words when its member may no longer do it before it is worked on", async () => {
  const { job } = await askExport(asker.key);
  await change("UPDATE member SET role = 'READ_ONLY' WHERE org_id = $1 AND id = $2", asker.id);
  await runExports(organization);
  expect(await exportOf(organization.key, job?.id ?? "")).toMatchObject({
    state: "FAILED",
    problem: "The member who started the job no longer has the permission: this needs the scope WRITE.",
  });
  const { rows } = await change("SELECT 1 FROM export_chunk WHERE org_id = $1");
  expect(rows).toEqual([]);
});

test("who becomes restricted while it waits gets only what is theirs then", async () => {
  await organization.contact({ name: "Mine", ownerId: asker.id });
  const { job } = await askExport(asker.key, { columns: [{ field: "NAME" }] });
  await change("UPDATE member SET data_scope = 'ASSIGNED' WHERE org_id = $1 AND id = $2", asker.id);
  await runExports(organization);
  expect(await exportOf(asker.key, job?.id ?? "")).toMatchObject({ state: "DONE", total: 2, skipped: 1 });
});

test("the file can no longer be downloaded after a day, and is then deleted", async () => {
  const { job } = await done();
  const other = await exported(organization);
  expect(Date.parse(job.expiresAt ?? "") - Date.now()).toBeGreaterThan(86_000_000);
  const id = decodeId(job.id)?.uuid;
  await change(
    "UPDATE export_job SET finished_at = now() - interval '24 hours 1 second' WHERE org_id = $1 AND id = $2",
    id,
  );
  expect((await exportOf(asker.key, job.id)).downloadPath).toBeNull();
  const late = await download(asker.key, path(job));
  expect(late.status).toBe(410);
  expect(late.text).toContain("export again");
  await dropExpiredFiles(await testDatabase());
  const { rows } = await change("SELECT DISTINCT job_id AS id FROM export_chunk WHERE org_id = $1");
  expect(rows).toEqual([{ id: decodeId(other.job.id)?.uuid }]);
});

test("a key that may not read gets nothing, and what is no export is none", async () => {
  const { job } = await done();
  const writing = await organization.member({ scopes: [] });
  expect((await download(writing.key, path(job))).status).toBe(404);
  expect((await download(asker.key, "/exports/export_job_01h455vb4pex5vsknk084sn02q")).status).toBe(404);
});
