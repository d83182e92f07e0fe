import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { isTransient } from "../../src/db/faults.ts";
import { decodeId } from "../../src/db/ids.ts";
import { bulkKind } from "../../src/jobs/bulk/bulk.kind.ts";
import { exportKind } from "../../src/jobs/export/export.kind.ts";
import { importKind } from "../../src/jobs/import/import.kind.ts";
import type { JobKey, JobKind, JobRows } from "../../src/jobs/kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { createServer } from "../../src/server/server.ts";
import { bulk, bulkJobOf, planned, plantMany } from "../support/bulk.ts";
import { testDatabase } from "../support/database.ts";
import { askExport, download, exportOf } from "../support/exports.ts";
import { type Breakable, breakable, type Cut, cuts } from "../support/faults.ts";
import { jobOf, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** A connection that breaks while something is done, at whichever statement, and what becomes of it. */

const silent = pino({ level: "silent" });

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const keyOf = (id: string): JobKey => ({ orgId: organization.id, id: decodeId(id)?.uuid ?? "" });

/**
 * Works on a job again and again, and each time breaks the connections at a later statement, until it comes to its end.
 *
 * @returns how often they were broken
 */
async function workThroughCuts<Name extends keyof JobRows>(
  broken: Breakable,
  how: Cut,
  kind: JobKind<Name>,
  key: JobKey,
): Promise<number> {
  for (let statement = 1; statement < 200; statement += 1) {
    const wasCut = broken.cutAt(how, statement, 2);
    const outcome = await runJob(broken.database, silent, kind, {}, key).catch((error: unknown) => {
      if (!isTransient(error)) throw error;
      return "waits" as const;
    });
    if (outcome === "waits" || wasCut()) continue;
    // What is looked at afterwards may share the connections.
    broken.cutAt(how, /^no statement$/);
    return statement - 1;
  }
  throw new Error("it does not come to its end");
}

describe.each(cuts())("connections that are %s", (how) => {
  test("leave an import to be taken up at once, wherever it was, and every row is done once", async () => {
    const file = `name,email\n${Array.from({ length: 1_000 }, (_, at) => `P${at},p${at}@example.com`).join("\n")}\nBad,bad\n`;
    const { data } = await upload(organization.key, file);
    const id = data?.contactImport.job?.id ?? "";
    const broken = await breakable();
    expect(await workThroughCuts(broken, how, importKind, keyOf(id))).toBeGreaterThan(10);
    expect(await jobOf(organization.key, id)).toMatchObject({
      state: "DONE",
      problem: null,
      total: 1001,
      done: 1001,
      created: 1000,
      failed: 1,
      errors: [{ row: 1001 }],
    });
    const { prisma } = await testDatabase();
    expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(1000);
    expect(await prisma.importChunk.count({ where: { orgId: organization.id } })).toBe(0);
  }, 120_000);

  test("leave a bulk change to be taken up at once, wherever it was, and every contact is changed once", async () => {
    await plantMany(organization, 600);
    const args = { filter: { company: { eq: "planted ltd" } }, input: { source: "Fair" } };
    const { planToken } = await planned(organization.key, "contactsBulkUpdate", args);
    const { job } = await bulk(organization.key, "contactsBulkUpdate", { ...args, planToken });
    const broken = await breakable();
    expect(await workThroughCuts(broken, how, bulkKind, keyOf(job?.id ?? ""))).toBeGreaterThan(10);
    expect(await bulkJobOf(organization.key, job?.id ?? "")).toMatchObject({
      state: "DONE",
      problem: null,
      done: 600,
      changed: 600,
      skipped: 0,
    });
    const { prisma } = await testDatabase();
    const changed = { orgId: organization.id, source: "Fair", version: 2 };
    expect(await prisma.contact.count({ where: changed })).toBe(600);
  }, 120_000);

  test("leave an export to be taken up at once, wherever it was, and its file has every contact once", async () => {
    await plantMany(organization, 2_500);
    const { job } = await askExport(organization.key, { columns: [{ field: "ID" }] });
    const broken = await breakable();
    expect(await workThroughCuts(broken, how, exportKind, keyOf(job?.id ?? ""))).toBeGreaterThan(10);
    const done = await exportOf(organization.key, job?.id ?? "");
    expect(done).toMatchObject({ state: "DONE", problem: null, done: 2_500, skipped: 0 });
    const { text } = await download(organization.key, done.downloadPath);
    expect(Buffer.byteLength(text)).toBe(done.bytes);
    const lines = text.split("\r\n").slice(1, -1);
    expect([lines.length, new Set(lines).size]).toEqual([2_500, 2_500]);
    const { prisma } = await testDatabase();
    expect(await prisma.exportBatch.count({ where: { orgId: organization.id } })).toBe(0);
  }, 120_000);

  test("answer a request with 503, and what it had begun is undone; the next one is answered", async () => {
    const broken = await breakable();
    const send = await sender(broken);
    // A contact alone would be one statement, of which it is open whether it was done.
    const create = `mutation { leadCreate(input: { name: "Ann", email: "ann@example.com" }) { lead { id } errors { code } } }`;
    for (const statement of [/api_key/, /INSERT INTO/]) {
      const wasCut = broken.cutAt(how, statement, 2);
      expect(await send(create)).toMatchObject({
        status: 503,
        errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }],
      });
      expect(wasCut()).toBe(true);
    }
    const count = "{ leads { totalCount } }";
    expect(await send(count)).toMatchObject({ status: 200, data: { leads: { totalCount: 0 } } });
  });

  test("as a write becomes final leave open whether it did; under its idempotency key it is done once", async () => {
    const broken = await breakable();
    const send = await sender(broken);
    const create = `mutation { contactCreate(idempotencyKey: "once", input: { name: "Ann", email: "ann@example.com" }) { contact { name } errors { code } } }`;
    broken.cutAt(how, /^COMMIT/);
    expect(await send(create)).toMatchObject({ status: 503 });
    expect(await send(create)).toMatchObject({
      status: 200,
      data: { contactCreate: { contact: { name: "Ann" }, errors: [] } },
    });
    const { prisma } = await testDatabase();
    expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(1);
  });

  test("in a write of one statement leave it done with its audit event, or not at all", async () => {
    const broken = await breakable();
    const send = await sender(broken);
    const create = `mutation { contactCreate(input: { name: "Ann", email: "ann@example.com" }) { contact { id } errors { code } } }`;
    const wasCut = broken.cutAt(how, /INSERT INTO contact /, 2);
    expect(await send(create)).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }],
    });
    expect(wasCut()).toBe(true);
    const { prisma } = await testDatabase();
    const where = { orgId: organization.id };
    const done = await prisma.contact.count({ where });
    expect(
      await prisma.auditEvent.count({ where: { ...where, action: "CREATED", recordType: "Contact" } }),
    ).toBe(done);
  });
});

/** Sends queries to a server whose database can be broken. */
async function sender({ database }: Breakable) {
  const yoga = createServer({
    database,
    logger: silent,
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 1_048_576,
    graphiql: null,
  });
  return async (query: string) => {
    const response = await yoga.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${organization.key}` },
      body: JSON.stringify({ query }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
}
