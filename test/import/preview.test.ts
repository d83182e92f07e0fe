import { beforeEach, expect, test } from "vitest";
import { testDatabase } from "../support/database.ts";
import { contactsOf, imported, uploadAs } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** What an import would do, before it does anything. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

interface Preview {
  readonly encoding: string;
  readonly delimiter: string;
  readonly headingsRow: number;
  readonly total: number;
  readonly whole: boolean;
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  readonly leftOut: number;
  readonly columns: { column: string; field: string | null; customField: string | null; reason: string }[];
  readonly unmappedColumns: { column: string; samples: string[] }[];
  readonly rows: {
    row: number;
    line: number;
    outcome: string;
    values: { field: string | null; customField: string | null; values: string[] }[];
    problems: { column: string | null; code: string; message: string; text: string | null }[];
  }[];
}

async function previewed(
  file: string | Uint8Array<ArrayBuffer>,
  input: object = {},
  { key = organization.key, of = "contact" } = {},
) {
  const type = of === "lead" ? "LeadImportInput" : "ContactImportInput";
  const { data, text } = await uploadAs<
    Record<string, { preview: Preview | null; errors: { code: string; path: string[]; message: string }[] }>
  >(
    key,
    `mutation ($input: ${type}!) { ${of}ImportPreview(input: $input) {
      preview { encoding delimiter headingsRow total whole created updated skipped failed leftOut
        columns { column field customField reason } unmappedColumns { column samples }
        rows { row line outcome values { field customField values } problems { column code message text } } }
      errors { code path message } } }`,
    { input },
    file,
  );
  const answer = data?.[`${of}ImportPreview`];
  if (!answer) throw new Error(text);
  return answer;
}

const file = [
  "exported by Ada",
  "Name;E-Mail;Telefon;Straße;Ort;Size;Tags;Owner;Hut",
  "Jürgen;j@example.com;030 123456;Weg 1;Köln;4;vip;;rot",
  "There;there@example.com;;;;;;;",
  "Bad;nothing;12;;;many;;;",
].join("\n");

test("a preview shows the file's format, the mapping of its columns, and the result for its rows", async () => {
  await organization.customField({ slug: "size", name: "Size", type: "NUMBER", slot: "number1" });
  await organization.contact({ name: "There", email: "there@example.com" });
  const before = await everything();
  const { preview, errors } = await previewed(new Uint8Array(Buffer.from(file, "latin1")), {
    defaultCountry: "DE",
    createMissingTags: true,
  });
  expect(errors).toEqual([]);
  expect(preview).toMatchObject({
    encoding: "WINDOWS_1252",
    delimiter: ";",
    headingsRow: 2,
    total: 3,
    whole: true,
    created: 1,
    updated: 0,
    skipped: 1,
    failed: 1,
    leftOut: 0,
    unmappedColumns: [{ column: "Hut", samples: ["rot"] }],
  });
  expect(preview?.columns.map(({ column, field, customField }) => [column, field ?? customField])).toEqual([
    ["Name", "NAME"],
    ["E-Mail", "EMAIL"],
    ["Telefon", "PHONE"],
    ["Straße", "STREET"],
    ["Ort", "CITY"],
    ["Size", "size"],
    ["Tags", "TAGS"],
    ["Owner", "OWNER"],
    ["Hut", null],
  ]);
  const [first, second, third] = preview?.rows ?? [];
  expect(first).toMatchObject({ row: 1, line: 3, outcome: "CREATED", problems: [] });
  expect(first?.values).toEqual(
    expect.arrayContaining([
      { field: "NAME", customField: null, values: ["Jürgen"] },
      { field: "EMAIL", customField: null, values: ["j@example.com"] },
      { field: "PHONE", customField: null, values: ["+4930123456"] },
      { field: "STREET", customField: null, values: ["Weg 1"] },
      { field: "CITY", customField: null, values: ["Köln"] },
      { field: null, customField: "size", values: ["4"] },
      { field: "TAGS", customField: null, values: ["vip"] },
    ]),
  );
  expect(second).toMatchObject({ outcome: "SKIPPED", values: [] });
  expect(third).toMatchObject({
    line: 5,
    outcome: "REFUSED",
    values: [],
    problems: [{ column: "E-Mail" }, { column: "Telefon" }],
  });
  expect(await everything()).toEqual(before);
});

test("an import with the preview's mapping has the previewed result", async () => {
  const bytes = new Uint8Array(Buffer.from(file, "latin1"));
  const options = { defaultCountry: "DE", createMissingTags: true, invalidValues: "LEAVE_OUT" };
  const { preview } = await previewed(bytes, { ...options, keepUnmapped: "NOTES" });
  if (!preview) throw new Error("no preview");
  const { encoding, delimiter, headingsRow, columns, created, failed, leftOut } = preview;
  const mapping = columns
    // What is kept is said by the option.
    .filter(({ reason }) => reason !== "KEPT")
    .map(({ column, field, customField }) => ({ column, field, customField }));
  const job = await imported(organization, bytes, {
    ...options,
    encoding,
    delimiter,
    headingsRow,
    mapping,
    keepUnmapped: "NOTES",
  });
  expect(job).toMatchObject({ created, failed, leftOut, total: 3 });
  expect(await contactsOf(organization.key, "name notes phoneNumbers")).toContainEqual({
    name: "Jürgen",
    notes: "Size: 4\nHut: rot",
    phoneNumbers: ["+4930123456"],
  });
});

test("of a large file the first thousand rows are looked at, and no row that the beginning breaks off", async () => {
  const rows = Array.from({ length: 5000 }, (_, at) => `Name ${at},n${at}@example.com,${"x".repeat(300)}`);
  const { preview } = await previewed(["Name,Email,Notes", ...rows].join("\n"));
  expect(preview).toMatchObject({ total: 1000, whole: false, created: 1000, failed: 0 });
  expect(preview?.rows).toHaveLength(10);
  const wide = Array.from({ length: 200 }, (_, at) => `Name ${at},n${at}@example.com,${"x".repeat(9000)}`);
  const broken = await previewed(["Name,Email,Notes", ...wide].join("\n"));
  expect(broken.preview?.whole).toBe(false);
  expect(broken.preview?.failed).toBe(0);
  expect(broken.preview?.created).toBe(broken.preview?.total);
});

test("leads are previewed by their own table of headings", async () => {
  const text = "Name,Email,Status,Deal value,Currency\nAda,ada@example.com,contacted,12.5,eur\n";
  const { preview } = await previewed(text, {}, { of: "lead" });
  expect(preview).toMatchObject({ created: 1, failed: 0 });
  expect(preview?.rows[0]?.values).toEqual(
    expect.arrayContaining([
      { field: "STATUS", customField: null, values: ["CONTACTED"] },
      { field: "DEAL_VALUE", customField: null, values: ["12.5"] },
      { field: "DEAL_CURRENCY", customField: null, values: ["EUR"] },
    ]),
  );
});

test("what an import would refuse as a whole a preview refuses too", async () => {
  expect(await previewed("a,b\n1,2\n")).toMatchObject({
    preview: null,
    errors: [{ code: "INVALID_VALUE", path: ["input", "mapping"] }],
  });
  expect(await previewed("Name\nAda\n", { tags: ["nope"] })).toMatchObject({
    preview: null,
    errors: [{ code: "UNKNOWN_REFERENCE" }],
  });
  expect(await previewed("Name\nAda\n", { headingsRow: 0 })).toMatchObject({
    preview: null,
    errors: [{ path: ["input", "headingsRow"] }],
  });
});

test("a restricted member's preview finds no contact that they may not see", async () => {
  const { key } = await organization.member({ dataScope: "ASSIGNED" });
  await organization.contact({ name: "Hidden", email: "hidden@example.com", company: "Secret Ltd" });
  const { preview } = await previewed("Name,Email\nHidden,hidden@example.com\n", { mode: "UPDATE" }, { key });
  expect(preview).toMatchObject({ updated: 0, failed: 1, rows: [{ outcome: "REFUSED", values: [] }] });
  expect(JSON.stringify(preview)).not.toContain("Secret");
});

/** All that an organization has of what an import writes. */
async function everything() {
  const { prisma } = await testDatabase();
  const where = { orgId: organization.id };
  return {
    contacts: await prisma.contact.findMany({ where, orderBy: { id: "asc" } }),
    tags: await prisma.tag.findMany({ where }),
    jobs: await prisma.importJob.count({ where }),
    errors: await prisma.importError.count({ where }),
    chunks: await prisma.importChunk.count({ where }),
    fields: await prisma.customField.count({ where }),
  };
}
