import { expect, test } from "vitest";
import { newId } from "../../src/lib/typeid.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { plant } from "../support/plant.ts";
import { purgeAlone } from "../support/purge.ts";

/** How long audit events are kept. */

const DAY = 86_400_000;
const before = (days: number) => new Date(Date.now() - days * DAY);

/** An id that begins with a moment. */
const idAt = (moment: Date) => {
  const hex = moment.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
};

/** The ids of an organization's events. */
async function kept(organization: Organization): Promise<string[]> {
  const { prisma } = await testDatabase();
  const rows = await prisma.auditEvent.findMany({
    where: { orgId: organization.id },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id }) => id);
}

const purged = async (auditedBefore: Date | null) =>
  purgeAlone(await testDatabase(), new Date(0), new Date(0), auditedBefore);

test("events older than AUDIT_DAYS are deleted by the purge, in every organization; younger ones stay", async () => {
  const organizations = [await Organization.make(), await Organization.make()];
  const [old, young] = [() => idAt(before(366)), () => idAt(before(364))];
  const stay: string[][] = [];
  for (const organization of organizations) {
    await plant("AuditEvent", organization, { id: old() });
    stay.push([(await plant("AuditEvent", organization, { id: young() })).id]);
  }
  expect(await purged(null)).toMatchObject({ ran: true, auditEvents: 0 });
  for (const ids of await Promise.all(organizations.map(kept))) expect(ids).toHaveLength(2);

  expect((await purged(before(365))).auditEvents).toBeGreaterThanOrEqual(2);
  expect(await Promise.all(organizations.map(kept))).toEqual(stay);
  expect(await purged(before(365))).toMatchObject({ auditEvents: 0 });
  expect(await Promise.all(organizations.map(kept))).toEqual(stay);
});

test("they are deleted 500 at a time, each time in a transaction of its own and by one statement", async () => {
  const { pool } = await testDatabase();
  await purged(before(365));
  const [one, other] = [await Organization.make(), await Organization.make()];
  for (const { id } of [one, other]) {
    await pool.query(
      `INSERT INTO audit_event (org_id, id, occurred_at, actor, source, action, record_type, record_ids, fields)
       SELECT $1, unnest($2::uuid[]), now(), 'SYSTEM', 'API', 'UPDATED', 'Contact', '{}', '{}'`,
      [id, Array.from({ length: 350 }, () => idAt(before(400)))],
    );
  }
  const { answer, statements } = await statementsOf(() => purged(before(365)));
  expect(answer).toMatchObject({ auditEvents: 700 });
  expect(statements.map((text) => text.trim().split(/\s+/).slice(0, 3).join(" "))).toEqual(
    Array.from({ length: 2 }, () => [
      "BEGIN",
      expect.stringContaining("SELECT pg_try_advisory_xact_lock"),
      "SELECT org_id, id",
      "SELECT org_id, id",
      "DELETE FROM idempotency_key",
      "DELETE FROM rate_bucket",
      "DELETE FROM audit_event",
      "DELETE FROM import_error",
      "COMMIT",
    ]).flat(),
  );
  expect([await kept(one), await kept(other)]).toEqual([[], []]);
});

test("they are found by the key of each organization, not by reading all events", async () => {
  const { statements } = await statementsOf(() => purged(before(365)));
  const [text] = statements.filter((sql) => sql.startsWith("DELETE FROM audit_event"));
  const { pool } = await testDatabase();
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL enable_seqscan = off");
    await client.query("SET LOCAL enable_bitmapscan = off");
    // With few events, the planner would rather sort those of another index.
    await client.query("SET LOCAL enable_sort = off");
    const { rows } = await client.query(`EXPLAIN ${String(text).replace("$1", `'${idAt(before(365))}'`)}`);
    const plan = JSON.stringify(rows);
    expect(plan).toContain("audit_event_pkey");
    expect(plan).toMatch(/Index Cond: \(\(org_id = o\.id\) AND \(id < /);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
