import { beforeAll, describe, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { askExport, download, exported, exportOf, runExports } from "../support/exports.ts";
import { Organization } from "../support/makers.ts";
import { plant } from "../support/plant.ts";
import { eventsOf } from "./support.ts";

/** Audit events in a file: which ones, how they look, and who gets them. */

let organization: Organization;
let other: Organization;
beforeAll(async () => {
  [organization, other] = [await Organization.make(), await Organization.make()];
  await plant("AuditEvent", other, { request_id: "planted" });
});

/** An organization of its own, with an administrator who does two things to a contact. */
async function withEvents() {
  const made = await Organization.make();
  const admin = await made.member({ role: "ADMIN" });
  const { globalId } = await made.contact();
  for (const title of ["A", "=B"]) {
    await mutate(
      admin.key,
      `contactUpdate(id: "${globalId}", input: { title: "${title}" })`,
      "contact { id }",
    );
  }
  return { made, admin, globalId };
}

const lines = (text: string) => text.trimEnd().split("\r\n");

describe("the file", () => {
  test("has every event once, oldest first, as auditEvents shows them", async () => {
    const { made, admin, globalId } = await withEvents();
    const shown = (await eventsOf(admin.key, "")).reverse();
    const { job, text, headers } = await exported(made, {}, { entity: "AUDIT", key: admin.key });
    expect(headers.get("content-disposition")).toMatch(/filename="audit-events-\d{4}-\d\d-\d\d\.csv"/);
    const [headings, ...rows] = lines(text);
    expect(headings).toBe(
      "id,occurred at,actor,member,api key id,source,request id,address,job id,action,record type,record ids,fields",
    );
    expect(rows.map((row) => row.split(",")[0])).toEqual(shown.map(({ id }) => id));
    const [at] = shown.map(({ action }) => action).flatMap((action, at) => (action === "UPDATED" ? at : []));
    const event = shown[at ?? -1];
    expect(rows[at ?? -1]?.split(",").slice(1)).toEqual([
      event?.occurredAt,
      "API_KEY",
      admin.email,
      event?.apiKey?.id,
      "API",
      event?.requestId,
      event?.address ?? "",
      "",
      "UPDATED",
      "CONTACT",
      globalId,
      "title",
    ]);
    expect(job).toMatchObject({ total: shown.length, skipped: 0 });
    expect(text).not.toContain("=B");
  });

  test("has those that a filter finds, as lines of JSON with lists", async () => {
    const { made, admin, globalId } = await withEvents();
    const { text } = await exported(
      made,
      {
        filter: { recordId: globalId, actions: ["UPDATED"] },
        format: "JSON_LINES",
        columns: [{ field: "ACTION" }, { field: "RECORD_IDS" }, { field: "FIELDS", heading: "what" }],
      },
      { entity: "AUDIT", key: admin.key },
    );
    const line = { action: "UPDATED", recordIds: [globalId], what: ["title"] };
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((each) => JSON.parse(each)),
    ).toEqual([line, line]);
  });

  test("of the export itself has the event that asked for it, and never one of another organization", async () => {
    const { made, admin } = await withEvents();
    const { text, job } = await exported(made, {}, { entity: "AUDIT", key: admin.key });
    expect(text).not.toContain("planted");
    expect(text).not.toContain(job.id);
    const { text: later } = await exported(made, {}, { entity: "AUDIT", key: admin.key });
    expect(later).toContain(`EXPORTED,EXPORT_JOB,${job.id}`);
  });

  test("costs as many statements for ninety events as for one", async () => {
    const few = await Organization.make();
    const many = await Organization.make();
    await plant("AuditEvent", few);
    for (let at = 0; at < 90; at += 1) await plant("AuditEvent", many);
    const sent: number[] = [];
    for (const each of [few, many]) {
      await exported(each, {}, { entity: "AUDIT" });
      await askExport(each.key, {}, "AUDIT");
      const { statements } = await statementsOf(() => runExports(each));
      sent.push(statements.length);
    }
    expect(sent[0]).toBeGreaterThan(0);
    expect(sent[1]).toBe(sent[0]);
  });
});

describe("who exports them", () => {
  test.each([
    ["OWNER", "ALL", null],
    ["ADMIN", "ALL", null],
    ["ADMIN", "ASSIGNED", "FORBIDDEN"],
    ["MEMBER", "ALL", "FORBIDDEN"],
  ] as const)("%s who sees %s: %s", async (role, dataScope, code) => {
    const { key } = await organization.member({ role, dataScope });
    const { job, errors } = await askExport(key, {}, "AUDIT");
    expect(errors.map((error) => error.code)).toEqual(code === null ? [] : [code]);
    expect(job === null).toBe(code !== null);
  });

  test("who lost the right before it is worked on gets words, and no file", async () => {
    const { made, admin } = await withEvents();
    const { job } = await askExport(admin.key, {}, "AUDIT");
    const { pool } = await testDatabase();
    await pool.query("UPDATE member SET role = 'MEMBER' WHERE org_id = $1 AND id = $2", [made.id, admin.id]);
    await runExports(made);
    expect(await exportOf(made.key, job?.id ?? "")).toMatchObject({
      state: "FAILED",
      problem: expect.stringContaining("this needs the scope ADMIN"),
      bytes: expect.any(Number),
    });
  });

  test("who lost it afterwards does not get the file any more", async () => {
    const { made, admin } = await withEvents();
    const { job } = await exported(made, {}, { entity: "AUDIT", key: admin.key });
    const { pool } = await testDatabase();
    await pool.query("UPDATE member SET role = 'MEMBER' WHERE org_id = $1 AND id = $2", [made.id, admin.id]);
    expect((await download(admin.key, `/exports/${job.id}`)).status).toBe(403);
  });
});

test("conditions that cannot be read are refused at their place, and nothing is queued", async () => {
  const wrong = { filter: { memberId: "nobody" }, columns: [{ field: "ID" }, { field: "ID" }] };
  const { job, errors } = await askExport(organization.key, wrong, "AUDIT");
  expect(job).toBeNull();
  expect(errors.map(({ code, path }) => [code, path])).toEqual([
    ["INVALID_FILTER", ["filter", "memberId"]],
    ["INVALID_VALUE", ["columns", "1"]],
  ]);
});
