import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { importKind } from "../../src/jobs/import/import.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { testDatabase } from "../support/database.ts";
import { contactsOf, imported, jobOf, runImports, upload, uploadAs } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Numbers and days of a file, which are read as their whole column shows. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "size", name: "Size", type: "NUMBER", slot: "number1" });
  await organization.customField({ slug: "since", name: "Since", type: "DATE", slot: "date1" });
  await organization.customField({ slug: "seen", name: "Seen", type: "DATE_TIME", slot: "date2" });
});

/** A file of one column beside names, separated by tabs, which no value has. */
const fileOf = (heading: string, cells: readonly string[]) =>
  [`Name\tEmail\t${heading}`, ...cells.map((cell, at) => `N${100 + at}\tn${at}@example.com\t${cell}`)].join(
    "\n",
  );

async function valuesOf(heading: string, cells: readonly string[], input: object = {}) {
  const job = await imported(organization, fileOf(heading, cells), { ...input });
  const rows = await contactsOf(organization.key, "name customFields { value }");
  const values = rows.map((row) => (row.customFields as { value: unknown }[])[0]?.value ?? null);
  return { job, values };
}

test.each([
  ["a comma before decimals", ["1.234,56", "1.234", "-3,5", "€ 12,50"], [1234.56, 1234, -3.5, 12.5]],
  ["a point before decimals", ["1,234.56", "1,234", "$5.25", "(7)"], [1234.56, 1234, 5.25, -7]],
  ["apostrophes", ["1'234.50", "2’000", "12"], [1234.5, 2000, 12]],
  ["spaces", ["1 234,50", "2\u00a0000,25", "3\u202f000"], [1234.5, 2000.25, 3000]],
  ["nothing that shows what a point is", ["1.234", "12"], [1.234, 12]],
])("numbers with %s", async (_name, cells, expected) => {
  const { job, values } = await valuesOf("Size", cells);
  expect(job).toMatchObject({ failed: 0 });
  expect(values).toEqual(expected);
});

test("a number that may be two is refused where its column has both forms", async () => {
  const { job } = await valuesOf("Size", ["1.234,56", "1,234.56", "1.234"]);
  expect(job).toMatchObject({
    created: 2,
    failed: 1,
    errors: [{ line: 4, column: "Size", message: expect.stringContaining("may be 1234 or 1.234") }],
  });
});

test.each([
  ["the day first, as one of them shows", ["03/04/2024", "13/04/2024"], ["2024-04-03", "2024-04-13"]],
  ["the month first, as one of them shows", ["03/04/2024", "04/13/2024"], ["2024-03-04", "2024-04-13"]],
  ["points", ["3.4.2024", "03.04.24"], ["2024-04-03", "2024-04-03"]],
  ["the year first", ["2024-04-03", "2024/4/3", "20240403"], ["2024-04-03", "2024-04-03", "2024-04-03"]],
  ["spreadsheets' numbers", ["45385", "45385.75"], ["2024-04-03", "2024-04-03"]],
  ["a time behind", ["2024-04-03 14:22", "03.04.2024 09:00"], ["2024-04-03", "2024-04-03"]],
  [
    "names of months",
    ["3 Apr 2024", "April 3, 2024", "3. März 2024", "3 février 2024", "3 de mayo de 2024", "3 giugno 2024"],
    ["2024-04-03", "2024-04-03", "2024-03-03", "2024-02-03", "2024-05-03", "2024-06-03"],
  ],
  [
    "names of months, too",
    ["3 de março de 2024", "3 mei 2024", "3 maja 2024"],
    ["2024-03-03", "2024-05-03", "2024-05-03"],
  ],
])("days with %s", async (_name, cells, expected) => {
  const { job, values } = await valuesOf("Since", cells);
  expect(job).toMatchObject({ failed: 0 });
  expect(values).toEqual(expected);
});

test("a day that may be two is refused with both and how to say which, and read as the caller says", async () => {
  const cells = ["03/04/2024", "05/05/2024"];
  const { job } = await valuesOf("Since", cells);
  expect(job).toMatchObject({
    created: 1,
    failed: 1,
    errors: [
      {
        line: 2,
        column: "Since",
        message: expect.stringMatching(/may be 2024-04-03 or 2024-03-04.*dateOrder \(--date-order\)/),
      },
    ],
  });
  const asked = await valuesOf("Since", cells, { dateOrder: "MONTH_FIRST" });
  expect(asked.values).toContain("2024-03-04");
  const wrong = await valuesOf("Since", ["13/04/2024"], { dateOrder: "MONTH_FIRST", mode: "UPDATE" });
  expect(wrong.job).toMatchObject({ failed: 1 });
});

test("a moment without an offset is in the organization's time zone", async () => {
  const { prisma } = await testDatabase();
  await prisma.organization.update({
    where: { id: organization.id },
    data: { timeZone: "America/New_York" },
  });
  const { values } = await valuesOf("Seen", [
    "2024-04-03 14:22",
    "2024-04-03T14:22:00Z",
    "4/13/2024 2:22 PM",
  ]);
  expect(values).toEqual([
    "2024-04-03T18:22:00.000Z",
    "2024-04-03T14:22:00.000Z",
    "2024-04-13T18:22:00.000Z",
  ]);
});

test("a lead's amount takes the currency written next to it, and is refused if another column has a different one", async () => {
  const text = ["Name\tDeal value\tCurrency", "A\t€ 1.234,50\t", "B\t12,00 EUR\teur", "C\t£ 5,00\tEUR"].join(
    "\n",
  );
  const job = await imported(organization, text, {}, organization.key, "Lead");
  expect(job).toMatchObject({
    created: 2,
    failed: 1,
    errors: [{ line: 4, column: "Deal value", code: "INVALID_CURRENCY" }],
  });
});

test("what the end of a file shows counts for its beginning, also for who takes the job up in the middle", async () => {
  const cells = [...Array.from({ length: 2500 }, () => "03/04/2024"), "13/04/2024"];
  const { data } = await upload(organization.key, fileOf("Since", cells));
  const { prisma, ...database } = await testDatabase();
  const job = await prisma.importJob.findFirstOrThrow({ where: { orgId: organization.id } });
  let steps = 0;
  const stopping = () => steps++ > 2;
  await runJob({ prisma, ...database }, pino({ level: "silent" }), importKind, { stopping }, job);
  const half = await jobOf(organization.key, data?.contactImport.job?.id ?? "");
  expect(half.done).toBeGreaterThan(0);
  expect(half.done).toBeLessThan(half.total);
  await runImports(organization);
  expect(await jobOf(organization.key, half.id)).toMatchObject({ state: "DONE", created: 2501, failed: 0 });
  const days = await prisma.contact.groupBy({
    by: ["date1"],
    where: { orgId: organization.id },
    _count: true,
  });
  expect(days.map(({ date1 }) => date1?.toISOString().slice(0, 10)).sort()).toEqual([
    "2024-04-03",
    "2024-04-13",
  ]);
});

test("a preview reads days as the import will", async () => {
  const { data } = await uploadAs<{
    contactImportPreview: { preview: { rows: { values: { customField: string; values: string[] }[] }[] } };
  }>(
    organization.key,
    `mutation ($input: ContactImportInput!) { contactImportPreview(input: $input) {
      preview { rows { values { customField values } } } errors { message } } }`,
    { input: {} },
    fileOf("Since", ["03/04/2024", "13/04/2024"]),
  );
  expect(data?.contactImportPreview.preview.rows[0]?.values).toContainEqual({
    customField: "since",
    values: ["2024-04-03"],
  });
});
