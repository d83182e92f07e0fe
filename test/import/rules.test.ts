import { beforeEach, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { contactsOf, imported, type Job, jobFields, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** How an import reads and checks the values of its rows. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const importRows = async (rows: unknown[], more: Record<string, unknown> = {}, as = key) => {
  const { job, errors } = await mutate<{ job: Job | null }>(
    as,
    "contactImport(input: $input)",
    `job { ${jobFields} }`,
    { input: { rows, ...more } },
    "($input: ContactImportInput!)",
  );
  if (!job) throw new Error(JSON.stringify(errors));
  return job;
};

const contacts = (fields: string) => contactsOf(key, fields);

test("numbers with a decimal comma are read exactly, and ambiguous ones are refused", async () => {
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  const said = [
    "12,5",
    "1.250,75",
    "1.250.000",
    "0.125",
    "12.5",
    "-1.250,5",
    "1250",
    "1.250",
    "-1.250",
    "1.25.0",
  ];
  const rows = said.map((score, at) => `P${at};p${at}@example.com;${score}`);
  const job = await imported(organization, `name;email;score\n${rows.join("\n")}\n`);
  expect(job.errors.map(({ row, column, message }) => [row, column, message])).toEqual([
    [8, "score", expect.stringMatching(/may be 1250 or 1.250,/)],
    [9, "score", expect.stringMatching(/may be -1250 or -1.250,/)],
    [10, expect.anything(), expect.stringMatching(/must be a decimal/)],
  ]);
  expect((await contacts("customFields { value }")).map(({ customFields }) => customFields)).toEqual(
    [12.5, 1250.75, 1_250_000, 0.125, 12.5, -1250.5, 1250].map((value) => [{ value }]),
  );
});

test("a row's own owner and its createMissingTags count", async () => {
  const member = await organization.member();
  const stranger = await (await Organization.make()).member();
  await organization.contact({ name: "There", email: "there@example.com" });
  const job = await importRows(
    [
      { name: "A", email: "a@example.com", ownerId: member.globalId },
      { name: "B", email: "b@example.com", ownerId: stranger.globalId },
      { name: "C", email: "c@example.com", tags: ["made"], createMissingTags: true },
      { name: "D", email: "d@example.com", tags: ["made"] },
      { name: "E", email: "e@example.com", tags: ["not made"] },
      { email: "there@example.com", ownerId: member.globalId },
      {
        name: "F",
        email: "f@example.com",
        tags: ["tag_01h455vb4pex5vsknk084sn02q"],
        createMissingTags: true,
      },
      { name: "G", email: "g@example.com", tags: [" "], createMissingTags: true },
    ],
    { mode: "UPDATE" },
  );
  expect(job.errors.map(({ row, column, code }) => [row, column, code])).toEqual([
    [2, "ownerId", "UNKNOWN_REFERENCE"],
    [5, "tags.0", "UNKNOWN_REFERENCE"],
    [7, "tags.0", "UNKNOWN_REFERENCE"],
    [8, "tags.0", "REQUIRED"],
  ]);
  expect(await contacts("name owner { id } tags { name }")).toEqual([
    { name: "A", owner: { id: member.globalId }, tags: [] },
    { name: "C", owner: null, tags: [{ name: "made" }] },
    { name: "D", owner: null, tags: [{ name: "made" }] },
    { name: "There", owner: { id: member.globalId }, tags: [] },
  ]);
});

test("a restricted member can assign imported rows only to themselves", async () => {
  const other = await organization.member();
  const member = await organization.member({ dataScope: "ASSIGNED" });
  const job = await importRows(
    [{ name: "A", email: "a@example.com", ownerId: other.globalId }],
    {},
    member.key,
  );
  expect(job).toMatchObject({ created: 0, errors: [{ column: "ownerId", code: "INVALID_VALUE" }] });
});

test("empty, blank and null values of a row keep the existing values", async () => {
  await organization.customField({ slug: "industry", type: "TEXT", slot: "text1" });
  const city = "Paris";
  await organization.contact({
    name: "Ada",
    email: "ada@example.com",
    phoneNumbers: ["+33612345678"],
    company: "Kept",
    notes: "kept",
    city,
    doNotContact: true,
    custom: { industry: "Tech" },
  });
  const nothing = {
    name: null,
    phoneNumbers: null,
    company: null,
    notes: "  ",
    address: { city: null },
    doNotContact: null,
    ownerId: null,
    tags: null,
    customFields: [{ slug: "industry", value: null }],
  };
  const job = await importRows([{ email: "ada@example.com", ...nothing }], { mode: "UPDATE" });
  expect(job).toMatchObject({ updated: 1, errors: [] });
  await imported(organization, "email,company,notes,city,industry\nada@example.com,,\u200b,,\n", {
    mode: "UPDATE",
  });
  expect(
    await contacts("name phoneNumbers company notes doNotContact address { city } customFields { value }"),
  ).toEqual([
    {
      name: "Ada",
      phoneNumbers: ["+33612345678"],
      company: "Kept",
      notes: "kept",
      doNotContact: true,
      address: { city },
      customFields: [{ value: "Tech" }],
    },
  ]);
  const unknown = await importRows([
    { ...nothing, name: "B", email: "b@example.com", customFields: [{ slug: "nope", value: null }] },
  ]);
  expect(unknown.errors).toMatchObject([{ code: "UNKNOWN_CUSTOM_FIELD" }]);
});

test("a custom field that two columns are mapped to, or that a row has twice, is refused", async () => {
  await organization.customField({ slug: "team_size", name: "Team size", type: "TEXT", slot: "text1" });
  const text = "name,email,team_size,Team size\nA,a@example.com,1,2\n";
  const mapping = [
    { column: "name", field: "NAME" },
    { column: "team_size", customField: "team_size" },
    { column: "Team size", customField: "team_size" },
  ];
  const { data } = await upload(key, text, { mapping });
  expect(data?.contactImport.errors).toMatchObject([
    {
      path: ["input", "mapping"],
      message: expect.stringMatching(/"team_size" and "Team size" both go to the custom field/),
    },
  ]);
  const byHeading = await upload(key, text, { dryRun: true });
  expect(byHeading.data?.contactImport.job?.columns).toMatchObject([
    { field: "NAME" },
    { field: "EMAIL" },
    { column: "team_size", customField: "team_size" },
    { column: "Team size", field: null, customField: null },
  ]);
  const customFields = ["1", "2"].map((value) => ({ slug: "team_size", value }));
  expect((await importRows([{ name: "A", email: "a@example.com", customFields }])).errors).toMatchObject([
    { code: "INVALID_VALUE", message: expect.stringMatching(/twice/) },
  ]);
  const { errors } = await mutate(
    key,
    "contactCreate(input: $input)",
    "__typename",
    { input: { name: "A", email: "a@example.com", customFields } },
    "($input: ContactCreateInput!)",
  );
  expect(errors).toMatchObject([{ path: ["input", "customFields", "1", "slug"] }]);
});

test("a custom field named like a common heading gets that column", async () => {
  for (const slug of ["region", "position", "mail"])
    await organization.customField({ slug, name: `Our ${slug}`, type: "TEXT" });
  await organization.customField({ slug: "sales_town", name: "Town", type: "TEXT" });
  const { data } = await upload(
    key,
    "Name,Email,Region,position,mail,Town,Telephone\nA,a@example.com,EMEA,3,daily,x,+33612345678\n",
    { dryRun: true },
  );
  expect(data?.contactImport.job?.columns.map(({ field, customField }) => field ?? customField)).toEqual([
    "NAME",
    "EMAIL",
    "region",
    "position",
    "mail",
    "sales_town",
    "PHONE",
  ]);
});

test('"do not contact" is read from the usual words for yes', async () => {
  const words = ["yes", "Ja", "x", "X", "✓", "oui", "1", "TRUE"];
  const rows = words.map((word, at) => `P${at},p${at}@example.com,${word}`);
  const job = await imported(organization, `name,email,do not contact\n${rows.join("\n")}\n`);
  expect(job).toMatchObject({ created: words.length, errors: [] });
  expect(await contacts("doNotContact")).toEqual(words.map(() => ({ doNotContact: true })));
});

test("rows with only a phone number match the same contacts when they are imported again", async () => {
  await organization.contact({ name: "Twice", phoneNumbers: ["+33600000001"] });
  await organization.contact({ name: "Twice", phoneNumbers: ["+33600000001"] });
  const other = await Organization.make();
  await other.contact({ name: "Ann", phoneNumbers: ["+33612345678"] });
  const file = [
    "first name,last name,phone,company",
    "Ann,,+33612345678,One",
    "Bob,,+33612345678,Shares her phone",
    "ann,,+33 6 12 34 56 78,Two",
    "Twice,,+33600000001,x",
  ].join("\n");
  expect(await imported(organization, file)).toMatchObject({ created: 2, skipped: 2, failed: 0 });
  expect(await imported(organization, file)).toMatchObject({ created: 0, skipped: 4, failed: 0 });
  const again = await imported(organization, file, { mode: "UPDATE" });
  expect(again).toMatchObject({
    created: 0,
    updated: 3,
    failed: 1,
    errors: [{ row: 4, code: "AMBIGUOUS_MATCH" }],
  });
  expect(await contacts("name company")).toMatchObject([
    { name: "ann", company: "Two" },
    { name: "Bob", company: "Shares her phone" },
    { name: "Twice" },
    { name: "Twice" },
  ]);
});

test("two imports of the same phone numbers at once make each person once", async () => {
  const rows = Array.from({ length: 20 }, (_, at) => ({
    name: `R${at}`,
    phoneNumbers: [`+336000001${at + 10}`],
  }));
  const jobs = await Promise.all([importRows(rows), importRows(rows)]);
  expect(jobs.map(({ created, skipped }) => created + skipped)).toEqual([20, 20]);
  expect(jobs.reduce((sum, { created }) => sum + created, 0)).toBe(20);
});

test("all problems of hundreds of rows with thirty problems each are reported", async () => {
  const slugs = Array.from({ length: 30 }, (_, at) => `number_${at}`);
  for (const slug of slugs) await organization.customField({ slug, type: "NUMBER" });
  const bad = slugs.map((_, at) => (at === 0 ? "😀".repeat(40) : "x")).join(",");
  const rows = Array.from({ length: 300 }, (_, at) => `A,a${at}@example.com,${bad}`);
  const file = `name,email,${slugs.join(",")}\n${rows.join("\n")}\n`;
  expect(await imported(organization, file)).toMatchObject({ state: "DONE", failed: 300 });
});

test("of a row with very many problems the first ones are reported, and the number of the others", async () => {
  const slugs = Array.from({ length: 60 }, (_, at) => `number_${at}`);
  for (const slug of slugs) await organization.customField({ slug, type: "NUMBER" });
  const job = await imported(
    organization,
    `name,email,${slugs.join(",")}\nA,a@example.com,${slugs.map(() => "x").join(",")}\n`,
  );
  expect(job).toMatchObject({ failed: 1 });
  expect(job.errors).toHaveLength(21);
  expect(job.errors.at(-1)).toMatchObject({ column: null, message: "has 40 more problems" });
});
