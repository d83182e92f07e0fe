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

/** How many contacts are assigned to the member. */
const owned = async () => {
  const { prisma } = await testDatabase();
  return prisma.contact.count({ where: { orgId: organization.id, ownerId: member.id } });
};

/** Waits until a request waits to learn whether the member is one. */
async function removalIsAwaited(): Promise<void> {
  const { pool } = await testDatabase();
  const text = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query LIKE 'SELECT removed_at IS NULL AS active%'`;
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
});

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
