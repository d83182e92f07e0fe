import { beforeEach, describe, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { oneConnection, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { remove } from "./support.ts";

/** What happens at the very moment in which a member is removed or loses rights. */

let organization: Organization;
let member: Awaited<ReturnType<Organization["member"]>>;
beforeEach(async () => {
  organization = await Organization.make();
  member = await organization.member({ role: "ADMIN" });
});

/** A transaction beside the API's, and whether requests wait for it. */
async function beside(text: string, values: readonly unknown[]) {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  await client.query("BEGIN");
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await client.query(text, [...values]);
  const waits = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))";
  return {
    query: (more: string, given: readonly unknown[]) => client.query(more, [...given]),
    waited: (requests: number) =>
      expect
        .poll(async () => (await pool.query(waits, [rows[0]?.pid])).rows[0]?.count, { timeout: 20_000 })
        .toBe(requests),
    async end() {
      await client.query("COMMIT");
      client.release();
    },
  };
}

/** How many records are assigned to the member. */
const owned = async () => {
  const { prisma } = await testDatabase();
  const where = { orgId: organization.id, ownerId: member.id };
  const counts = [
    prisma.contact.count({ where }),
    prisma.lead.count({ where }),
    prisma.deal.count({ where }),
  ];
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
};

/** How many deadlocks PostgreSQL has ended: each connection tells it after a second. */
async function deadlocks(): Promise<number> {
  const { pool } = await testDatabase();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const text = "SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()";
  return (await pool.query<{ count: number }>(text)).rows[0]?.count ?? Number.NaN;
}

/** Waits until a request waits for the end of the removal. */
async function removalIsAwaited(): Promise<void> {
  const { pool } = await testDatabase();
  const text = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query LIKE 'SELECT 1 AS locked FROM member%'`;
  await expect.poll(async () => (await pool.query(text)).rows[0]?.count, { timeout: 20_000 }).toBe(1);
}

// On one connection there is no such moment.
describe.skipIf(oneConnection)("at the moment of a removal", () => {
  test("a record that is being assigned to the member is found by the removal", async () => {
    const { id } = await organization.contact({ name: "C" });
    // As a request that assigns records does.
    const transaction = await beside("SELECT 1 FROM member WHERE org_id = $1 AND id = $2 FOR SHARE", [
      organization.id,
      member.id,
    ]);
    const removing = remove(organization.key, member.globalId);
    await transaction.waited(1);
    const assign = "UPDATE contact SET owner_id = $3 WHERE org_id = $1 AND id = $2";
    await transaction.query(assign, [organization.id, id, member.id]);
    await transaction.end();
    expect(await removing).toMatchObject({ moved: 1, errors: [] });
    expect(await owned()).toBe(0);
  });

  test.each([
    [
      "created",
      (_: string, owner: string) =>
        `contactCreate(input: { name: "N", email: "n@example.com", ownerId: "${owner}" })`,
    ],
    ["changed", (id: string, owner: string) => `contactUpdate(id: "${id}", input: { ownerId: "${owner}" })`],
  ])("a record that is %s after it began is not assigned to the member", async (_how, asked) => {
    const { globalId } = await organization.contact({ name: "C" });
    const { id: theirs } = await organization.contact({ name: "D", ownerId: member.id });
    // The removal has ended the membership, and waits for a record that it has to reassign.
    const transaction = await beside("SELECT 1 FROM contact WHERE org_id = $1 AND id = $2 FOR UPDATE", [
      organization.id,
      theirs,
    ]);
    const removing = remove(organization.key, member.globalId);
    await transaction.waited(1);
    const assigning = mutate(organization.key, asked(globalId, member.globalId), "contact { id }");
    await removalIsAwaited();
    await transaction.end();
    expect(await removing).toMatchObject({ moved: 1, errors: [] });
    expect(await assigning).toMatchObject({ errors: [{ code: "UNKNOWN_REFERENCE" }] });
    expect(await owned()).toBe(0);
  });

  test.each([
    ["a merge passes on", merging, 2],
    ["an undone merge returns", unmerging, 2],
    ["a conversion passes on", converting, 2],
    ["a new deal of their contact gets", adding, 2],
  ])(
    "the owner that %s is no longer the member, and neither waits for the other",
    async (_what, prepare, moved) => {
      const { id: theirs } = await organization.contact({ name: "First", ownerId: member.id });
      const asked = await prepare();
      const before = await deadlocks();
      // The removal has ended the membership, and waits for the first record that it has to reassign.
      const transaction = await beside("SELECT 1 FROM contact WHERE org_id = $1 AND id = $2 FOR UPDATE", [
        organization.id,
        theirs,
      ]);
      const removing = remove(organization.key, member.globalId);
      await transaction.waited(1);
      const passing = mutate(organization.key, asked, "errors { code }");
      await removalIsAwaited();
      await transaction.end();
      expect(await removing).toMatchObject({ moved, errors: [] });
      expect((await passing).errors.map(({ code }) => code)).toEqual(
        prepare === adding ? ["UNKNOWN_REFERENCE"] : [],
      );
      expect(await owned()).toBe(0);
      expect(await deadlocks()).toBe(before);
    },
  );
});

/** The member's contact goes into one that is assigned to nobody. */
async function merging(): Promise<string> {
  const primary = await organization.contact({ name: "P" });
  const duplicate = await organization.contact({ name: "D", ownerId: member.id });
  return `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] })`;
}

/** The contact was the member's before the merge, as one of its duplicates still is. */
async function unmerging(): Promise<string> {
  const { id: ownerId } = await organization.member();
  const primary = await organization.contact({ name: "P", ownerId: member.id });
  const theirs = await organization.contact({ name: "D", ownerId: member.id });
  const other = await organization.contact({ name: "O", ownerId });
  const { merge } = await mutate<{ merge: { id: string } }>(
    organization.key,
    `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${theirs.globalId}", "${other.globalId}"],
       fieldChoices: [{ field: OWNER, fromId: "${other.globalId}" }] })`,
    "merge { id }",
  );
  return `contactUnmerge(mergeId: "${merge.id}")`;
}

async function converting(): Promise<string> {
  const lead = await organization.lead({ name: "L", email: "l@example.com", ownerId: member.id });
  return `leadConvert(id: "${lead.globalId}", input: { deal: { value: { amount: "1", currency: "EUR" } } })`;
}

async function adding(): Promise<string> {
  const contact = await organization.contact({ name: "C", ownerId: member.id });
  return `dealCreate(input: { name: "D", value: { amount: "1", currency: "EUR" }, contactId: "${contact.globalId}",
    ownerId: "${member.globalId}" })`;
}

describe.skipIf(oneConnection)(
  "at the moment in which an administrator becomes a member who only reads",
  () => {
    test.each([
      ["makes a key", () => 'apiKeyCreate(input: { name: "K" })'],
      ["revokes one", (id: string) => `apiKeyRevoke(id: "${id}")`],
    ])("who %s is refused", async (_what, asked) => {
      const { apiKey } = await mutate<{ apiKey: { id: string } }>(
        organization.key,
        'apiKeyCreate(input: { name: "Other" })',
        "apiKey { id }",
      );
      const lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7242007))";
      const transaction = await beside(lock, [`${organization.id} members`]);
      const answer = mutate(member.key, asked(apiKey.id), "__typename");
      await transaction.waited(1);
      await transaction.query("UPDATE member SET role = 'READ_ONLY' WHERE org_id = $1 AND id = $2", [
        organization.id,
        member.id,
      ]);
      await transaction.end();
      expect(await answer).toMatchObject({ errors: [{ code: "FORBIDDEN" }] });
    });
  },
);
