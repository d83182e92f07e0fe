import { beforeAll, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** E-mail addresses and phone numbers: one rule for each, wherever they are written. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

interface Contact {
  contact: { id: string; email: string | null; phoneNumbers: string[] } | null;
}

const create = (input: Record<string, unknown>) =>
  mutate<Contact>(
    key,
    "contactCreate(input: $input)",
    "contact { id email phoneNumbers }",
    { input: { name: "N", ...input } },
    "($input: ContactCreateInput!)",
  );

const createLead = (input: Record<string, unknown>) =>
  mutate<{ lead: { email: string | null; phone: string | null } | null }>(
    key,
    "leadCreate(input: $input)",
    "lead { email phone }",
    { input: { name: "N", ...input } },
    "($input: LeadCreateInput!)",
  );

const importRows = (rows: unknown[]) =>
  mutate<{
    job: { failed: number; created: number; errors: { row: number; code: string; message: string }[] };
  }>(
    key,
    "contactImport(input: $input)",
    "job { created failed errors(first: 100) { row code message } }",
    { input: { rows } },
    "($input: ContactImportInput!)",
  );

const noAddresses = [
  "px@h.example\r\nBcc: all@h.example",
  "px@h.example\n",
  "py@h.example/x",
  "py@h.example?x",
  "py@h.example#x",
  "py@h.example\\x",
  "py@h%2eexample",
  "py@h.example:25",
  "py@h.example.",
  "py@.h.example",
  "py@h..example",
  "py@-h.example",
  "py@h_h.example",
  "py@127.0.0.1",
  "py@[127.0.0.1]",
  "py@0x7f.0.0.1",
  "py@2130706433",
  "py@１２７.0.0.1",
  "py@ｈ.example",
  "py@h。example",
  "py@h\u200b.example",
  "py@h\u00ad.example",
  "p\u200by@h.example",
  "p\ufe0fy@h.example",
  "py@x@h.example",
  "@h.example",
  "py",
  '"p y"@h.example',
  "p..y@h.example",
  "py@h.example, pz@h.example",
  `${"p".repeat(65)}@h.example`,
  `p@${"h".repeat(64)}.example`,
  `p@${"h.".repeat(125)}example`,
];

test("what is no address is refused as INVALID_EMAIL, of contacts, leads and imports alike", async () => {
  for (const email of noAddresses) {
    expect((await create({ email })).errors, email).toMatchObject([
      { code: "INVALID_EMAIL", path: ["input", "email"] },
    ]);
    expect((await createLead({ email })).errors, email).toMatchObject([{ code: "INVALID_EMAIL" }]);
  }
  const { job } = await importRows(noAddresses.map((email) => ({ name: "N", email })));
  expect(job.errors.map(({ row, code }) => [row, code])).toEqual(
    noAddresses.map((_, at) => [at + 1, "INVALID_EMAIL"]),
  );
  const inFile = noAddresses.filter((email) => !/^\s|\s$/.test(email));
  const file = ["name,email", ...inFile.map((email) => `N,"${email.replaceAll('"', '""')}"`)].join("\n");
  const { errors, failed } = await imported(organization, file);
  expect(failed).toBe(inFile.length);
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["INVALID_EMAIL"]));
});

test("a text around an address is not the address: it finds nobody and takes nobody's place", async () => {
  const { contact } = await create({ email: "inner@h.example" });
  expect(contact).not.toBeNull();
  for (const email of [
    "inner@h.example/x",
    "inner@h.example#",
    "inner@h%2eexample",
    "inner@h\u00ad.example",
  ]) {
    const { data } = await sendText(
      key,
      "query ($email: String) { contacts(filter: { email: { eq: $email } }) { totalCount } }",
      { email },
    );
    expect(data, email).toEqual({ contacts: { totalCount: 0 } });
  }
});

test("an address with 900 000 letters behind its @ is refused like any other", async () => {
  expect((await create({ email: `p@${"ü".repeat(400_000)}.example` })).errors).toMatchObject([
    { code: "INVALID_EMAIL" },
  ]);
});

test.each([
  ["case", "Case@X.io", "case@x.IO"],
  ["punycode", "idn@münchen.example", "idn@xn--mnchen-3ya.example"],
  ["composition", "idn2@münchen.example", "idn2@mu\u0308nchen.example"],
  ["outer spaces", "spaces@x.io", "  spaces@x.io "],
])("addresses that differ by %s are the same", async (_what, one, other) => {
  expect((await create({ email: one })).contact?.email).toBe(one);
  expect((await create({ email: other })).errors).toMatchObject([{ code: "EMAIL_TAKEN" }]);
});

test.each([
  ["an underscore", "a_b@x.io", "axb@x.io"],
  ["a letter of another script", "ann@x.io", "аnn@x.io"],
  ["ß and ss", "p@straße.example", "p@strasse.example"],
])("addresses that differ by %s are different", async (_what, one, other) => {
  expect((await create({ email: one })).errors).toEqual([]);
  expect((await create({ email: other })).errors).toEqual([]);
});

const numbers: [string, string][] = [
  ["+33 6 12-34(56)78", "+33612345678"],
  ["0033 612345678", "+33612345678"],
  ["+49 30/901820", "+4930901820"],
  ["+44 (0) 20 7946 0958", "+442079460958"],
  ["+1 (512) 867-5309 x12", "+15128675309;ext=12"],
  ["+1 512 867 5309 ext. 12", "+15128675309;ext=12"],
  ["+15128675309;ext=12", "+15128675309;ext=12"],
];

test.each(numbers)("the phone number %s is kept as %s", async (said, kept) => {
  expect((await create({ phoneNumbers: [said] })).contact?.phoneNumbers).toEqual([kept]);
  expect((await createLead({ phone: said })).lead?.phone).toBe(kept);
});

const noNumbers: [string, RegExp][] = [
  ["+1 415 555 0134 / 35", /two phone numbers/],
  ["+49 30 901820/21", /two phone numbers/],
  ["+1 415 555 0134 / +1 415 555 0135", /two phone numbers|not a phone number/],
  ["+1 415-555-0134 12", /too long/],
  ["+33 6 12 34 56 78 90", /too long/],
  [`+${"1".repeat(30)}`, /too long/],
  ["1".repeat(100_000), /too long/],
  ["+33 6 12", /too short/],
  ["020 7946 0958", /needs its country code/],
  ["+999 12345678", /country code/],
  ["call me", /is not a phone number/],
  ["+1 800 FLOWERS", /is not a phone number/],
  ["+1 415 555 0134, +1 415 555 0135", /is not a phone number/],
  ["+1 415 555 0134\n+1 415 555 0135", /is not a phone number/],
];

test("what is not one possible phone number is refused with the reason, and never two run into one", async () => {
  for (const [said, reason] of noNumbers) {
    const refused = { code: "INVALID_PHONE", message: expect.stringMatching(reason) };
    expect((await create({ phoneNumbers: [said] })).errors, said).toMatchObject([refused]);
    expect((await createLead({ phone: said })).errors, said).toMatchObject([refused]);
  }
  const { job } = await importRows(noNumbers.map(([said]) => ({ name: "N", phoneNumbers: [said] })));
  expect(job).toMatchObject({
    created: 0,
    errors: noNumbers.map(([, reason], at) => ({
      row: at + 1,
      code: "INVALID_PHONE",
      message: expect.stringMatching(reason),
    })),
  });
});
