import { beforeEach, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { contactsOf, imported, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Importing CSV files. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const contacts = (fields?: string) => contactsOf(key, fields);

test("columns go where their headings say, custom fields and tags included, and every row is counted once", async () => {
  await organization.customField({ slug: "team_size", name: "Team size", type: "NUMBER", slot: "number1" });
  await organization.contact({ name: "There", email: "there@example.com" });
  const job = await imported(
    organization,
    [
      "First Name,lastName,E-mail,Phone number,City,Team size,Tags,Favourite colour",
      'Ada,Lovelace,ada@example.com,+33612345678; +33612345679,London,12,"vip, new",red',
      "Bob,Builder,bob@example.com,,,many,,blue",
      "There,Already,THERE@example.com,,,,,",
      ",,,,,,,",
      "",
      "No,Address,,,,,,",
    ].join("\n"),
    { createMissingTags: true },
  );
  expect(job).toMatchObject({
    state: "DONE",
    encoding: "utf-8",
    delimiter: ",",
    total: 4,
    done: 4,
    created: 1,
    updated: 0,
    skipped: 1,
    failed: 2,
    blank: 2,
  });
  expect(job.columns).toContainEqual({
    column: "Team size",
    field: null,
    customField: "team_size",
    reason: "CUSTOM_FIELD",
  });
  expect(job.columns).toContainEqual({
    column: "Favourite colour",
    field: null,
    customField: null,
    reason: "UNKNOWN",
  });
  expect(job.errors).toMatchObject([
    {
      row: 2,
      line: 3,
      column: "Team size",
      code: "INVALID_CUSTOM_VALUE",
      message: expect.stringMatching(/^Team size /),
      raw: "Bob,Builder,bob@example.com,,,many,,blue",
    },
    { row: 4, line: 7, code: "REQUIRED", raw: "No,Address,,,,,," },
  ]);
  expect(
    await contacts(
      "name email phoneNumbers address { city } tags { name } customFields { slug value } lastModificationSource version",
    ),
  ).toEqual([
    {
      name: "Ada Lovelace",
      email: "ada@example.com",
      phoneNumbers: ["+33612345678", "+33612345679"],
      address: { city: "London" },
      tags: [{ name: "new" }, { name: "vip" }],
      customFields: [{ slug: "team_size", value: 12 }],
      lastModificationSource: "IMPORT",
      version: 1,
    },
    expect.objectContaining({ name: "There", lastModificationSource: "API" }),
  ]);
  const found = await sendText(
    key,
    '{ contacts(filter: { tags: { hasAny: ["vip"] }, customFields: [{ slug: "team_size", number: { gt: 11 } }] }) { totalCount } }',
  );
  expect(found.data).toEqual({ contacts: { totalCount: 1 } });
});

test("the caller says where columns go, and with REPLACE what is left out goes nowhere", async () => {
  const job = await imported(organization, "who;mail;company\nAda;ada@example.com;y\n", {
    mappingMode: "REPLACE",
    mapping: [
      { column: "who", field: "NAME" },
      { column: "mail", field: "EMAIL" },
    ],
  });
  expect(job).toMatchObject({ delimiter: ";", created: 1 });
  expect(await contacts("name email company")).toEqual([
    { name: "Ada", email: "ada@example.com", company: null },
  ]);
});

test("an existing contact is changed in the mode UPDATE; empty cells leave what is there", async () => {
  const before = await organization.contact({
    name: "Ada",
    email: "ada@example.com",
    company: "Old",
    tags: ["kept"],
  });
  await organization.tag("added");
  const job = await imported(organization, "email,company,title,tags\nADA@example.com,,CTO,added\n", {
    mode: "UPDATE",
  });
  expect(job).toMatchObject({ total: 1, updated: 1, errors: [] });
  expect(await contacts("id name company title version tags { name } lastModificationSource")).toEqual([
    {
      id: before.globalId,
      name: "Ada",
      company: "Old",
      title: "CTO",
      version: 2,
      tags: [{ name: "added" }, { name: "kept" }],
      lastModificationSource: "IMPORT",
    },
  ]);
});

test.each([
  ["SKIP", { created: 1, updated: 0, skipped: 1 }, "First"],
  ["UPDATE", { created: 1, updated: 1, skipped: 0 }, "Second"],
])("the same address twice in a file is one contact: %s", async (mode, counts, name) => {
  const job = await imported(organization, "name,email\nFirst,same@example.com\nSecond,SAME@example.com\n", {
    mode,
  });
  expect(job).toMatchObject({ total: 2, done: 2, failed: 0, ...counts });
  expect(await contacts("name")).toEqual([{ name }]);
});

test("a dry run counts what would be done and writes nothing", async () => {
  await organization.contact({ name: "There", email: "there@example.com" });
  const file = "name,email,tags\nA,a@example.com,new\nB,there@example.com,\nC,a@example.com,\n,x,\n";
  const job = await imported(organization, file, { dryRun: true, createMissingTags: true });
  expect(job).toMatchObject({ state: "DONE", total: 4, created: 1, skipped: 2, failed: 1 });
  expect(await contacts("name")).toEqual([{ name: "There" }]);
  expect((await sendText(key, "{ tags { name } }")).data).toEqual({ tags: [] });
});

test.each([
  ["utf-8", new TextEncoder().encode("name;email\nÅsa;a@example.com\n")],
  [
    "utf-8",
    new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode("name;email\nÅsa;a@example.com\n")]),
  ],
  ["utf-16le", new Uint8Array([0xff, 0xfe, ...Buffer.from("name;email\nÅsa;a@example.com\n", "utf16le")])],
  [
    "utf-16be",
    new Uint8Array([0xfe, 0xff, ...Buffer.from("name;email\nÅsa;a@example.com\n", "utf16le").swap16()]),
  ],
  ["windows-1252", new Uint8Array(Buffer.from("name;email\nÅsa;a@example.com\n", "latin1"))],
])("a file in %s is read as such, and says so", async (encoding, bytes) => {
  expect(await imported(organization, bytes)).toMatchObject({ encoding, delimiter: ";", created: 1 });
  expect(await contacts("name")).toEqual([{ name: "Åsa" }]);
});

test("a row whose bytes cannot be decoded is refused with its line", async () => {
  const bytes = Buffer.concat([
    Buffer.from("name,email\nGood,good@example.com\n"),
    Buffer.from("B\xe5d,bad@example.com\n", "latin1"),
  ]);
  const job = await imported(organization, new Uint8Array(bytes), { encoding: "UTF_8" });
  expect(job).toMatchObject({ created: 1, failed: 1, errors: [{ row: 2, line: 3, column: "name" }] });
});

test.each([
  ["comma", ","],
  ["semicolon", ";"],
  ["tab", "\t"],
  ["bar", "|"],
])("columns separated by a %s are told apart", async (_name, delimiter) => {
  const job = await imported(organization, `name${delimiter}email\r\nA${delimiter}a@example.com\r\n`);
  expect(job).toMatchObject({ delimiter, created: 1 });
});

test("a decimal comma is a decimal comma where semicolons separate columns", async () => {
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  await imported(organization, "name;email;score\nA;a@example.com;12,5\n");
  expect(await contacts("customFields { value }")).toEqual([{ customFields: [{ value: 12.5 }] }]);
});

test("quotes, line feeds inside them, and any line ending are read as RFC 4180 has them", async () => {
  const job = await imported(
    organization,
    'name,email,notes\r\n"A ""quoted"" name",a@example.com,"two\nlines"\nB,b@example.com,c\r\nC,c@example.com,d',
  );
  expect(job).toMatchObject({ total: 3, created: 3, failed: 0 });
  expect(await contacts("name notes")).toContainEqual({ name: 'A "quoted" name', notes: "two\nlines" });
});

test("a quote that is never closed is an error of its row; the rows before and after it are kept", async () => {
  const job = await imported(
    organization,
    'name,email\nA,a@example.com\n"B,b@example.com\nC,c@example.com\n',
  );
  expect(job).toMatchObject({
    state: "DONE",
    total: 3,
    created: 2,
    failed: 1,
    errors: [{ row: 2, line: 3, column: null, raw: '"B,b@example.com' }],
  });
  expect(job.errors[0]?.message).toMatch(/quote that is not closed/);
});

test.each([
  ["in the middle of a cell", 1_500, 'St"ray,stray@example.com,'],
  ["in the middle of a cell", 2_999, 'St"ray,stray@example.com,'],
  ["before other letters", 1_500, '"Stray"s,stray@example.com,'],
  ["that is never closed", 1_500, '"Stray,stray@example.com,'],
  ["that is never closed", 2_999, '"Stray,stray@example.com,'],
])(
  "of a long file with a quote %s, only the row itself is refused, after %i others",
  async (_case, before, stray) => {
    const notes = "x".repeat(200);
    const rows = Array.from({ length: 3_000 }, (_, at) => `P${at},p${at}@example.com,${notes}`);
    rows[before] = stray;
    const job = await imported(organization, `name,email,notes\n${rows.join("\n")}\n`);
    expect(job).toMatchObject({
      state: "DONE",
      total: 3_000,
      done: 3_000,
      created: 2_999,
      failed: 1,
      errors: [{ row: before + 1, line: before + 2, column: null }],
    });
  },
);

test("rows that are too short or too long say what was expected", async () => {
  const job = await imported(
    organization,
    "name,email,city\nA,a@example.com\nB,b@example.com,x,y\nC,c@example.com,z\n",
  );
  expect(job).toMatchObject({
    created: 1,
    failed: 2,
    errors: [
      { line: 2, message: "expected 3 columns, found 2" },
      { line: 3, message: "expected 3 columns, found 4" },
    ],
  });
});

test.each([
  ["a dangerous heading", "name,__proto__\n", /__proto__/],
  ["no known heading", "Ada,ada@example.com\nBob,bob@example.com\n", /no column heading is known/],
  ["nothing", "", /is empty/],
  ["a spreadsheet", "PK\x03\x04xxxx", /spreadsheet/],
])("a file with %s is refused before anything is done", async (_name, file, message) => {
  const { data } = await upload(key, file);
  expect(data?.contactImport.job).toBeNull();
  expect(data?.contactImport.errors[0]?.message).toMatch(message);
  const { prisma } = await testDatabase();
  expect(await prisma.importJob.count({ where: { orgId: organization.id } })).toBe(0);
});

test("a mapping that does not fit the file is refused, all of it at once", async () => {
  const { data } = await upload(key, "a,b\n1,2\n", {
    mapping: [
      { column: "nope", field: "NAME" },
      { column: "a", customField: "nothing" },
      { column: "b", field: "NAME", customField: "x" },
    ],
  });
  expect(data?.contactImport.errors.map(({ code, path }) => [code, path.join(".")])).toEqual([
    ["INVALID_VALUE", "input.mapping.0.column"],
    ["UNKNOWN_CUSTOM_FIELD", "input.mapping.1.customField"],
    ["INVALID_VALUE", "input.mapping.2"],
  ]);
});
