import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { type Job, jobFields } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Importing rows that come with the request. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
});

const importRows = (rows: unknown[], more: Record<string, unknown> = {}, idempotencyKey?: string, as = key) =>
  mutate<{ job: Job | null }>(
    as,
    "contactImport(input: $input, idempotencyKey: $idempotencyKey)",
    `job { ${jobFields} }`,
    { input: { rows, ...more }, idempotencyKey },
    "($input: ContactImportInput!, $idempotencyKey: String)",
  );

test("rows are imported at once, and the summary has the result of each", async () => {
  await organization.contact({ name: "There", email: "there@example.com" });
  const { job, errors } = await importRows(
    [
      {
        firstName: "Ada",
        lastName: "L",
        email: "ada@example.com",
        customFields: [{ slug: "industry", value: "Tech" }],
      },
      { name: "There", email: "there@example.com" },
      { name: "Bad", email: "nonsense", phoneNumbers: ["12"] },
      { name: "Unknown", email: "u@example.com", customFields: [{ slug: "nope", value: 1 }] },
    ],
    { tags: ["imported"], createMissingTags: true },
  );
  expect(errors).toEqual([]);
  expect(job).toMatchObject({
    state: "DONE",
    total: 4,
    done: 4,
    created: 1,
    updated: 0,
    skipped: 1,
    failed: 2,
    blank: 0,
  });
  expect(job?.errors.map(({ row, column, code }) => [row, column, code])).toEqual([
    [3, "email", "INVALID_EMAIL"],
    [3, "phoneNumbers.0", "INVALID_PHONE"],
    [4, "customFields.0.slug", "UNKNOWN_CUSTOM_FIELD"],
  ]);
  const { data } = await sendText(
    key,
    '{ contacts(filter: { tags: { hasAny: ["imported"] } }) { nodes { name customFields { value } lastModificationSource } } }',
  );
  expect(data).toEqual({
    contacts: {
      nodes: [{ name: "Ada L", customFields: [{ value: "Tech" }], lastModificationSource: "IMPORT" }],
    },
  });
});

test("what is wrong with the import as a whole is refused, and nothing is written", async () => {
  const before = await (await testDatabase()).prisma.contact.count({ where: { orgId: organization.id } });
  const one = [{ name: "N", email: "n@example.com" }];
  expect((await importRows(one, { tags: ["never made"] })).errors).toMatchObject([
    { code: "UNKNOWN_REFERENCE", path: ["input", "tags"] },
  ]);
  expect((await importRows(Array.from({ length: 1001 }, () => ({ name: "x" })))).errors).toMatchObject([
    { code: "TOO_LONG", path: ["input", "rows"] },
  ]);
  expect((await mutate(key, "contactImport(input: {})", "job { id }")).errors).toMatchObject([
    { code: "REQUIRED", path: ["input"] },
  ]);
  expect(await (await testDatabase()).prisma.contact.count({ where: { orgId: organization.id } })).toBe(
    before,
  );
});

test("the same rows under the same key are one import", async () => {
  const rows = [{ name: "Once", phoneNumbers: ["+33612345678"] }];
  const first = await importRows(rows, {}, "rows-1");
  expect(await importRows(rows, {}, "rows-1")).toEqual(first);
  expect((await importRows([...rows, ...rows], {}, "rows-1")).errors).toMatchObject([
    { code: "IDEMPOTENCY_MISMATCH" },
  ]);
  const { data } = await sendText(key, '{ contacts(filter: { name: { eq: "Once" } }) { totalCount } }');
  expect(data).toEqual({ contacts: { totalCount: 1 } });
});

test("two imports of the same addresses at once make each contact once", async () => {
  const rows = Array.from({ length: 20 }, (_, at) => ({ name: `R${at}`, email: `race${at}@example.com` }));
  const answers = await Promise.all([importRows(rows), importRows(rows)]);
  const [created, skipped] = ["created", "skipped"].map((name) =>
    answers.reduce((sum, { job }) => sum + Number(job?.[name as "created"] ?? 0), 0),
  );
  expect([created, skipped]).toEqual([20, 20]);
});

test("rows with many addresses at international domains leave others their turn", async () => {
  const { key } = await Organization.make();
  const turns = vi.spyOn(timers, "setImmediate");
  syncBuiltinESMExports();
  onTestFinished(() => {
    turns.mockRestore();
    syncBuiltinESMExports();
  });
  const turnsOf = async (addresses: number) => {
    const rows = Array.from({ length: 100 }, (_, row) => ({
      name: `R ${row}`,
      otherEmails: Array.from({ length: addresses }, (_, at) => `a${at}@größe-${row}.example`),
    }));
    const before = turns.mock.calls.length;
    const { data } = await sendText(
      key,
      "mutation ($rows: [ContactCreateInput!]) { contactImport(input: { rows: $rows, dryRun: true }) { job { created } } }",
      { rows },
    );
    expect(data).toEqual({ contactImport: { job: { created: 100 } } });
    return turns.mock.calls.length - before;
  };
  const [few, many] = [await turnsOf(1), await turnsOf(20)];
  expect(many - few).toBeGreaterThanOrEqual(3);
});
