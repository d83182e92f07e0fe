import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decodeId } from "../../src/db/ids.ts";
import { findJob, takeJob } from "../../src/jobs/claim.ts";
import { importKind } from "../../src/jobs/import/import.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { createServer } from "../../src/server/server.ts";
import { bulk, bulkJobOf, planned, plantMany, runBulkJobs } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { breakable } from "../support/faults.ts";
import { jobOf, runImports, upload } from "../support/imports.ts";
import { killedAfter } from "../support/jobs.ts";
import { Organization } from "../support/makers.ts";

/** What runs later: who has it, until when, how often it is tried, and what who asked for it may do by then. */

const silent = pino({ level: "silent" });

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});
afterEach(() => {
  vi.useRealTimers();
});

const query = async (sql: string, ...values: unknown[]) =>
  (await testDatabase()).pool.query(sql, [organization.id, ...values]);

const expireLease = () =>
  query("UPDATE import_job SET leased_until = now() - interval '1 second' WHERE org_id = $1");

const fileOf = (rows: number, more = "") =>
  `name,email\n${Array.from({ length: rows }, (_, at) => `P${at},p${at}@example.com\n`).join("")}${more}`;

/** Queues an import and gives its id. */
async function queued(file = fileOf(3), key = organization.key, input = {}): Promise<string> {
  const { data, text } = await upload(key, file, input);
  const id = data?.contactImport.job?.id;
  if (id === undefined) throw new Error(text);
  return id;
}

async function queuedBulk(key = organization.key): Promise<string> {
  const args = { filter: { company: { eq: "planted ltd" } }, input: { source: "Fair" } };
  const { planToken } = await planned(key, "contactsBulkUpdate", args);
  const { job } = await bulk(key, "contactsBulkUpdate", { ...args, planToken });
  return job?.id ?? "";
}

/** A process takes the job and dies of it. */
async function takenInVain(id: string): Promise<void> {
  const { pool } = await testDatabase();
  const key = { orgId: organization.id, id: decodeId(id)?.uuid ?? "" };
  const claim = await findJob(pool, importKind.tables, key);
  expect(claim && (await takeJob(pool, importKind.tables, claim))).toBe(true);
  await expireLease();
}

describe("a job whose processes die", () => {
  test("of it three times without progress ends with words, and nothing of it is kept", async () => {
    const id = await queued();
    for (let time = 0; time < 3; time += 1) await takenInVain(id);
    await runImports(organization);
    expect(await jobOf(organization.key, id)).toMatchObject({
      state: "FAILED",
      done: 0,
      problem: expect.stringMatching(/started 3 times and made no progress/),
    });
    const { prisma } = await testDatabase();
    expect(await prisma.importChunk.count({ where: { orgId: organization.id } })).toBe(0);
  });

  test("goes on as long as each of them makes progress", async () => {
    const id = await queued(fileOf(2_500));
    for (let time = 0; time < 4; time += 1) {
      await takenInVain(id);
      await takenInVain(id);
      // The rows are counted, then a batch each.
      if (time < 3) await killedAfter(1, (options) => runImports(organization, options));
      await expireLease();
    }
    await runImports(organization);
    expect(await jobOf(organization.key, id)).toMatchObject({ state: "DONE", created: 2500 });
  });
});

test.for([
  ["an hour ahead", 3_600_000],
  ["an hour behind", -3_600_000],
] as const)("a process whose clock is %s has a job as long as others", async ([, off], { skip }) => {
  skip((await testDatabase()).embedded, "PGlite's clock is its process's");
  const id = await queued(fileOf(1_500));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + off });
  await killedAfter(2, (options) => runImports(organization, options));
  vi.useRealTimers();
  const { rows } = await query(
    `SELECT leased_until > now() + interval '10 seconds' AND leased_until < now() + interval '61 seconds' AS good
     FROM import_job WHERE org_id = $1`,
  );
  expect(rows).toEqual([{ good: true }]);
  await expireLease();
  await runImports(organization);
  expect(await jobOf(organization.key, id)).toMatchObject({ state: "DONE", done: 1500, created: 1500 });
});

test("a database that only reads just now serves reads, refuses writes with 503, and its jobs wait", async ({
  skip,
}) => {
  const { database } = await breakable();
  skip(database.embedded, "PGlite is nobody's standby");
  database.pool.on("connect", (client) => void client.query("SET default_transaction_read_only = on"));
  const id = await queued();
  const options = { logger: silent, corsOrigins: [], bodyLimit: 1e6, fileLimit: 1e6, graphiql: null };
  const yoga = createServer({ database, ...options });
  const send = async (sent: string) => {
    const response = await yoga.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${organization.key}` },
      body: JSON.stringify({ query: sent }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  expect(await send("{ contacts { totalCount } }")).toEqual({
    status: 200,
    data: { contacts: { totalCount: 0 } },
  });
  expect(await send('mutation { tagCreate(input: { name: "VIP" }) { tag { id } } }')).toMatchObject({
    status: 503,
    errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }],
  });
  for (let time = 0; time < 4; time += 1) {
    // Who stops does not wait until the database takes writes again.
    const stopping = () => true;
    expect(await runJob(database, silent, importKind, { stopping }, keyOf(id))).toBe("waits");
  }
  await runImports(organization);
  expect(await jobOf(organization.key, id)).toMatchObject({ state: "DONE", created: 3 });
});

const keyOf = (id: string) => ({ orgId: organization.id, id: decodeId(id)?.uuid ?? "" });

describe("the same import", () => {
  test("sent again under its key is answered as it is by now, and not as it was then", async () => {
    const send = async () => {
      const { data } = await upload(organization.key, fileOf(3), {}, { idempotencyKey: "once" });
      return data?.contactImport.job;
    };
    const first = await send();
    expect(first).toMatchObject({ state: "QUEUED", done: 0 });
    await runImports(organization);
    expect(await send()).toMatchObject({ id: first?.id, state: "DONE", done: 3, created: 3 });
    await query("UPDATE import_job SET state = 'FAILED', problem = 'For a test.' WHERE org_id = $1");
    expect(await send()).toMatchObject({ id: first?.id, state: "FAILED", problem: "For a test." });
  });

  test("sent twice, and run by two processes at once, ends as one would", async () => {
    const ids = [await queued(fileOf(400)), await queued(fileOf(400))];
    const database = await testDatabase();
    await Promise.all(
      ids.map(async (id) => {
        while ((await runJob(database, silent, importKind, {}, keyOf(id))) === "waits");
      }),
    );
    const jobs = await Promise.all(ids.map((id) => jobOf(organization.key, id)));
    expect(jobs.map(({ state, done, failed }) => ({ state, done, failed }))).toEqual(
      Array.from({ length: 2 }, () => ({ state: "DONE", done: 400, failed: 0 })),
    );
    const { data } = await sendText(organization.key, "{ contacts { totalCount } }");
    expect(data).toEqual({ contacts: { totalCount: 400 } });
  });

  test("as a dry run that was killed and taken up again counts as one that was not", async () => {
    // Each of the first thousand comes again after the batch in which it would have been made; one was refused there.
    const file = `name,email\nBad,p7@@example.com\n${fileOf(1_000).split("\n").slice(1).join("\n")}${fileOf(300).split("\n").slice(1).join("\n")}`;
    const counts = async (id: string) => {
      const { state, total, done, created, updated, skipped, failed } = await jobOf(organization.key, id);
      return { state, total, done, created, updated, skipped, failed };
    };
    const whole = await queued(file, organization.key, { dryRun: true });
    await runImports(organization);
    const killed = await queued(file, organization.key, { dryRun: true });
    await killedAfter(2, (options) => runImports(organization, options));
    await query("UPDATE import_job SET leased_until = NULL WHERE org_id = $1 AND state = 'RUNNING'");
    await runImports(organization);
    expect(await counts(killed)).toEqual(await counts(whole));
    expect(await counts(whole)).toMatchObject({ state: "DONE", created: 1000, skipped: 300, failed: 1 });
  });
});

describe("a job ends with the reason when its member has lost the permission", () => {
  const lost: [string, (member: { id: string; keyId: string }) => Promise<unknown>, RegExp][] = [
    [
      "may only read by now",
      ({ id }) => query("UPDATE member SET role = 'READ_ONLY' WHERE org_id = $1 AND id = $2", id),
      /no longer has the permission: this needs the scope WRITE/,
    ],
    [
      "had their key revoked",
      ({ keyId }) => query("UPDATE api_key SET revoked_at = now() WHERE org_id = $1 AND id = $2", keyId),
      /API key .* revoked/,
    ],
    [
      "had their key expire",
      ({ keyId }) => query("UPDATE api_key SET expires_at = now() WHERE org_id = $1 AND id = $2", keyId),
      /API key .* expired/,
    ],
    [
      "is no longer a member",
      async ({ id }) =>
        // The database keeps members whose jobs there are; this is what came past it.
        (await testDatabase()).pool.query(
          `BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM member WHERE id = '${id}'; COMMIT`,
        ),
      /no longer a member/,
    ],
  ];

  test.each(lost)("an import, by one who %s", async (_words, lose, problem) => {
    const member = await organization.member();
    const id = await queued(fileOf(1_100), member.key);
    await killedAfter(2, (options) => runImports(organization, options));
    await expireLease();
    await lose(member);
    await runImports(organization);
    const job = await jobOf(organization.key, id);
    expect(job).toMatchObject({ state: "FAILED", done: 1000, problem: expect.stringMatching(problem) });
  });

  test.each(lost)("a bulk change, by one who %s", async (_words, lose, problem) => {
    const member = await organization.member();
    await plantMany(organization, 501);
    const id = await queuedBulk(member.key);
    await lose(member);
    await runBulkJobs(organization);
    const job = await bulkJobOf(organization.key, id);
    expect(job).toMatchObject({ state: "FAILED", done: 0, problem: expect.stringMatching(problem) });
  });

  test("and not for another key's end", async () => {
    const member = await organization.member();
    const other = await organization.member();
    const id = await queued(fileOf(3), member.key);
    await query("UPDATE api_key SET revoked_at = now() WHERE org_id = $1 AND id = $2", other.keyId);
    await runImports(organization);
    expect(await jobOf(member.key, id)).toMatchObject({ state: "DONE", created: 3 });
  });
});

test("an import of one who became restricted after its first batch sees their contacts alone from then on", async () => {
  await organization.contact({ name: "Others'", email: "others@example.com" });
  const member = await organization.member();
  const id = await queued(fileOf(1_000, "X,others@example.com\nNew,new@example.com\n"), member.key, {
    mode: "UPDATE",
  });
  await killedAfter(2, (options) => runImports(organization, options));
  await expireLease();
  await query("UPDATE member SET data_scope = 'ASSIGNED' WHERE org_id = $1 AND id = $2", member.id);
  await runImports(organization);
  expect(await jobOf(organization.key, id)).toMatchObject({
    state: "DONE",
    created: 1001,
    updated: 0,
    errors: [{ row: 1001, code: "EMAIL_TAKEN" }],
  });
  const { prisma } = await testDatabase();
  const made = await prisma.contact.findFirst({ where: { orgId: organization.id, name: "New" } });
  expect(made?.ownerId).toBe(member.id);
});
