import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { imported, jobOf, runImports, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Of which country a phone number is that does not say it: the input's, else the import's, else the organization's. */

let organization: Organization;
beforeAll(async () => {
  // Another organization's country is nobody else's.
  await withCountry(await Organization.make(), "US");
});
beforeEach(async () => {
  organization = await Organization.make();
});

async function withCountry(of: Organization, country: string | null): Promise<void> {
  const input = `{ defaultCountry: ${country === null ? null : `"${country}"`} }`;
  expect((await mutate(of.key, `organizationUpdate(input: ${input})`, "organization { id }")).errors).toEqual(
    [],
  );
}

type Numbers = { readonly phoneNumbers?: string[]; readonly phone?: string };
type Error = { readonly code: string; readonly path: string[]; readonly message?: string };
interface Written {
  readonly numbers: string[] | null;
  readonly errors: readonly Error[];
}

const numbersOf = (record: Numbers | null | undefined): string[] | null =>
  record == null ? null : (record.phoneNumbers ?? [record.phone ?? ""]);

async function contactBy(mutation: string, type: string, input: object, args = ""): Promise<Written> {
  const { contact, errors } = await mutate<{ contact: Numbers | null }>(
    organization.key,
    `${mutation}(${args} input: $input)`,
    "contact { phoneNumbers }",
    { input },
    `($input: ${type}!)`,
  );
  return { numbers: numbersOf(contact), errors };
}

async function leadBy(mutation: string, type: string, input: object, args = ""): Promise<Written> {
  const { lead, errors } = await mutate<{ lead: Numbers | null }>(
    organization.key,
    `${mutation}(${args} input: $input)`,
    "lead { phone }",
    { input },
    `($input: ${type}!)`,
  );
  return { numbers: numbersOf(lead), errors };
}

async function rowBy(of: "contact" | "lead", row: object): Promise<Written> {
  const { prisma } = await testDatabase();
  const { job } = await mutate<{ job: { errors: { code: string; column: string; message: string }[] } }>(
    organization.key,
    `${of}Import(input: $input)`,
    "job { errors(first: 10) { code column message } }",
    { input: { rows: [{ name: "N", ...row }] } },
    `($input: ${of === "lead" ? "Lead" : "Contact"}ImportInput!)`,
  );
  const [found] =
    of === "lead"
      ? await prisma.lead.findMany({ where: { orgId: organization.id } })
      : await prisma.contact.findMany({ where: { orgId: organization.id } });
  const errors = job.errors.map(({ column, ...error }) => ({
    ...error,
    path: ["input", ...column.split(".")],
  }));
  return { numbers: numbersOf(found as Numbers | undefined), errors };
}

const contact = (more: { phone: string; defaultCountry?: string | null }) => {
  const { phone, ...rest } = more;
  return { phoneNumbers: [phone], ...rest };
};

/** Everything that takes a phone number, with the place of the number in it. */
const doors: [
  string,
  string,
  (said: { phone: string; defaultCountry?: string | null }) => Promise<Written>,
][] = [
  [
    "contactCreate",
    "phoneNumbers.0",
    (said) => contactBy("contactCreate", "ContactCreateInput", { name: "N", ...contact(said) }),
  ],
  [
    "contactUpdate",
    "phoneNumbers.0",
    async (said) => {
      const { globalId } = await organization.contact({ email: null });
      return contactBy("contactUpdate", "ContactUpdateInput", contact(said), `id: "${globalId}"`);
    },
  ],
  [
    "contactUpsert",
    "phoneNumbers.0",
    (said) =>
      contactBy("contactUpsert", "ContactUpsertInput", { name: "N", ...contact(said) }, "matchOn: [PHONE]"),
  ],
  ["leadCreate", "phone", (said) => leadBy("leadCreate", "LeadCreateInput", { name: "N", ...said })],
  [
    "leadUpdate",
    "phone",
    async (said) => {
      const { globalId } = await organization.lead({ name: "N" });
      return leadBy("leadUpdate", "LeadUpdateInput", said, `id: "${globalId}"`);
    },
  ],
  ["a row of contactImport", "phoneNumbers.0", (said) => rowBy("contact", contact(said))],
  ["a row of leadImport", "phone", (said) => rowBy("lead", said)],
];

describe.each(doors)("%s", (_door, place, write) => {
  const path = ["input", ...place.split(".")];
  const phone = "030 998877 ext. 12";

  test("reads a number by the country that its input says", async () => {
    await withCountry(organization, "GB");
    expect(await write({ phone, defaultCountry: "DE" })).toEqual({
      numbers: ["+4930998877;ext=12"],
      errors: [],
    });
  });

  test.each([[undefined], [null]])(
    "reads a number by the organization's country where its says %s",
    async (said) => {
      await withCountry(organization, "DE");
      const input = said === undefined ? { phone } : { phone, defaultCountry: said };
      expect(await write(input)).toEqual({ numbers: ["+4930998877;ext=12"], errors: [] });
    },
  );

  test("leaves a number that says its country as it is", async () => {
    await withCountry(organization, "DE");
    const said = await write({ phone: "+1 512 867 5309", defaultCountry: "GB" });
    expect(said).toEqual({ numbers: ["+15128675309"], errors: [] });
  });

  test("refuses a number where nobody says its country, and tells where to say it", async () => {
    const { errors } = await write({ phone });
    expect(errors).toMatchObject([{ code: "INVALID_PHONE", path }]);
    expect(errors[0]?.message).toBe(
      `${place} needs its country code, such as +33612345678, or a default country: that of the input, of the import or of the organization`,
    );
  });

  test("refuses a number that is none of its country, and a country that is none", async () => {
    await withCountry(organization, "DE");
    expect((await write({ phone: "030 12345678901234" })).errors).toMatchObject([
      {
        code: "INVALID_PHONE",
        path,
        message: `${place} is too long for a phone number of DE, the default country`,
      },
    ]);
    expect((await write({ phone: "+33612345678", defaultCountry: "ZZ" })).errors).toMatchObject([
      { code: "INVALID_VALUE", path: ["input", "defaultCountry"] },
    ]);
  });
});

describe("an import", () => {
  const file = "Name,Phone\nN,030 998877\n";

  test("reads numbers by its own country, else by the organization's, and a row by its own before both", async () => {
    await withCountry(organization, "GB");
    const { prisma } = await testDatabase();
    const numbers = async () =>
      (
        await prisma.contact.findMany({ where: { orgId: organization.id }, orderBy: { name: "asc" } })
      ).flatMap(({ phoneNumbers }) => phoneNumbers);
    expect(await imported(organization, file, { defaultCountry: "DE" })).toMatchObject({ created: 1 });
    expect(await numbers()).toEqual(["+4930998877"]);
    const rows = [
      { name: "O", phoneNumbers: ["020 7946 0958"] },
      { name: "P", phoneNumbers: ["06 12 34 56 78"], defaultCountry: "FR" },
    ];
    const both = await mutate<{ job: { created: number } }>(
      organization.key,
      "contactImport(input: $input)",
      "job { created }",
      { input: { rows } },
      "($input: ContactImportInput!)",
    );
    expect(both.job).toEqual({ created: 2 });
    expect(await numbers()).toEqual(["+4930998877", "+442079460958", "+33612345678"]);
    expect(await imported(organization, "Name,Phone\nQ,020 7946 0959\n")).toMatchObject({ created: 1 });
    expect((await numbers()).at(-1)).toBe("+442079460959");
  });

  test("of a file goes on with the country that the organization had when it was asked for", async () => {
    await withCountry(organization, "DE");
    const { data } = await upload(organization.key, file);
    await withCountry(organization, null);
    await runImports(organization);
    const job = data?.contactImport.job?.id ?? "";
    await expect
      .poll(async () => (await jobOf(organization.key, job)).state, { timeout: 20_000 })
      .toBe("DONE");
    expect(await jobOf(organization.key, job)).toMatchObject({ created: 1, failed: 0 });
  });

  test("that is sent again answers as the first time, whatever the organization's country is by then", async () => {
    await withCountry(organization, "DE");
    const send = () => upload(organization.key, file, {}, { idempotencyKey: "again" });
    const first = (await send()).data?.contactImport;
    await withCountry(organization, "FR");
    const again = (await send()).data?.contactImport;
    expect(again?.errors).toEqual([]);
    expect(again?.job?.id).toBe(first?.job?.id);
  });
});

test("a national number finds the contact that has it, and makes no second one", async () => {
  await withCountry(organization, "DE");
  const upsert = (number: string) =>
    mutate<{ outcome: string; contact: { id: string } }>(
      organization.key,
      `contactUpsert(matchOn: [PHONE], input: { name: "N", phoneNumbers: ["${number}"] })`,
      "outcome contact { id }",
    );
  const made = await upsert("+49 30 998877");
  const found = await upsert("(030) 99 88 77");
  expect([made.outcome, found.outcome]).toEqual(["CREATED", "UNCHANGED"]);
  expect(found.contact.id).toBe(made.contact.id);
});

test("a contact is created anew under its key, though the organization's country has changed", async () => {
  await withCountry(organization, "DE");
  const create = () =>
    mutate<{ contact: { id: string } }>(
      organization.key,
      `contactCreate(input: { name: "N", phoneNumbers: ["030 998877"] }, idempotencyKey: "k")`,
      "contact { id phoneNumbers }",
    );
  const first = await create();
  await withCountry(organization, "FR");
  expect(await create()).toEqual(first);
});

test("an update with a country of its own takes no more statements than one without", async () => {
  const { globalId } = await organization.contact({ email: "n@example.com" });
  const change = (input: string) =>
    statementsOf(() =>
      mutate(organization.key, `contactUpdate(id: "${globalId}", input: ${input})`, "contact { id }"),
    );
  const plain = await change(`{ phoneNumbers: ["+49 30 998876"] }`);
  const said = await change(`{ phoneNumbers: ["030 998877"], defaultCountry: "DE" }`);
  expect(said.answer.errors).toEqual([]);
  expect(said.statements.length).toBe(plain.statements.length);
});
