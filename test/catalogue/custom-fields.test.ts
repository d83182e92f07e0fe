import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { graphql } from "../generated/gql.ts";
import type { CustomFieldCreateInput, CustomFieldUpdateInput } from "../generated/graphql.ts";
import { mutate, send, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { Create } from "./support.ts";

const Update = graphql(`
  mutation UpdateCustomField($id: ID!, $input: CustomFieldUpdateInput!, $dryRun: Boolean) {
    customFieldUpdate(id: $id, input: $input, dryRun: $dryRun) {
      customField { id slug name type options }
      valueCount
      errors { __typename code path ... on FieldConversionError { count sampleIds } }
    }
  }
`);

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const create = async (input: CustomFieldCreateInput, as = key) =>
  (await send(as, Create, { input })).customFieldCreate;
const update = async (id: string, input: CustomFieldUpdateInput, dryRun = false) =>
  (await send(key, Update, { id, input, dryRun })).customFieldUpdate;
const made = async (input: CustomFieldCreateInput) => {
  const { customField, errors } = await create(input);
  if (!customField) throw new Error(JSON.stringify(errors));
  return customField;
};
let counter = 0;
const contactWith = async (slug: string, value: unknown) => {
  counter += 1;
  const { id, globalId } = await organization.contact({
    name: `With ${counter}`,
    email: `with${counter}@example.com`,
  });
  const payload = await mutate(
    key,
    `contactCustomFieldSet(id: "${globalId}", slug: "${slug}", value: $value)`,
    "contact { id }",
    { value },
    "($value: JSON)",
  );
  expect(payload.errors).toEqual([]);
  return { id, globalId };
};
const found = async (condition: string) => {
  const { data, text } = await sendText(
    key,
    `{ contacts(query: { groups: [{ conditions: [${condition}] }] }) { nodes { id } } }`,
  );
  if (!data) throw new Error(text);
  return (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes.map(({ id }) => id);
};
const storedValue = async (id: string, slug: string) => {
  const { data } = await sendText(key, `{ contact(id: "${id}") { customFields { slug value } } }`);
  const { contact } = data as unknown as { contact: { customFields: { slug: string; value: unknown }[] } };
  return contact.customFields.find((field) => field.slug === slug)?.value;
};
const slotOf = async (slug: string) =>
  (await (await testDatabase()).prisma.customField.findFirst({ where: { orgId: organization.id, slug } }))
    ?.slot;

test("a field is made, its slug from its name, and takes values at once", async () => {
  expect(await create({ entity: "CONTACT", name: "Équipe: taille (2026)", type: "NUMBER" })).toMatchObject({
    customField: { slug: "equipe_taille_2026", entity: "CONTACT", type: "NUMBER", options: [], folder: null },
    errors: [],
  });
  const { globalId } = await contactWith("equipe_taille_2026", 12);
  expect(await found('{ field: "custom.equipe_taille_2026", op: GTE, value: 12 }')).toEqual([globalId]);
});

test("slugs that are taken, reserved or malformed, and options that do not belong, are refused", async () => {
  await made({ entity: "CONTACT", name: "Taken", type: "TEXT" });
  const codes = async (input: Partial<CustomFieldCreateInput>) =>
    (await create({ entity: "CONTACT", name: "N", type: "TEXT", ...input })).errors.map(({ code, path }) => [
      code,
      path.at(-1),
    ]);
  expect(await codes({ slug: "taken" })).toEqual([["NAME_TAKEN", "slug"]]);
  for (const slug of ["email", "id", "created_at", "dnc"])
    expect(await codes({ slug })).toEqual([["RESERVED_KEY", "slug"]]);
  for (const slug of ["Upper", "1st", "a b"])
    expect(await codes({ slug })).toEqual([["INVALID_VALUE", "slug"]]);
  expect(await codes({ type: "SELECT" })).toEqual([["REQUIRED", "options"]]);
  expect(await codes({ options: ["a"] })).toEqual([["INVALID_VALUE", "options"]]);
  expect(await codes({ type: "SELECT", options: ["a", "A"] })).toEqual([["INVALID_VALUE", "options"]]);
  expect(await codes({ folderId: encodeId("CustomFieldFolder", newId()) })).toEqual([
    ["UNKNOWN_REFERENCE", "folderId"],
  ]);
});

test("the same slug can be a contact's and a lead's", async () => {
  await made({ entity: "CONTACT", name: "Shared", type: "TEXT" });
  expect((await create({ entity: "LEAD", name: "Shared", type: "NUMBER" })).errors).toEqual([]);
});

test("a type change that fits every value keeps them in the new form, and filters follow", async () => {
  const field = await made({ entity: "CONTACT", name: "Years", type: "TEXT" });
  const { id, globalId } = await contactWith("years", "12.50");
  const { globalId: other } = await contactWith("years", "7");
  expect(await update(field.id, { type: "NUMBER" }, true)).toMatchObject({
    valueCount: 2,
    customField: { type: "NUMBER" },
  });
  expect(await storedValue(globalId, "years")).toBe("12.50");
  expect(await update(field.id, { type: "NUMBER" })).toMatchObject({ valueCount: 2, errors: [] });
  expect(await storedValue(globalId, "years")).toBe(12.5);
  expect(await slotOf("years")).toMatch(/^number/);
  expect(await found('{ field: "custom.years", op: GT, value: 8 }')).toEqual([globalId]);
  expect(await found('{ field: "custom.years", op: LT, value: 8 }')).toEqual([other]);
  const { prisma } = await testDatabase();
  expect(await prisma.contact.findFirst({ where: { id } })).toMatchObject({ version: 3 });
});

test("a type change that does not fit changes nothing, and says how many and which", async () => {
  const field = await made({ entity: "CONTACT", name: "Mixed", type: "TEXT" });
  const misfits = [];
  for (let at = 0; at < 12; at += 1) misfits.push((await contactWith("mixed", `no number ${at}`)).globalId);
  const { globalId: fits } = await contactWith("mixed", "5");
  for (const dryRun of [true, false]) {
    const { customField, errors } = await update(field.id, { type: "NUMBER" }, dryRun);
    expect(customField).toBeNull();
    expect(errors).toEqual([
      {
        __typename: "FieldConversionError",
        code: "FIELD_CONVERSION_FAILS",
        path: ["input"],
        count: 12,
        sampleIds: misfits.slice(0, 10),
      },
    ]);
  }
  expect(await storedValue(fits, "mixed")).toBe("5");
});

test("options can be added, reordered and renamed; one that a record has cannot go", async () => {
  const field = await made({ entity: "CONTACT", name: "Tier", type: "SELECT", options: ["Gold", "Silver"] });
  const { globalId } = await contactWith("tier", "gold");
  expect(await update(field.id, { options: ["Silver"] })).toMatchObject({
    errors: [{ code: "FIELD_CONVERSION_FAILS", count: 1, sampleIds: [globalId] }],
  });
  expect(
    await update(field.id, {
      options: ["Bronze", "Silver", "Platinum"],
      optionRenames: [{ from: "Gold", to: "Platinum" }],
    }),
  ).toMatchObject({ customField: { options: ["Bronze", "Silver", "Platinum"] }, valueCount: 1 });
  expect(await storedValue(globalId, "tier")).toBe("Platinum");
  expect(await found('{ field: "custom.tier", op: EQ, value: "platinum" }')).toEqual([globalId]);
  expect(await update(field.id, { optionRenames: [{ from: "Gold", to: "Nowhere" }] })).toMatchObject({
    errors: [{ code: "INVALID_VALUE", path: ["input", "optionRenames", "0", "from"] }],
  });
});

test("conversions between types keep all values or are refused", async () => {
  const field = await made({ entity: "CONTACT", name: "Day", type: "DATE" });
  const { globalId } = await contactWith("day", "2026-01-31");
  expect((await update(field.id, { type: "DATE_TIME" })).errors).toEqual([]);
  expect(await storedValue(globalId, "day")).toBe("2026-01-31T00:00:00.000Z");
  await contactWith("day", "2026-01-31T09:00:00Z");
  expect((await update(field.id, { type: "DATE" })).errors).toMatchObject([
    { code: "FIELD_CONVERSION_FAILS", count: 1 },
  ]);
  const many = await made({ entity: "CONTACT", name: "Many", type: "MULTI_SELECT", options: ["a", "b"] });
  const one = await contactWith("many", ["a"]);
  expect((await update(many.id, { type: "SELECT" })).errors).toEqual([]);
  expect(await storedValue(one.globalId, "many")).toBe("a");
});

test("deleting a field deletes its values, and a field without a column gets its column", async () => {
  const own = await Organization.make();
  const make = (name: string) =>
    send(own.key, Create, { input: { entity: "CONTACT", name, type: "NUMBER" } }).then(
      ({ customFieldCreate }) => customFieldCreate.customField?.id ?? "",
    );
  const ids = [];
  for (let at = 1; at <= 9; at += 1) ids.push(await make(`N${at}`));
  const { prisma } = await testDatabase();
  const slot = async (slug: string) =>
    (await prisma.customField.findFirst({ where: { orgId: own.id, slug } }))?.slot;
  expect(await slot("n8")).toBe("number8");
  expect(await slot("n9")).toBeNull();
  const { id, globalId } = await own.contact({ name: "C", email: "c@example.com" });
  for (const slug of ["n1", "n9"]) {
    await mutate(
      own.key,
      `contactCustomFieldSet(id: "${globalId}", slug: "${slug}", value: 42)`,
      "contact { id }",
    );
  }
  expect(await mutate(own.key, `customFieldDelete(id: "${ids[0]}")`, "deletedId valueCount")).toEqual({
    deletedId: ids[0],
    valueCount: 1,
    errors: [],
  });
  expect(await slot("n9")).toBe("number1");
  const row = await prisma.contact.findFirst({ where: { id }, omit: { number1: false } });
  expect(row).toMatchObject({ custom: { n9: 42 } });
  expect(Number(row?.number1)).toBe(42);
  const { data } = await sendText(
    own.key,
    '{ contacts(filter: { customFields: [{ slug: "n9", number: { gt: 41 } }] }) { nodes { customFields { slug value } } } }',
  );
  expect(data).toEqual({ contacts: { nodes: [{ customFields: [{ slug: "n9", value: 42 }] }] } });
});

test("contacts written while a field changes its type end with values of one type", async () => {
  const field = await made({ entity: "CONTACT", name: "Race", type: "TEXT" });
  const contacts = await Promise.all(
    Array.from({ length: 6 }, () => organization.contact({ name: "R", email: null })),
  );
  const write = (id: string, value: unknown) =>
    mutate(
      key,
      `contactCustomFieldSet(id: "${id}", slug: "race", value: $value)`,
      "contact { id }",
      { value },
      "($value: JSON)",
    );
  await Promise.all([
    ...contacts.slice(0, 3).map(({ globalId }) => write(globalId, "5")),
    update(field.id, { type: "NUMBER" }),
    ...contacts.slice(3).map(({ globalId }) => write(globalId, "5")),
  ]);
  const hits = await found('{ field: "custom.race", op: EQ, value: 5 }');
  expect(hits.sort()).toEqual(contacts.map(({ globalId }) => globalId).sort());
});

test("another organization's fields answer as absent, and restricted members cannot change shared ones", async () => {
  const victim = await Organization.make();
  const theirs = await victim.customField({ slug: "theirs", type: "TEXT" });
  const id = encodeId("CustomField", theirs.id);
  expect((await update(id, { name: "Mine" })).errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
  expect((await mutate(key, `customFieldDelete(id: "${id}")`, "deletedId")).errors).toMatchObject([
    { code: "NOT_FOUND" },
  ]);
  const { key: restricted } = await organization.member({ dataScope: "ASSIGNED" });
  expect((await create({ entity: "CONTACT", name: "No", type: "TEXT" }, restricted)).errors).toMatchObject([
    { code: "FORBIDDEN" },
  ]);
});
