import { beforeEach, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { contactsOf, imported, type Job, jobFields } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Values that are wrong: their rows are refused, or they are left out, and the report says each. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "size", name: "Team size", type: "NUMBER", slot: "number1" });
  await organization.customField({ slug: "ref", name: "Ref", type: "TEXT", slot: "text1", unique: true });
});

const contacts = (fields: string) => contactsOf(organization.key, fields);

const headings = "Name,E-Mail,Telefon,Firma,Team size,Tags,Do not contact,Ref";
const wrong = [
  headings,
  "Ada,ada@example.com,12,Ada Ltd,many,vip,maybe,r1",
  'Bob,not an address,+4930123456;999,Bob Ltd,7,"a,b",no,r2',
  "Cy,cy@example.com,,Cy Ltd,8,,,r2",
].join("\n");

test("with LEAVE_OUT a row comes in without the values that are wrong, and the report has each with its text", async () => {
  const job = await imported(organization, wrong, { invalidValues: "LEAVE_OUT" });
  expect(job).toMatchObject({ state: "DONE", created: 3, failed: 0, leftOut: 9, errors: [] });
  const told = job.notes.map(({ line, column, code, text }) => [line, column, code, text]);
  expect(told).toEqual([
    [2, "Do not contact", "VALUE_LEFT_OUT", "maybe"],
    [2, "Telefon", "VALUE_LEFT_OUT", "12"],
    [2, "Team size", "VALUE_LEFT_OUT", "many"],
    [2, "Tags", "VALUE_LEFT_OUT", "vip"],
    [3, "E-Mail", "VALUE_LEFT_OUT", "not an address"],
    [3, "Telefon", "VALUE_LEFT_OUT", "999"],
    [3, "Tags", "VALUE_LEFT_OUT", "a"],
    [3, "Tags", "VALUE_LEFT_OUT", "b"],
    [4, "Ref", "VALUE_LEFT_OUT", "r2"],
  ]);
  expect(await contacts("name email phoneNumbers company tags { name } customFields { slug value }")).toEqual(
    [
      {
        name: "Ada",
        email: "ada@example.com",
        phoneNumbers: [],
        company: "Ada Ltd",
        tags: [],
        customFields: [{ slug: "ref", value: "r1" }],
      },
      {
        name: "Bob",
        email: null,
        phoneNumbers: ["+4930123456"],
        company: "Bob Ltd",
        tags: [],
        customFields: expect.arrayContaining([
          { slug: "size", value: 7 },
          { slug: "ref", value: "r2" },
        ]),
      },
      {
        name: "Cy",
        email: "cy@example.com",
        phoneNumbers: [],
        company: "Cy Ltd",
        tags: [],
        customFields: [{ slug: "size", value: 8 }],
      },
    ],
  );
});

test("without it each row is refused with all that is wrong, by the headings of the file", async () => {
  const job = await imported(organization, wrong);
  expect(job).toMatchObject({ state: "DONE", created: 1, failed: 2, leftOut: 0, notes: [] });
  expect(job.errors.map(({ line, column }) => [line, column])).toEqual([
    [2, "Do not contact"],
    [2, "Telefon"],
    [3, "E-Mail"],
    [3, "Telefon"],
  ]);
  const mended = wrong
    .replace("maybe", "yes")
    .replace(",12,", ",,")
    .replace("not an address", "bob@example.com");
  const next = await imported(organization, mended.replace(";999", ""), { mode: "UPDATE" });
  expect(next.errors.map(({ line, column, message }) => [line, column, message])).toEqual([
    [2, "Team size", expect.stringMatching(/^Team size /)],
    [2, "Tags", expect.stringMatching(/there is no tag "vip"/)],
    [3, "Tags", expect.stringMatching(/there is no tag "a"/)],
    [3, "Tags", expect.stringMatching(/there is no tag "b"/)],
    [3, "Ref", expect.stringMatching(/another contact has the value/)],
  ]);
});

test("a row that cannot do without what is wrong is refused all the same, with all of it", async () => {
  const job = await imported(
    organization,
    `${headings}\nAda,nothing,12,,,,,\n,,+4930123456,,,,,\nBob,b@example.com\n`,
    {
      invalidValues: "LEAVE_OUT",
    },
  );
  expect(job).toMatchObject({ created: 0, failed: 3, leftOut: 0, notes: [] });
  expect(job.errors.map(({ line, column, code }) => [line, column, code])).toEqual([
    [2, "E-Mail", "INVALID_EMAIL"],
    [2, "Telefon", "INVALID_PHONE"],
    [2, "E-Mail", "REQUIRED"],
    [3, "Name", "REQUIRED"],
    [4, null, "INVALID_VALUE"],
  ]);
});

test("an address that another contact has is left out, and a later row with it means the other one", async () => {
  await organization.contact({ name: "Other", email: "other@example.com" });
  const text = [
    "ID,Name,Email,Phone",
    ",New,new@example.com,+4930111111",
    ",New,other@example.com,+4930111111",
    ",Other again,other@example.com,+4930222222",
  ].join("\n");
  const job = await imported(organization, text, {
    invalidValues: "LEAVE_OUT",
    matchOn: ["PHONE"],
    mode: "UPDATE",
  });
  expect(job).toMatchObject({ created: 2, updated: 1, failed: 0, leftOut: 2 });
  expect(job.notes.map(({ row, column, text }) => [row, column, text])).toEqual([
    [2, "Email", "other@example.com"],
    [3, "Email", "other@example.com"],
  ]);
});

test("rows of an input: what was left out is named by its place", async () => {
  const { job }: { job?: Job } = await mutate(
    organization.key,
    "contactImport(input: $input)",
    `job { ${jobFields} } errors { message }`,
    {
      input: {
        invalidValues: "LEAVE_OUT",
        rows: [
          {
            name: "Ada",
            email: "ada@example.com",
            phoneNumbers: ["+4930123456", "1", "2", "+4930123457"],
            customFields: [
              { slug: "ref", value: null },
              { slug: "size", value: "many" },
              { slug: "nope", value: 1 },
            ],
          },
        ],
      },
    },
    "($input: ContactImportInput!)",
  );
  expect(job).toMatchObject({ created: 1, failed: 0, leftOut: 4 });
  expect(job?.notes.map(({ column, text }) => [column, text])).toEqual([
    ["phoneNumbers.1", "1"],
    ["phoneNumbers.2", "2"],
    ["customFields.1.value", "many"],
    ["customFields.2.slug", "1"],
  ]);
  expect(await contacts("phoneNumbers customFields { slug }")).toEqual([
    { phoneNumbers: ["+4930123456", "+4930123457"], customFields: [] },
  ]);
});

test("an owner in a file is a member by address, name or id; an unknown owner is noted, and the row is imported", async () => {
  const { prisma } = await testDatabase();
  const [one, two, three] = [
    await organization.member(),
    await organization.member(),
    await organization.member(),
  ];
  const stranger = await (await Organization.make()).member();
  for (const [{ userId }, name] of [
    [one, "Zoé Quint"],
    [two, "Pat Lee"],
    [three, "Pat Lee"],
    [stranger, "Not Ours"],
  ] as const) {
    await prisma.user.update({ where: { id: userId }, data: { name } });
  }
  const text = [
    "Name,Email,Owner",
    "A,a@example.com,zoé quint",
    `B,b@example.com,${two.email.toUpperCase()}`,
    "C,c@example.com,Pat Lee",
    "D,d@example.com,Not Ours",
    "E,e@example.com,",
  ].join("\n");
  const job = await imported(organization, text);
  expect(job).toMatchObject({ created: 5, failed: 0 });
  expect(job.notes.map(({ row, column, code, message }) => [row, column, code, message])).toEqual([
    [3, "Owner", "OWNER_UNKNOWN", 'several members are called "Pat Lee"'],
    [4, "Owner", "OWNER_UNKNOWN", '"Not Ours" is no member\'s e-mail address, name or id'],
  ]);
  expect(await contacts("owner { name }")).toEqual([
    { owner: { name: "Zoé Quint" } },
    { owner: { name: "Pat Lee" } },
    { owner: null },
    { owner: null },
    { owner: null },
  ]);
});

test("a restricted member's rows stay their own, whomever the file names", async () => {
  const { key, email } = await organization.member({ dataScope: "ASSIGNED" });
  const other = await organization.member();
  const text = `Name,Email,Owner\nA,a@example.com,${email}\nB,b@example.com,${other.email}\n`;
  const job = await imported(organization, text, {}, key);
  expect(job).toMatchObject({ created: 2, notes: [{ row: 2, code: "OWNER_UNKNOWN" }] });
  expect(await contacts("owner { email }")).toEqual([{ owner: { email } }, { owner: { email } }]);
});
