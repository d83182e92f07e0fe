import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { importKind } from "../../src/jobs/import/import.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { mutate, sendText, testServer } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { contactsOf, imported, jobOf, runImports, upload } from "../support/imports.ts";
import { killedAfter } from "../support/jobs.ts";
import { Organization } from "../support/makers.ts";

/** Imports as jobs: limits, crashes, cancelling, who may see them. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const contacts = (fields?: string) => contactsOf(key, fields);

test("a file over the limit is refused and nothing of it is kept", async () => {
  const { data } = await upload(key, `name,email\n${"x".repeat(2_200_000)}`);
  expect(data?.contactImport.errors).toMatchObject([{ code: "TOO_LONG", path: ["input", "file"] }]);
  const { prisma } = await testDatabase();
  expect(await prisma.importChunk.count({ where: { orgId: organization.id } })).toBe(0);
});

test("a file of many megabytes reaches the rules of imports", async () => {
  const { status, data } = await upload(key, `no,known,heading\n${"x,y,z\n".repeat(5_000_000)}`);
  expect(status).toBe(200);
  expect(data?.contactImport.errors).toMatchObject([
    { path: ["input", expect.stringMatching(/file|mapping/)] },
  ]);
});

test("a multipart request without the header that no form can send, or without its parts, is refused", async () => {
  const yoga = await testServer();
  const send = (form: FormData, headers: Record<string, string>) =>
    yoga.fetch("http://test/graphql", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, ...headers },
      body: form,
    });
  expect((await send(new FormData(), {})).status).toBe(403);
  const csrf = { "x-graphql-yoga-csrf": "1" };
  const form = new FormData();
  form.append("0", new Blob(["x"]), "x.csv");
  expect((await send(form, csrf)).status).toBe(400);
  const none = new FormData();
  none.append("operations", "{}");
  none.append("map", "{}");
  expect((await send(none, csrf)).status).toBe(400);
});

test("an import that was killed goes on where it was, with the same end as one that was not", async () => {
  const file = `name,email\n${Array.from({ length: 2_500 }, (_, at) => `P${at},p${at}@example.com`).join("\n")}`;
  const { data } = await upload(key, file);
  const id = data?.contactImport.job?.id ?? "";
  // Counted, and one batch.
  await killedAfter(2, (options) => runImports(organization, options));
  const { pool, prisma } = await testDatabase();
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(1000);
  // Nobody has it until the lease is over.
  await runImports(organization);
  expect(await jobOf(key, id)).toMatchObject({ state: "RUNNING", done: 1000 });
  await pool.query("UPDATE import_job SET leased_until = now() - interval '1 second' WHERE org_id = $1", [
    organization.id,
  ]);
  await runImports(organization);
  expect(await jobOf(key, id)).toMatchObject({
    state: "DONE",
    total: 2500,
    done: 2500,
    created: 2500,
    skipped: 0,
    failed: 0,
  });
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(2500);
  expect(await prisma.importChunk.count({ where: { orgId: organization.id } })).toBe(0);
});

test("when two processes believe that they have an import, every row is still done once", async () => {
  const file = `name,email\n${Array.from({ length: 3_000 }, (_, at) => `Q${at},q${at}@example.com`).join("\n")}`;
  const { data } = await upload(key, file);
  const id = data?.contactImport.job?.id ?? "";
  const { pool } = await testDatabase();
  let second: Promise<void> | undefined;
  await runImports(organization, {
    onProgress: ({ done }) => {
      if (done !== 1000 || second) return;
      // The first one was thought dead: its lease ran out while it was only slow.
      second = pool
        .query("UPDATE import_job SET leased_until = now() - interval '1 second' WHERE org_id = $1", [
          organization.id,
        ])
        .then(() => runImports(organization));
    },
  });
  await second;
  expect(await jobOf(key, id)).toMatchObject({
    state: "DONE",
    done: 3000,
    created: 3000,
    skipped: 0,
    failed: 0,
  });
});

test("a process that stops leaves its import to be taken up at once", async () => {
  const { data } = await upload(key, "name,email\nA,a@example.com\n");
  const id = data?.contactImport.job?.id ?? "";
  let asked = 0;
  const stopping = () => {
    asked += 1;
    return asked === 1;
  };
  await runImports(organization, { stopping });
  expect(await jobOf(key, id)).toMatchObject({ state: "RUNNING", done: 0 });
  await runImports(organization);
  expect(await jobOf(key, id)).toMatchObject({ state: "DONE", done: 1, created: 1 });
});

test("a cancelled import stops; what was written stays", async () => {
  const { data } = await upload(key, "name,email\nA,a@example.com\n");
  const id = data?.contactImport.job?.id ?? "";
  const cancel = () =>
    mutate<{ job: { state: string } }>(key, `importJobCancel(id: "${id}")`, "job { state done }");
  expect(await cancel()).toEqual({ job: { state: "CANCELLED", done: 0 }, errors: [] });
  await runImports(organization);
  expect(await jobOf(key, id)).toMatchObject({ state: "CANCELLED", done: 0 });
  expect(await contacts()).toEqual([]);
  expect(await cancel()).toMatchObject({ job: { state: "CANCELLED" } });
});

test("the same file under the same key is one import; another file under it is an error", async () => {
  const file = "name,email\nA,a@example.com\n";
  const first = await upload(key, file, {}, { idempotencyKey: "import-1" });
  const again = await upload(key, file, {}, { idempotencyKey: "import-1" });
  expect(again.data?.contactImport.job?.id).toBe(first.data?.contactImport.job?.id);
  const other = await upload(key, `${file}B,b@example.com\n`, {}, { idempotencyKey: "import-1" });
  expect(other.data?.contactImport.errors).toMatchObject([{ code: "IDEMPOTENCY_MISMATCH" }]);
  const { prisma } = await testDatabase();
  expect(await prisma.importJob.count({ where: { orgId: organization.id } })).toBe(1);
  await runImports(organization);
});

test("all errors can be downloaded as CSV by who may see the import, and cells are no formulas", async () => {
  const job = await imported(organization, 'name,email\n=1+1,bad\n"A, B",worse\n');
  const yoga = await testServer();
  const get = (as: string) =>
    yoga.fetch(`http://test/imports/${job.id}/errors.csv`, { headers: { authorization: `Bearer ${as}` } });
  const response = await get(key);
  expect(response.headers.get("content-type")).toMatch("text/csv");
  const lines = (await response.text()).split("\r\n");
  expect(lines[0]).toBe("line,row,column,code,message,raw");
  expect(lines[1]).toMatch(/^2,1,email,INVALID_EMAIL,.*,"'=1\+1,bad"$/);
  expect(lines[2]).toMatch(/"""A, B"",worse"$/);
  const attacker = await Organization.make();
  expect((await get(attacker.key)).status).toBe(404);
  expect((await get("sk_test_nonsense")).status).toBe(401);
});

test("another organization's contact with the same address is neither matched nor touched, and its imports are unseen", async () => {
  const victim = await Organization.make();
  const theirs = await victim.contact({ name: "Theirs", email: "shared@example.com" });
  const job = await imported(organization, "name,email\nMine,shared@example.com\n", { mode: "UPDATE" });
  expect(job).toMatchObject({ created: 1, updated: 0 });
  const { prisma } = await testDatabase();
  expect(await prisma.contact.findFirst({ where: { id: theirs.id } })).toMatchObject({
    name: "Theirs",
    version: 1,
  });
  expect(
    (await sendText(victim.key, `{ importJob(id: "${job.id}") { id } importJobs { id } }`)).data,
  ).toEqual({
    importJob: null,
    importJobs: [],
  });
  expect((await mutate(victim.key, `importJobCancel(id: "${job.id}")`, "job { id }")).errors).toMatchObject([
    { code: "NOT_FOUND" },
  ]);
});

test("a restricted member imports their own contacts, and cannot import over another's", async () => {
  await organization.contact({ name: "Not theirs", email: "other@example.com" });
  const member = await organization.member({ dataScope: "ASSIGNED" });
  const mine = await organization.contact({ name: "Mine", email: "mine@example.com", ownerId: member.id });
  const file = "name,email\nX,other@example.com\nRenamed,mine@example.com\nNew,new@example.com\n";
  const job = await imported(organization, file, { mode: "UPDATE" }, member.key);
  expect(job).toMatchObject({ created: 1, updated: 1, failed: 1, errors: [{ row: 1, code: "EMAIL_TAKEN" }] });
  const { data } = await sendText(
    member.key,
    "{ contacts(orderBy: [{ field: NAME }]) { nodes { id name } } }",
  );
  expect(data).toMatchObject({
    contacts: { nodes: [{ name: "New" }, { id: mine.globalId, name: "Renamed" }] },
  });
});

test("a server takes up whatever waits, the oldest first, and each import once", async () => {
  const database = await testDatabase();
  const logger = pino({ level: "silent" });
  const ids: string[] = [];
  for (const name of ["A", "B"]) {
    const { data } = await upload(key, `name,email\n${name},${name}@example.com\n`);
    ids.push(data?.contactImport.job?.id ?? "");
  }
  const workers = Array.from({ length: 3 }, async () => {
    while ((await runJob(database, logger, importKind)) === "done");
  });
  await Promise.all(workers);
  // Another test's worker may have taken one of them: then it is done soon.
  await expect
    .poll(async () => Promise.all(ids.map(async (id) => (await jobOf(key, id)).state)), { timeout: 20_000 })
    .toEqual(["DONE", "DONE"]);
  expect(await contacts("name")).toEqual([{ name: "A" }, { name: "B" }]);
});
