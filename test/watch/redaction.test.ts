import { expect, test } from "vitest";
import { testDatabase } from "../support/database.ts";
import { keptLog } from "../support/log.ts";
import { Organization } from "../support/makers.ts";

/** What is logged of errors. */

const canary = "Canary Person";
const address = "canary.person@example.com";

/** Errors of which each has one of the two somewhere in it. */
const faults: readonly (readonly [name: string, fail: (organization: Organization) => Promise<unknown>])[] = [
  [
    "a value that is taken, as PostgreSQL tells it",
    async ({ id }) => {
      const { pool } = await testDatabase();
      const sql = "INSERT INTO tag (org_id, id, name, name_key) VALUES ($1, gen_random_uuid(), $2, $2)";
      await pool.query(sql, [id, canary]);
      await pool.query(sql, [id, canary]);
    },
  ],
  [
    "a text that is no uuid",
    async () => (await testDatabase()).pool.query("SELECT $1::text::uuid", [canary]),
  ],
  [
    "a text that is no number",
    async () => (await testDatabase()).pool.query("SELECT $1::text::int", [canary]),
  ],
  [
    "a text that is no JSON",
    async () => (await testDatabase()).pool.query("SELECT $1::text::jsonb", [canary]),
  ],
  [
    "a row that a check refuses",
    async ({ id }) =>
      (await testDatabase()).pool.query(
        "INSERT INTO organization (id, name, mode, cursor_secret, default_currency) VALUES (gen_random_uuid(), $1, 'TEST', $2, 'nonsense')",
        [canary, Buffer.from(id)],
      ),
  ],
  [
    "a call that Prisma does not take",
    async () =>
      (await testDatabase()).prisma.contact.create({ data: { name: canary, email: address } as never }),
  ],
  ["a text that JavaScript does not read as JSON", async () => JSON.parse(`${canary} {`)],
  ["a text that is no whole number", async () => BigInt(canary)],
  [
    "an error with what it was about beside its words",
    async () => {
      throw Object.assign(new Error(`no such address: ${address}`), {
        record: { name: canary },
        detail: canary,
      });
    },
  ],
  [
    "an error that has it in its cause",
    async () => {
      throw new Error("failed", { cause: new Error(`unexpected "${canary}" of <${address}>`) });
    },
  ],
];

/** All that an error holds. */
const whole = (error: Error): string =>
  [
    error.message,
    error.stack,
    JSON.stringify(error),
    String((error.cause as Error | undefined)?.message),
  ].join();

test.each(faults)("%s is logged without it", async (_, fail) => {
  const { logger, text, lines } = keptLog();
  const organization = await Organization.make();
  const error = await fail(organization).then(
    () => null,
    (thrown: Error) => thrown,
  );
  if (!error) throw new Error("nothing failed");
  const personal = /canary/i;
  logger.child({ job: "one" }).error({ err: error }, "failed");
  logger.warn({ error: error.message }, "an idle connection broke");
  expect(text()).not.toMatch(personal);
  const [line] = lines();
  const { err } = line as unknown as { err: { type: string; message: string; stack: string } };
  expect(err.type).toBe(error.name);
  expect(err.message).not.toBe("");
  expect(err.stack).toContain("at ");
  // What is not in the error cannot be left out of it.
  expect(whole(error)).toMatch(personal);
});

test("it is told what failed: the code, the constraint and the table", async () => {
  const { logger, lines } = keptLog();
  const { pool } = await testDatabase();
  const { id } = await Organization.make();
  const again = "INSERT INTO organization (id, name, mode, cursor_secret) VALUES ($1, 'x', 'TEST', $2)";
  await pool.query(again, [id, Buffer.alloc(32)]).catch((err: unknown) => logger.error({ err }, "failed"));
  expect(lines()[0]?.err).toMatchObject({
    code: "23505",
    constraint: "organization_pkey",
    table: "organization",
    message: 'duplicate key value violates unique constraint "…"',
  });
});
