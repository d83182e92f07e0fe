import { beforeEach, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Slugs that JavaScript's own objects have as keys. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

test("no field can be called as what every object has", async () => {
  for (const entity of ["CONTACT", "LEAD"]) {
    const field = `customFieldCreate(input: { entity: ${entity}, name: "Constructor", type: TEXT })`;
    expect((await mutate(key, field, "customField { slug }")).errors).toMatchObject([
      { code: "RESERVED_KEY", path: ["input", "slug"] },
    ]);
  }
});

interface Value {
  readonly slug: string;
  readonly value: string;
}

async function contact(name: string, values: readonly Value[]) {
  const made = await mutate<{ contact: { id: string } }>(
    key,
    `contactCreate(input: { name: "${name}", email: "${name}@example.com", customFields: $values })`,
    "contact { id customFields { slug value } }",
    { values },
    "($values: [CustomFieldValueInput!])",
  );
  expect(made.contact).toMatchObject({ customFields: values });
  return made.contact.id;
}

test("a field that was called so before has a value where one was given, and nowhere else", async () => {
  await organization.customField({ slug: "constructor", type: "TEXT" });
  const [primary, first, second] = [
    await contact("primary", []),
    await contact("first", []),
    await contact("second", [{ slug: "constructor", value: "of wood" }]),
  ];
  const empty = await sendText(
    key,
    `{ contacts(query: { groups: [{ conditions: [{ field: "custom.constructor", op: IS_EMPTY }] }] }) { totalCount } }`,
  );
  expect(empty.data).toEqual({ contacts: { totalCount: 2 } });

  const merged = await mutate<{ merge: { id: string } }>(
    key,
    `contactMerge(input: { primaryId: "${primary}", duplicateIds: ["${first}", "${second}"] })`,
    "merge { id } choices { field value } contact { customFields { slug value } }",
  );
  expect(merged).toMatchObject({
    choices: expect.arrayContaining([{ field: "custom.constructor", value: "of wood" }]),
    contact: { customFields: [{ slug: "constructor", value: "of wood" }] },
  });
  const undone = await mutate(
    key,
    `contactUnmerge(mergeId: "${merged.merge.id}")`,
    "contact { customFields { slug value } } leftAlone { fields }",
  );
  expect(undone).toMatchObject({ contact: { customFields: [] }, leftAlone: { fields: [] } });
});

test("a converted lead brings its own value of it, or none", async () => {
  for (const entity of ["CONTACT", "LEAD"] as const) {
    await organization.customField({ entity, slug: "constructor", type: "TEXT" });
  }
  for (const custom of [{}, { constructor: "of wood" }]) {
    const values = Object.entries(custom).map(([slug, value]) => ({ slug, value }));
    const { lead } = await mutate<{ lead: { id: string } }>(
      key,
      `leadCreate(input: { name: "L", email: "lead${values.length}@example.com", customFields: $values })`,
      "lead { id }",
      { values },
      "($values: [CustomFieldValueInput!])",
    );
    const converted = await mutate(
      key,
      `leadConvert(id: "${lead.id}", input: { createDeal: false })`,
      "contact { customFields { slug value } }",
    );
    expect(converted).toMatchObject({ contact: { customFields: values }, errors: [] });
  }
});
