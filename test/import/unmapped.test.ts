import { beforeEach, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { contactsOf, imported, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Columns of a file that have no place, or that share a name. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const contacts = (fields: string) => contactsOf(organization.key, fields);

const file = [
  "Name,Email,Shirt,Title,Job Title,Work City,Home City,Home Street,Company,Account,,",
  "Ada,ada@example.com,M,Dr.,CEO,Rome,Oslo,Way 1,Ada Ltd,Other Ltd,loose,",
  "Bob,bob@example.com,L,Mr.,CTO,,Kiel,,Bob Ltd,,,",
].join("\n");

test("the job names the columns that go nowhere, why, and some of their values", async () => {
  const job = await imported(organization, file);
  expect(job).toMatchObject({ state: "DONE", created: 2, failed: 0 });
  expect(job.unmappedColumns).toEqual([
    { column: "Shirt", reason: "UNKNOWN", samples: ["M", "L"] },
    { column: "Title", reason: "SALUTATION", samples: ["Dr.", "Mr."] },
    { column: "Work City", reason: "OTHER_ADDRESS", samples: ["Rome"] },
    { column: "Account", reason: "OTHER_COLUMN", samples: ["Other Ltd"] },
    { column: "Column 11", reason: "UNKNOWN", samples: ["loose"] },
  ]);
  expect(job.columns.map(({ reason }) => reason)).toEqual([
    ...["HEADING", "HEADING", "UNKNOWN", "SALUTATION", "HEADING", "OTHER_ADDRESS"],
    ...["HEADING", "HEADING", "HEADING", "OTHER_COLUMN", "UNKNOWN", "UNKNOWN"],
  ]);
});

test("a mapping amends what the headings say: the others go where they would, unless their place is taken", async () => {
  const job = await imported(organization, "Name,Email,Company,Shirt\nAda,ada@example.com,Ada Ltd,M\n", {
    mapping: [
      { column: "Shirt", field: "COMPANY" },
      { column: "Email", field: null },
    ],
    missingName: "REFUSE",
  });
  expect(job.columns).toMatchObject([
    { column: "Name", field: "NAME", reason: "HEADING" },
    { column: "Email", field: null, reason: "MAPPING" },
    { column: "Company", field: null, reason: "OTHER_COLUMN" },
    { column: "Shirt", field: "COMPANY", reason: "MAPPING" },
  ]);
});

test("repeated headings and columns without one get names that a mapping can use", async () => {
  const job = await imported(
    organization,
    "Name,Email,Notes,notes,Notes (2),,\nAda,ada@example.com,one,two,three,+4930123456,\n",
    { mapping: [{ column: "Column 6", field: "PHONE" }] },
  );
  expect(job.columns.map(({ column }) => column)).toEqual([
    ...["Name", "Email", "Notes", "notes (3)", "Notes (2)", "Column 6", "Column 7"],
  ]);
  expect(await contacts("notes phoneNumbers")).toEqual([{ notes: "one", phoneNumbers: ["+4930123456"] }]);
});

test("a thousand columns of one heading have as many names", async () => {
  const headings = ["Email", ...Array.from({ length: 999 }, () => "Same")];
  const job = await imported(organization, `${headings.join(",")}\n`);
  expect(new Set(job.columns.map(({ column }) => column)).size).toBe(1000);
});

test("columns without a place are kept in the notes, once however often the file comes", async () => {
  const text = "Name,Email,Notes,Shirt,Hat\nAda,ada@example.com,met,M,\nBob,bob@example.com,,L,red\n";
  const expected = [{ notes: "met\nShirt: M" }, { notes: "Shirt: L\nHat: red" }];
  expect(await imported(organization, text, { keepUnmapped: "NOTES" })).toMatchObject({
    created: 2,
    unmappedColumns: [],
    columns: [
      {},
      {},
      { field: "NOTES", reason: "HEADING" },
      { field: "NOTES", reason: "KEPT" },
      { reason: "KEPT" },
    ],
  });
  expect(await contacts("notes")).toEqual(expected);
  const again = await imported(organization, text, { keepUnmapped: "NOTES", mode: "UPDATE" });
  expect(again).toMatchObject({ updated: 2 });
  expect(await contacts("notes version")).toEqual(expected.map((each) => ({ ...each, version: 1 })));
  const more = "Email,Scarf\nada@example.com,blue\n";
  await imported(organization, more, { keepUnmapped: "NOTES", mode: "UPDATE" });
  expect(await contacts("notes")).toMatchObject([{ notes: "met\nShirt: M\nScarf: blue" }, {}]);
});

test("columns without a place become custom fields, which the next file finds by their names", async () => {
  const text = "Name,Email,Shirt size,Source,Отрасль,source\nAda,ada@example.com,M,web,IT,fair\n";
  const dry = await imported(organization, text, { keepUnmapped: "CUSTOM_FIELDS", dryRun: true });
  expect(dry).toMatchObject({ created: 1, unmappedColumns: [] });
  expect(await fields()).toEqual([]);
  const job = await imported(organization, text, { keepUnmapped: "CUSTOM_FIELDS" });
  expect(job.columns.map(({ customField, reason }) => [customField, reason])).toEqual([
    [null, "HEADING"],
    [null, "HEADING"],
    ["shirt_size", "KEPT"],
    [null, "HEADING"],
    ["otrasl", "KEPT"],
    // A built-in field is called so.
    ["source_2", "KEPT"],
  ]);
  expect(await fields()).toEqual([
    { name: "Shirt size", slug: "shirt_size", type: "TEXT" },
    { name: "Отрасль", slug: "otrasl", type: "TEXT" },
    { name: "source (2)", slug: "source_2", type: "TEXT" },
  ]);
  expect(await contacts("source customFields { slug value }")).toEqual([
    {
      source: "web",
      customFields: expect.arrayContaining([
        { slug: "shirt_size", value: "M" },
        { slug: "otrasl", value: "IT" },
        { slug: "source_2", value: "fair" },
      ]),
    },
  ]);
  const again = await imported(organization, text, { keepUnmapped: "CUSTOM_FIELDS", mode: "UPDATE" });
  expect(again.columns.map(({ reason }) => reason)).toContain("CUSTOM_FIELD");
  expect(await fields()).toHaveLength(3);
});

test("a member who sees assigned data only makes no custom fields by an import", async () => {
  const { key } = await organization.member({ dataScope: "ASSIGNED" });
  const { data } = await upload(key, "Name,Email,Shirt\nAda,ada@example.com,M\n", {
    keepUnmapped: "CUSTOM_FIELDS",
  });
  expect(data?.contactImport).toMatchObject({ job: null, errors: [{ code: "FORBIDDEN" }] });
  expect(await fields()).toEqual([]);
});

test("a street of several columns has as many lines; the second address of a file is another one", async () => {
  const text = [
    "Name,Email,Business Street,Business Street 2,Business City,Home Street,Home Street 2",
    'Ada,ada@example.com,Way 1,Floor 2,Rome,Lane 3,"Attic"',
  ].join("\n");
  await imported(organization, text);
  const other = "Name,Email,Address1,Address2,City\nBob,bob@example.com,Way 1,Flat B,Oslo\n";
  await imported(organization, other);
  expect(await contacts("address { street city }")).toEqual([
    { address: { street: "Way 1\nFloor 2", city: "Rome" } },
    { address: { street: "Way 1\nFlat B", city: "Oslo" } },
  ]);
});

test('subscription states of mailing systems are read as "do not contact"; other columns are reported as not imported', async () => {
  const text = [
    "Name,Email,Marketing status,HasOptedOutOfFax,Accepts Email Marketing",
    "A,a@example.com,Unsubscribed,1,no",
    "B,b@example.com,Subscribed,0,yes",
    "C,c@example.com,Non-Subscribed,0,yes",
    "D,d@example.com,no_consent,0,yes",
    "E,e@example.com,perhaps,0,yes",
  ].join("\n");
  const job = await imported(organization, text);
  expect(job).toMatchObject({ created: 4, failed: 1, errors: [{ line: 6, column: "Marketing status" }] });
  expect(job.unmappedColumns.map(({ column, reason }) => [column, reason])).toEqual([
    ["HasOptedOutOfFax", "POSSIBLE_WISH"],
    ["Accepts Email Marketing", "POSSIBLE_WISH"],
  ]);
  expect(await contacts("name doNotContact")).toEqual([
    { name: "A", doNotContact: true },
    { name: "B", doNotContact: false },
    { name: "C", doNotContact: false },
    { name: "D", doNotContact: true },
  ]);
});

async function fields() {
  const { data } = await sendText(organization.key, "{ customFields(entity: CONTACT) { name slug type } }");
  return (data as unknown as { customFields: unknown[] }).customFields;
}
