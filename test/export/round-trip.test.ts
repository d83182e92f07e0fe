import fc from "fast-check";
import { expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { exported } from "../support/exports.ts";
import { contactsOf, imported, jobFields } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** What an export writes, an import reads back. */

/** As many as a page of the list has. */
const COUNT = 100;

const piece = fc.constantFrom(
  ...[..."aéßłж行🙂'\"=+-@,;|:*# 5"],
  ...["\n", ":::", "''", '""', "='", "-1", "\t", "＝1"],
);
/** As inputs keep texts: without outer blanks. */
const text = fc
  .array(piece, { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join("").trim())
  .filter((each) => each !== "" && !/^="[^"]*"$/.test(each));
const line = text.map((each) => each.replace(/[\n\t]/g, " ").trim()).filter((each) => each !== "");
const optional = (arbitrary: fc.Arbitrary<unknown>) => fc.option(arbitrary, { nil: undefined });

const contact = (at: number) =>
  fc.record({
    name: line,
    email: fc.constant(`c${at}@trip.example`),
    otherEmails: fc.subarray([`o${at}@trip.example`, `p${at}@müller.example`, `q|${at}@trip.example`]),
    phoneNumbers: optional(
      fc.subarray(["+4930901820;ext=12", "+33612345678", "+15125550142"], { minLength: 1 }),
    ),
    company: optional(line),
    notes: optional(text),
    address: optional(fc.record({ street: text, zip: fc.constantFrom("01067", "'5", "-1") })),
    tags: fc.uniqueArray(line, { maxLength: 3, selector: (tag) => tag.toLowerCase().normalize() }),
    allowPhoneCalls: fc.boolean(),
    doNotContact: fc.boolean(),
    customFields: fc
      .record({
        free: line,
        list: fc.subarray(["a,b", 'c"d', "e"]),
        size: fc.constantFrom("-1.5", "1234.25"),
      })
      .map(({ free, list, size }) => [
        { slug: "free", value: free },
        { slug: "list", value: list },
        { slug: "size", value: size },
      ]),
  });

const made = async () => {
  const organization = await Organization.make();
  await organization.customField({ slug: "free", type: "TEXT" });
  await organization.customField({
    slug: "list",
    type: "MULTI_SELECT",
    options: ["a,b", 'c"d', "e"],
  });
  await organization.customField({ slug: "size", type: "NUMBER", slot: "number1" });
  return organization;
};

const fields =
  "name email otherEmails phoneNumbers company notes address { street zip } allowPhoneCalls doNotContact tags { name } customFields { slug value }";

async function all({ key }: Organization) {
  const found = await contactsOf(key, fields);
  const byEmail = (one: Record<string, unknown>) => String(one.email);
  return found
    .map((each) => ({
      ...each,
      tags: (each.tags as { name: string }[]).map(({ name }) => name).sort(),
    }))
    .sort((one, other) => (byEmail(one) < byEmail(other) ? -1 : 1));
}

/** An organization with random contacts. */
async function planted(count: number): Promise<Organization> {
  const organization = await made();
  const rows = fc.sample(fc.tuple(...Array.from({ length: count }, (_, at) => contact(at))), 1)[0] ?? [];
  const { job } = await mutate<{ job: { created: number; errors: unknown[] } | null }>(
    organization.key,
    "contactImport(input: $input)",
    `job { ${jobFields} }`,
    { input: { rows, createMissingTags: true } },
    "($input: ContactImportInput!)",
  );
  expect(job).toMatchObject({ created: count, errors: [] });
  return organization;
}

test.for([";", ","])(
  "random contacts come back as they were, and change nothing where they are, in columns divided by %s",
  async (delimiter) => {
    const organization = await planted(COUNT);
    const { text: file } = await exported(organization, { delimiter });
    const other = await made();
    const there = await imported(other, file, { createMissingTags: true });
    expect(there).toMatchObject({ created: COUNT, failed: 0, errors: [] });
    expect(await all(other)).toEqual(await all(organization));
    const before = await contactsOf(organization.key, "id version updatedAt");
    const again = await imported(organization, file, { mode: "UPDATE", matchOn: ["ID"] });
    expect(again).toMatchObject({ failed: 0, errors: [] });
    expect(await contactsOf(organization.key, "id version updatedAt")).toEqual(before);
  },
);

test("a thousand random contacts come back equal to the byte, and no version of theirs changes", async () => {
  const organization = await planted(1_000);
  const { text: file } = await exported(organization);
  const everything = async (of: Organization) => {
    const values = ["NAME", "EMAIL", "OTHER_EMAILS", "PHONE_NUMBERS", "COMPANY", "NOTES", "STREET", "ZIP"];
    const columns = [...values, "TAGS", "ALLOW_PHONE_CALLS", "DO_NOT_CONTACT"].map((field) => ({ field }));
    const custom = ["free", "list", "size"].map((customField) => ({ customField }));
    const asked = { format: "JSON_LINES", orderBy: [{ field: "EMAIL" }], columns: [...columns, ...custom] };
    return (await exported(of, asked)).text;
  };
  const other = await made();
  const there = await imported(other, file, { createMissingTags: true });
  expect(there).toMatchObject({ created: 1_000, failed: 0, errors: [] });
  expect(await everything(other)).toBe(await everything(organization));
  const again = await imported(organization, file, { mode: "UPDATE", matchOn: ["ID"] });
  expect(again).toMatchObject({ total: 1_000, failed: 0, errors: [] });
  const { text: versions } = await exported(organization, { columns: [{ field: "VERSION" }] });
  expect(new Set(versions.split("\r\n"))).toEqual(new Set(["version", "1", ""]));
});
