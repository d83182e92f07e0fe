import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Slugs that are made from names in any script, and what is said of one that cannot be. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

const create = (input: string) =>
  mutate<{ customField: { slug: string } | null }>(
    organization.key,
    `customFieldCreate(input: { entity: CONTACT, type: TEXT, ${input} })`,
    "customField { slug }",
  );

describe.each([
  ["行业", "xingye"],
  ["Отрасль", "otrasl"],
  ["صناعة", "sn_h"],
  ["산업", "saneob"],
  ["Größe", "grosse"],
  ["Łódź", "lodz"],
  ["Équipe: taille (2026)", "equipe_taille_2026"],
  ["2026 Umsatz", "umsatz"],
  ["…", "field_1"],
  ["123", "field_2"],
])("a field called %s", (name, slug) => {
  test(`has the slug ${slug}, under which it is written and found`, async () => {
    const { customField, errors } = await create(`name: "${name}"`);
    expect(errors).toEqual([]);
    expect(customField).toEqual({ slug });
    await organization.contact({ name: "none" });
    const made = await mutate(
      organization.key,
      `contactCreate(input: { name: "Has ${slug}", phoneNumbers: ["+33612345678"], customFields: [{ slug: "${slug}", value: "yes" }] })`,
      "contact { id }",
    );
    expect(made.errors).toEqual([]);
    const { data } = await sendText(
      organization.key,
      `{ contacts(query: { groups: [{ conditions: [{ field: "custom.${slug}", op: EQ, value: "yes" }] }] }) { nodes { name } } }`,
    );
    expect(data).toEqual({ contacts: { nodes: [{ name: `Has ${slug}` }] } });
  });
});

test("names of other letters whose slug is taken or built in get the next one; the same name is taken", async () => {
  const slugs = async (name: string) => (await create(`name: "${name}"`)).customField?.slug;
  expect(await slugs("Ид")).toBe("id_2");
  expect(await slugs("ид.")).toBe("id_3");
  const again = await create('name: "ИД"');
  expect(again.customField).toBeNull();
  expect(again.errors).toMatchObject([{ code: "RESERVED_KEY", path: ["input", "slug"] }]);
  const same = await create('name: "отрасль"');
  expect(same.errors).toMatchObject([{ code: "NAME_TAKEN", path: ["input", "slug"] }]);
});

test("fields that are made at one moment get slugs of their own, leads' beside contacts'", async () => {
  const own = await Organization.make();
  const made = await Promise.all(
    ["CONTACT", "LEAD", "CONTACT", "LEAD", "CONTACT"].map((entity, at) =>
      mutate<{ customField: { slug: string } }>(
        own.key,
        `customFieldCreate(input: { entity: ${entity}, type: TEXT, name: "${"…".repeat(at + 1)}" })`,
        "customField { slug }",
      ),
    ),
  );
  expect(made.flatMap(({ errors }) => errors)).toEqual([]);
  expect(made.map(({ customField }) => customField.slug).sort()).toEqual([
    "field_1",
    "field_1",
    "field_2",
    "field_2",
    "field_3",
  ]);
});

test.each([
  ['name: "行业 A", slug: "行业"', "INVALID_VALUE", "give one of a to z, 0 to 9 and _"],
  ['name: "A", slug: ""', "INVALID_VALUE", "or omit it"],
  ['name: "A", slug: "Upper"', "INVALID_VALUE", "that begins with a letter"],
  ['name: "A", slug: "__proto__"', "RESERVED_KEY", "give another slug"],
  ['name: "A", slug: "email"', "RESERVED_KEY", "give another slug"],
  ['name: "E-mail"', "NONE", ""],
  ['name: "Email"', "RESERVED_KEY", "set slug to choose another one"],
  ['name: "Constructor"', "RESERVED_KEY", "set slug to choose another one"],
  ['name: "e mail"', "NAME_TAKEN", "set slug to choose another one"],
  ['name: "B", slug: "e_mail"', "NAME_TAKEN", "give another one"],
  [`name: "A", slug: "${"x".repeat(300)}"`, "TOO_LONG", "the limit is 64"],
])("{ %s } is answered with %s, and words that say what to give", async (input, code, words) => {
  const { customField, errors } = await create(input);
  if (code === "NONE") return expect(customField).toEqual({ slug: "e_mail" });
  expect(customField).toBeNull();
  expect(errors).toMatchObject([{ code, path: ["input", "slug"] }]);
  expect(errors[0]?.message).toContain(words);
});
