import { pino } from "pino";
import { beforeAll, expect, test } from "vitest";
import { decodeId } from "../../src/db/ids.ts";
import { exportKind } from "../../src/jobs/export/export.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";
import { eventsOf, shortly } from "./support.ts";

/** Erasing a person leaves none of their values in any column of any table, and all of other people's. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "secret", type: "TEXT" });
  await organization.customField({ slug: "badge", type: "TEXT", unique: true });
});

const CANARY = "zqcanary";
const PHONE = "+14155550142";

/** Columns of all tables in which a value stands, whatever its form. */
async function columnsWith(orgId: string, value: string): Promise<string[]> {
  const { pool } = await testDatabase();
  const { rows: columns } = await pool.query<{ table: string; column: string; type: string }>(
    `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type
     FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND EXISTS (
       SELECT FROM information_schema.columns AS o WHERE o.table_name = c.table_name AND o.column_name = 'org_id')`,
  );
  const found: string[] = [];
  for (const { table, column, type } of columns) {
    const text = type === "bytea" ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const digits = /^\d+$/.test(value);
    const looked = digits ? `regexp_replace(${text}, '[^0-9]', '', 'g')` : `lower(${text})`;
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE org_id = $1 AND position($2 IN ${looked}) > 0`,
      [orgId, value.toLowerCase()],
    );
    if ((rows[0]?.count ?? 0) > 0) found.push(`${table}.${column}`);
  }
  return found;
}

const person = (tag: string) => `
  name: "${CANARY} ${tag} full", firstName: "${CANARY}", lastName: "${tag} last", email: "${CANARY}.${tag}@example.com",
  phoneNumbers: ["${PHONE}"], company: "${CANARY} ${tag} company", title: "${CANARY} ${tag} title",
  address: { street: "${CANARY} ${tag} street", city: "${CANARY} ${tag} city", state: "${CANARY} state", zip: "${CANARY}", country: "${CANARY} land" },
  url: "https://${CANARY}.example/${tag}", linkedinUrl: "https://www.linkedin.com/in/${CANARY}-${tag}", source: "${CANARY} ${tag} source",
  notes: "${CANARY} ${tag} notes"`;

const erase = (key: string, input: string, more = "") =>
  mutate<{
    receipt: {
      auditEventId: string;
      contactIds: string[];
      leadIds: string[];
      dealIds: string[];
      counts: Record<string, number>;
    } | null;
  }>(
    key,
    `contactErase(input: { ${input} }${more})`,
    "receipt { auditEventId erasedAt contactIds leadIds dealIds dealsDeleted counts { activities conversations merges idempotencyAnswers importErrors imports exports duplicateGroups bulkJobs } }",
  );

test("nothing of a person is left in any column of any table, and all of another one's is", async () => {
  const { key } = organization;
  const other = await mutate<{ contact: { id: string } }>(
    key,
    `contactCreate(input: { name: "Other Person", email: "other@example.com", notes: "stays here" }, idempotencyKey: "other")`,
    "contact { id }",
  );
  const made = await mutate<{ contact: { id: string } }>(
    key,
    `contactCreate(input: { ${person("one")}, customFields: [{ slug: "secret", value: "${CANARY} custom" }, { slug: "badge", value: "${CANARY} badge" }] }, idempotencyKey: "one")`,
    "contact { id }",
  );
  const { id } = made.contact;
  expect(made.errors).toEqual([]);
  await mutate(key, `contactUpdate(id: "${id}", input: { title: "${CANARY} changed" })`, "contact { id }");
  for (const again of ["two", "three"]) {
    const duplicate = await mutate<{ contact: { id: string } }>(
      key,
      `contactCreate(input: { name: "${CANARY} ${again} full", email: "${CANARY}.${again}@example.com", notes: "${CANARY} ${again}" })`,
      "contact { id }",
    );
    const { merge } = await mutate<{ merge: { id: string } }>(
      key,
      `contactMerge(input: { primaryId: "${id}", duplicateIds: ["${duplicate.contact.id}"] }, idempotencyKey: "merge ${again}")`,
      "merge { id }",
    );
    if (again === "three") continue;
    await mutate(key, `contactUnmerge(mergeId: "${merge.id}")`, "contact { id }");
    await mutate(
      key,
      `contactMerge(input: { primaryId: "${id}", duplicateIds: ["${duplicate.contact.id}"] })`,
      "merge { id }",
    );
  }
  const lead = await mutate<{ lead: { id: string } }>(
    key,
    `leadCreate(input: { name: "${CANARY} one full", email: "${CANARY}.one@example.com", notes: "${CANARY} lead", company: "${CANARY} firm" }, idempotencyKey: "lead")`,
    "lead { id }",
  );
  await mutate(
    key,
    `leadConvert(id: "${lead.lead.id}", input: { deal: { value: { amount: 5, currency: "EUR" } } }, idempotencyKey: "convert")`,
    "deal { id }",
  );
  await mutate(
    key,
    `activityCreate(input: { kind: CALL, subject: "${CANARY} call", contactId: "${id}" })`,
    "activity { id }",
  );
  await mutate(
    key,
    `conversationCreate(input: { channel: EMAIL, subject: "${CANARY} thread", contactId: "${id}" })`,
    "conversation { id }",
  );
  await imported(
    organization,
    `name,email,phone,nickname\n${CANARY} one full,${CANARY}.one@example.com,${PHONE},${CANARY} nick\n${CANARY} one full,${CANARY}.one@example.com @,nonsense,${CANARY} refused\nSomebody Else,else@example.com,,x\nBad Else,bad else,,x\n`,
    { mode: "UPDATE" },
  );
  await mutate(key, "contactExport(format: CSV)", "job { id }");
  await mutate(key, "leadExport(format: CSV)", "job { id }");
  const database = await testDatabase();
  const orgId = organization.id;
  for (const job of await database.prisma.exportJob.findMany({ where: { orgId } })) {
    await runJob(database, pino({ level: "silent" }), exportKind, {}, job);
  }
  const { planToken } = await mutate<{ planToken: string }>(
    key,
    `contactsBulkUpdate(filter: { email: { eq: "${CANARY}.one@example.com" } }, input: { source: "${CANARY} bulk" }, dryRun: true)`,
    "planToken",
  );
  await mutate(
    key,
    `contactsBulkUpdate(filter: { email: { eq: "${CANARY}.one@example.com" } }, input: { source: "${CANARY} bulk" }, planToken: "${planToken}")`,
    "changed",
  );
  const before = await columnsWith(orgId, CANARY);
  for (const column of [
    "contact.name",
    "contact.keys",
    "contact_email.email_key",
    "contact_merge.before",
    "custom_unique.key",
    "idempotency_key.answer",
    "import_error.raw",
    "export_chunk.bytes",
    "lead.name",
    "deal.name",
    "activity.subject",
    "conversation.subject",
  ])
    expect(before).toContain(column);
  const { receipt, errors } = await erase(key, `id: "${id}"`);
  expect(errors).toEqual([]);
  expect(await columnsWith(orgId, CANARY)).toEqual([]);
  expect(await columnsWith(orgId, "4155550142")).toEqual([]);
  expect(receipt?.contactIds).toHaveLength(3);
  expect(receipt?.leadIds).toEqual([lead.lead.id]);
  expect(receipt?.counts).toMatchObject({ conversations: 1, exports: 2 });
  // Others are as they were.
  for (const value of ["Other Person", "other@example.com", "stays here", "else@example.com", "bad else"]) {
    expect((await columnsWith(orgId, value)).length, value).toBeGreaterThan(0);
  }
  const events = await eventsOf(key, `recordId: "${id}", actions: [ERASED]`);
  expect(events.map(shortly)).toEqual(["ERASED CONTACT"]);
  expect(events[0]?.id).toBe(receipt?.auditEventId);
  // As for a purged record.
  const { data } = await sendText(
    key,
    `{ contact(id: "${id}") { id } deals { nodes { name contact { id } } } }`,
  );
  expect(data).toEqual({
    contact: null,
    deals: { nodes: [{ name: "Deal of an erased person", contact: null }] },
  });
  expect((await erase(key, `id: "${id}"`)).errors).toMatchObject([{ code: "NOT_FOUND" }]);
  const again = await mutate(
    key,
    `contactCreate(input: { ${person("one")}, customFields: [{ slug: "secret", value: "${CANARY} custom" }, { slug: "badge", value: "${CANARY} badge" }] }, idempotencyKey: "one")`,
    "contact { id }",
  );
  expect(again.errors).toMatchObject([{ code: "NOT_FOUND", path: ["idempotencyKey"] }]);
  expect(decodeId(other.contact.id)).not.toBeNull();
});

test("the id of a merged contact, and one in the trash, stand for the person; the receipt is given again", async () => {
  const { key } = organization;
  const [primary, duplicate] = [await organization.contact(), await organization.contact()];
  const { id: dealId, globalId: deal } = await organization.deal({ contactId: primary.id });
  await organization.activity({ dealId });
  await mutate(
    key,
    `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] })`,
    "merge { id }",
  );
  await mutate(key, `contactDelete(id: "${primary.globalId}")`, "contact { id }");
  const first = await erase(key, `id: "${duplicate.globalId}", deleteDeals: true`, `, idempotencyKey: "e"`);
  expect(first.errors).toEqual([]);
  expect(first.receipt?.contactIds.sort()).toEqual([primary.globalId, duplicate.globalId].sort());
  expect(await erase(key, `id: "${duplicate.globalId}", deleteDeals: true`, `, idempotencyKey: "e"`)).toEqual(
    first,
  );
  expect((await sendText(key, `{ deal(id: "${deal}") { id } }`)).data).toEqual({ deal: null });
});

test("a member, a restricted administrator and another organization erase nobody", async () => {
  const { globalId } = await organization.contact();
  const { key: member } = await organization.member();
  const { key: restricted } = await organization.member({ role: "ADMIN", dataScope: "ASSIGNED" });
  for (const key of [member, restricted])
    expect((await erase(key, `id: "${globalId}"`)).errors).toMatchObject([{ code: "FORBIDDEN" }]);
  const stranger = await Organization.make();
  expect((await erase(stranger.key, `id: "${globalId}"`)).errors).toMatchObject([{ code: "NOT_FOUND" }]);
  expect((await erase(organization.key, `id: "nonsense"`)).errors).toMatchObject([{ code: "NOT_FOUND" }]);
  const { data } = await sendText(organization.key, `{ contact(id: "${globalId}") { id } }`);
  expect(data).toEqual({ contact: { id: globalId } });
});
