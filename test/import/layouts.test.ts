import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { contactsOf, imported, jobFields, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Files as other systems and spreadsheets write them, imported without a mapping. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const file = (name: string) => readFileSync(new URL(`files/${name}`, import.meta.url));
const nowhere = (job: Awaited<ReturnType<typeof imported>>) =>
  job.columns
    .filter(({ field, customField }) => field === null && customField === null)
    .map(({ column }) => column);
async function rowsOf({ key }: Organization, rows: unknown[], defaultCountry: string) {
  const { job } = await mutate(
    key,
    "contactImport(input: $input)",
    `job { ${jobFields} } errors { message }`,
    { input: { rows, defaultCountry } },
    "($input: ContactImportInput!)",
  );
  return job;
}

const contacts = (fields: string) => contactsOf(organization.key, fields);

test("Google Contacts: numbered columns, several values in a cell, labels without Google's own groups", async () => {
  const job = await imported(organization, file("google.csv"), {
    createMissingTags: true,
    defaultCountry: "DE",
  });
  expect(job).toMatchObject({ state: "DONE", created: 1, failed: 0, total: 1 });
  expect(nowhere(job)).toEqual([
    "Middle Name",
    "Phonetic First Name",
    "Name Prefix",
    "Nickname",
    "Birthday",
    "E-mail 1 - Label",
    "E-mail 2 - Label",
    "Phone 1 - Label",
    "Phone 2 - Label",
  ]);
  expect(
    await contacts(
      "name email otherEmails phoneNumbers company title notes url tags { name } address { street city state zip country }",
    ),
  ).toEqual([
    {
      name: "Mara Quint",
      email: "mara.g1@quint.example",
      otherEmails: ["mara.home@quint.example"],
      phoneNumbers: ["+4915123456789", "+49301234567", "+4930998877"],
      company: "Quint GmbH",
      title: "CEO",
      notes: "met at fair\nsecond line",
      url: "https://quint.example",
      tags: [{ name: "vip" }],
      address: { street: "Hauptstr. 1", city: "Berlin", state: "BE", zip: "01067", country: "Germany" },
    },
  ]);
});

test("Salesforce: the mailing address, and Do Not Call is a wish", async () => {
  const job = await imported(organization, file("salesforce.csv"), { defaultCountry: "US" });
  expect(job).toMatchObject({ state: "DONE", created: 1, failed: 0 });
  expect(nowhere(job)).toEqual(["Salutation", "Fax", "Account Owner"]);
  expect(
    await contacts(
      "name email company title phoneNumbers allowPhoneCalls doNotContact address { street zip country }",
    ),
  ).toEqual([
    {
      name: "Ines Roa",
      email: "ines.s1@roa.example",
      company: "Roa, Inc.",
      title: "VP, Ops",
      phoneNumbers: ["+15125550143", "+15125550144"],
      allowPhoneCalls: false,
      doNotContact: false,
      address: { street: "1 Main St\nSuite 4", zip: "07302", country: "USA" },
    },
  ]);
});

test("LinkedIn: the lines of prose above the headings are passed over, and URL is the profile", async () => {
  const job = await imported(organization, file("linkedin.csv"));
  expect(job).toMatchObject({ state: "DONE", total: 1, created: 1 });
  expect(await contacts("name email company title linkedinUrl url")).toEqual([
    {
      name: "Tom Ek",
      email: "tom.l1@ek.example",
      company: "Ek AB",
      title: "Engineer",
      linkedinUrl: "https://www.linkedin.com/in/tomek",
      url: null,
    },
  ]);
});

test("HubSpot: the company from its association, the record's own id nowhere, its owner found by name", async () => {
  const { prisma } = await testDatabase();
  const { userId } = await organization.member();
  await prisma.user.update({ where: { id: userId }, data: { name: "Ada Fischer" } });
  const job = await imported(organization, file("hubspot.csv"), { defaultCountry: "US" });
  expect(job).toMatchObject({ state: "DONE", created: 1 });
  expect(nowhere(job)).toEqual(["Record ID", "Lead Status", "Marketing contact status", "Create Date"]);
  expect(await contacts("name email company phoneNumbers owner { name }")).toEqual([
    {
      name: "Olu Ade",
      email: "OLU.H1@Ade.example",
      company: "Ade Ltd",
      phoneNumbers: ["+15125550142"],
      owner: { name: "Ada Fischer" },
    },
  ]);
});

test("a German Excel in Windows-1252", async () => {
  const job = await imported(organization, file("german-excel.csv"), { defaultCountry: "DE" });
  expect(job).toMatchObject({ state: "DONE", created: 1, delimiter: ";", encoding: "windows-1252" });
  expect(await contacts("name phoneNumbers company address { street }")).toEqual([
    {
      name: "Jürgen Müller",
      phoneNumbers: ["+49891234567"],
      company: "Müller & Söhne",
      address: { street: "Größenweg 5" },
    },
  ]);
});

test("Excel's line sep= says what separates columns, and a phone number that Excel has cut is refused as such", async () => {
  const job = await imported(organization, file("excel-sep-line.csv"));
  expect(job).toMatchObject({ state: "DONE", total: 1, failed: 1, delimiter: ";" });
  expect(job.errors).toMatchObject([
    {
      line: 3,
      column: "Phone",
      code: "INVALID_PHONE",
      message: expect.stringContaining("a spreadsheet has shortened (4,91512E+11)"),
    },
  ]);
  const without = await imported(organization, file("excel-sep-line.csv"), { invalidValues: "LEAVE_OUT" });
  expect(without).toMatchObject({
    created: 1,
    leftOut: 1,
    notes: [{ column: "Phone", text: "4,91512E+11" }],
  });
  const mended = file("excel-sep-line.csv").toString().replace("4,91512E+11", "'+491512345678");
  expect(await imported(organization, mended, { mode: "UPDATE" })).toMatchObject({ updated: 1 });
  expect(await contacts("name phoneNumbers address { zip }")).toEqual([
    { name: "Jo Ex", phoneNumbers: ["+491512345678"], address: { zip: "01067" } },
  ]);
});

test("a row in another encoding than its file is refused, and the other rows are imported unchanged", async () => {
  const job = await imported(organization, file("mixed.csv"));
  expect(job).toMatchObject({ created: 1, failed: 1 });
  expect(job.errors).toMatchObject([{ line: 3, column: "Name" }]);
  expect(await contacts("name")).toEqual([{ name: "José A" }]);
});

test("an address in letters and in punycode is one contact, found by both", async () => {
  const job = await imported(organization, file("idn.csv"), { mode: "UPDATE" });
  expect(job).toMatchObject({ total: 2, created: 1, updated: 1, failed: 0 });
  const found = async (asked: string) => {
    const { data } = await sendText(organization.key, `{ contacts(${asked}) { totalCount } }`);
    return (data as unknown as { contacts: { totalCount: number } }).contacts.totalCount;
  };
  for (const text of ["müller", "xn--"]) {
    expect(await found(`filter: { email: { contains: "${text}" } }`)).toBe(1);
    expect(await found(`search: { text: "${text}" }`)).toBe(1);
  }
});

test("a row without a name is refused, or named from its address", async () => {
  expect(await imported(organization, file("noname.csv"))).toMatchObject({ created: 0, failed: 2 });
  const named = await imported(organization, file("noname.csv"), { missingName: "FROM_EMAIL" });
  expect(named).toMatchObject({ created: 1, failed: 1 });
});

test("booleans are read in several languages, and other values are refused", async () => {
  const job = await imported(organization, file("bools.csv"));
  expect(job).toMatchObject({ created: 3, failed: 1 });
  expect(job.errors).toMatchObject([{ row: 4, column: "Do not contact" }]);
  const found = await contacts("name doNotContact allowPhoneCalls");
  expect([...found].sort((a, b) => String(a.name).localeCompare(String(b.name)))).toEqual([
    { name: "B1", doNotContact: true, allowPhoneCalls: false },
    { name: "B2", doNotContact: true, allowPhoneCalls: false },
    { name: "B3", doNotContact: true, allowPhoneCalls: true },
  ]);
});

test("of several columns with a wish one is enough, whatever their order", async () => {
  const job = await imported(
    organization,
    "Name,Email,Unsubscribed,Do not contact,Email Opt Out\nA,a@wish.example,yes,no,no\nB,b@wish.example,no,no,\nC,c@wish.example,,no,1\n",
  );
  expect(nowhere(job)).toEqual([]);
  const found = await contacts("name doNotContact");
  expect(
    found
      .filter(({ doNotContact }) => doNotContact)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["A", "C"]);
});

test("phone numbers without a country code use the default country, in files and rows, and invalid ones are refused with its name", async () => {
  expect(await imported(organization, file("german-excel.csv"), { defaultCountry: "DE" })).toMatchObject({
    created: 1,
  });
  expect(await imported(organization, file("hubspot.csv"), { defaultCountry: "US" })).toMatchObject({
    created: 1,
  });
  const job = await imported(
    organization,
    "Name,Telefon\nA,030 12345678901234\nB,+33612345678\nC,030/901820 ext. 12\n",
    {
      defaultCountry: "DE",
    },
  );
  expect(job.errors).toMatchObject([
    {
      row: 1,
      column: "Telefon",
      code: "INVALID_PHONE",
      message: "Telefon is too long for a phone number of DE, the default country",
    },
  ]);
  const rows = [
    { name: "D", phoneNumbers: ["0151 23456789"] },
    { name: "E", phoneNumbers: ["030 12345678901234"] },
  ];
  const asRows = await rowsOf(organization, rows, "DE");
  expect(asRows).toMatchObject({
    created: 1,
    failed: 1,
    errors: [{ row: 2, column: "phoneNumbers.0", code: "INVALID_PHONE" }],
  });
  const numbers = (await contacts("phoneNumbers")).flatMap(({ phoneNumbers }) => phoneNumbers as string[]);
  expect(numbers.sort()).toEqual([
    "+15125550142",
    "+33612345678",
    "+4915123456789",
    "+4930901820;ext=12",
    "+49891234567",
  ]);
  expect(
    (await upload(organization.key, "Name,Telefon\nA,1\n", { defaultCountry: "ZZ" })).data?.contactImport
      .errors,
  ).toMatchObject([{ path: ["input", "defaultCountry"] }]);
  expect(
    (await upload(organization.key, "Name,Telefon\nA,1\n", { defaultCountry: "de" })).errors,
  ).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
});

test("tags in quotes are read before commas, a text that a spreadsheet keeps by a formula as the text, a day as a wish", async () => {
  const job = await imported(
    organization,
    'Name,Email,TAGS,Zip,Unsubscribed\nA,a@quotes.example,"""a, b"",""c""","=""01067""",2024-03-01 10:00:00\nB,b@quotes.example,"5"" pipe",,\n',
    { createMissingTags: true },
  );
  expect(job).toMatchObject({ created: 2, failed: 0 });
  const found = await contacts("name tags { name } doNotContact address { zip }");
  expect([...found].sort((a, b) => String(a.name).localeCompare(String(b.name)))).toMatchObject([
    { tags: [{ name: "a, b" }, { name: "c" }], doNotContact: true, address: { zip: "01067" } },
    { tags: [{ name: '5" pipe' }], doNotContact: false },
  ]);
});
