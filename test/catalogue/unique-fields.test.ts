import { beforeEach, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** A value of a unique custom field belongs to one live record at most, whatever writes it. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  const { errors } = await mutate<{ customField: { unique: boolean } }>(
    key,
    'customFieldCreate(input: { entity: CONTACT, slug: "crm_id", name: "CRM id", type: TEXT, unique: true })',
    "customField { unique }",
  );
  expect(errors).toEqual([]);
});

const taken =
  "... on CustomValueTakenError { slug existing { id } } ... on FieldConversionError { count sampleIds }";

interface Written {
  readonly contact: { id: string; customFields: { slug: string; value: unknown }[] } | null;
  readonly lead: { id: string } | null;
}

/** A mutation and what it answers, with the errors' own fields. */
async function write(mutation: string, as = key, selects = "contact { id customFields { slug value } }") {
  const { data, text } = await sendText(
    as,
    `mutation { done: ${mutation} { ${selects} errors { code message path ${taken} } } }`,
  );
  const done = (data as unknown as { done: Written & { errors: Record<string, unknown>[] } } | null)?.done;
  if (!done) throw new Error(text);
  return done;
}

const named = (name: string, value: string) =>
  `name: "${name}", email: "${name}@example.com", customFields: [{ slug: "crm_id", value: "${value}" }]`;

const create = async (name: string, value: string) =>
  (await write(`contactCreate(input: { ${named(name, value)} })`)).contact?.id ?? "";

test("create and update refuse a value that another contact has, and name the contact", async () => {
  const ann = await create("ann", "A1");
  const ben = await create("ben", "B1");
  const found = { code: "VALUE_TAKEN", slug: "crm_id", existing: { id: ann } };
  const path = ["input", "customFields", "0", "value"];
  expect(await write(`contactCreate(input: { ${named("cy", " A1 ")} })`)).toMatchObject({
    contact: null,
    errors: [{ ...found, path }],
  });
  const set = `customFields: [{ slug: "crm_id", value: "A1" }]`;
  expect((await write(`contactUpdate(id: "${ben}", input: { ${set} })`)).errors).toMatchObject([found]);
  expect(
    (await write(`contactCustomFieldSet(id: "${ben}", slug: "crm_id", value: "A1")`)).errors,
  ).toMatchObject([found]);
  // The ids of some systems differ by case alone.
  expect(
    (await write(`contactUpdate(id: "${ben}", input: { customFields: [{ slug: "crm_id", value: "a1" }] })`))
      .errors,
  ).toEqual([]);
  // The same again is no other one's.
  expect((await write(`contactUpdate(id: "${ann}", input: { ${set}, title: "CTO" })`)).errors).toEqual([]);
  // A value that was given up is free.
  expect(
    (await write(`contactUpdate(id: "${ann}", input: { customFields: [{ slug: "crm_id", value: null }] })`))
      .errors,
  ).toEqual([]);
  expect((await write(`contactUpdate(id: "${ben}", input: { ${set} })`)).errors).toEqual([]);
});

test("all problems of an input are returned at once, and values of other organizations do not conflict", async () => {
  const other = await Organization.make();
  await mutate(
    other.key,
    'customFieldCreate(input: { entity: CONTACT, slug: "crm_id", name: "CRM id", type: TEXT, unique: true })',
    "customField { unique }",
  );
  await write(`contactCreate(input: { ${named("ann", "A1")} })`, other.key);
  await create("ann", "A1");
  const { errors } = await write(
    'contactCreate(input: { email: "ann@example.com", customFields: [{ slug: "crm_id", value: "A1" }] })',
  );
  expect(errors.map(({ code }) => code)).toEqual(["REQUIRED", "EMAIL_TAKEN", "VALUE_TAKEN"]);
});

test("a restricted member does not learn which record has a value", async () => {
  await create("ann", "A1");
  const { key: restricted } = await organization.member({ dataScope: "ASSIGNED" });
  const { errors } = await write(`contactCreate(input: { ${named("ben", "A1")} })`, restricted);
  expect(errors).toMatchObject([{ code: "VALUE_TAKEN", existing: null }]);
  const upserted = await write(
    `contactUpsert(input: { ${named("ben", "A1")} }, matchOn: [CUSTOM_FIELD])`,
    restricted,
  );
  expect(upserted.errors).toMatchObject([{ code: "VALUE_TAKEN", existing: null }]);
});

test("the trash frees a value, and a contact comes back only while it is free", async () => {
  const ann = await create("ann", "A1");
  await write(`contactDelete(id: "${ann}")`);
  const ben = await create("ben", "A1");
  expect((await write(`contactRestore(id: "${ann}")`)).errors).toMatchObject([
    { code: "VALUE_TAKEN", path: ["id"], existing: { id: ben } },
  ]);
  await write(`contactDelete(id: "${ben}")`);
  expect((await write(`contactRestore(id: "${ann}")`)).errors).toEqual([]);
});

test("a merge takes a value over, and an unmerge gives it back unless another contact has it", async () => {
  const ann = await create("ann", "A1");
  const primary = (await write('contactCreate(input: { name: "P", email: "p@example.com" })')).contact?.id;
  const merge = async () => {
    const { data } = await sendText(
      key,
      `mutation { contactMerge(input: { primaryId: "${primary}", duplicateIds: ["${ann}"] }) { contact { customFields { value } } merge { id } errors { message } } }`,
    );
    return (
      data as unknown as {
        contactMerge: { contact: { customFields: { value: string }[] }; merge: { id: string } };
      }
    ).contactMerge;
  };
  const { contact, merge: done } = await merge();
  expect(contact.customFields).toEqual([{ value: "A1" }]);
  expect((await write(`contactCreate(input: { ${named("cy", "A1")} })`)).errors).toMatchObject([
    { existing: { id: primary } },
  ]);
  expect((await write(`contactUnmerge(mergeId: "${done.id}")`, key, "contact { id }")).errors).toEqual([]);
  expect((await write(`contactCreate(input: { ${named("cy", "A1")} })`)).errors).toMatchObject([
    { existing: { id: ann } },
  ]);
});

test("a field becomes unique only where no two live records have the same, and says which do", async () => {
  const { id } = await organization.customField({ slug: "ref", type: "NUMBER" });
  const field = `custom_field`;
  const value = (name: string, ref: number) =>
    write(
      `contactCreate(input: { name: "${name}", email: "${name}@example.com", customFields: [{ slug: "ref", value: ${ref} }] })`,
    );
  await value("a", 1);
  const second = (await value("b", 1)).contact?.id;
  await value("c", 2);
  const { data } = await sendText(key, "{ customFields(entity: CONTACT) { id slug } }");
  const fields = (data as unknown as { customFields: { id: string; slug: string }[] }).customFields;
  const globalId = fields.find(({ slug }) => slug === "ref")?.id ?? `${field}_${id}`;
  const unique = (input: string, dryRun = false) =>
    write(
      `customFieldUpdate(id: "${globalId}", input: { ${input} }, dryRun: ${dryRun})`,
      key,
      "customField { unique }",
    );
  expect((await unique("unique: true")).errors).toMatchObject([
    {
      code: "FIELD_CONVERSION_FAILS",
      path: ["input", "unique"],
      count: 1,
      message: expect.stringMatching(/"1"/),
    },
  ]);
  await write(`contactDelete(id: "${second}")`);
  expect((await unique("unique: true", true)).errors).toEqual([]);
  expect((await value("d", 1)).errors).toEqual([]);
  const { nodes } = (
    (await sendText(key, '{ contacts(filter: { name: { eq: "d" } }) { nodes { id } } }')).data as unknown as {
      contacts: { nodes: { id: string }[] };
    }
  ).contacts;
  await write(`contactDelete(id: "${nodes[0]?.id}")`);
  expect(await unique("unique: true")).toMatchObject({ customField: { unique: true }, errors: [] });
  expect((await value("e", 1)).errors).toMatchObject([{ code: "VALUE_TAKEN" }]);
  expect((await unique("type: BOOLEAN")).errors).toMatchObject([{ path: ["input", "unique"] }]);
  expect((await unique("unique: false")).errors).toEqual([]);
  expect((await value("e", 1)).errors).toEqual([]);
});

test("only texts, numbers and addresses can be unique, and many contacts cannot be given one value", async () => {
  const made = await write(
    'customFieldCreate(input: { entity: LEAD, slug: "yes", name: "Yes", type: BOOLEAN, unique: true })',
    key,
    "customField { unique }",
  );
  expect(made.errors).toMatchObject([
    { path: ["input", "unique"], message: expect.stringMatching(/BOOLEAN/) },
  ]);
  await create("ann", "A1");
  const { errors } = await write(
    'contactsBulkUpdate(all: true, dryRun: true, input: { customFields: [{ slug: "crm_id", value: "X" }] })',
    key,
    "count",
  );
  expect(errors).toMatchObject([{ message: expect.stringMatching(/unique/) }]);
});

test("an upsert recognises a contact by a unique value, so that its address can change", async () => {
  const ann = await create("ann", "A1");
  const upsert = `contactUpsert(input: { email: "new@example.com", customFields: [{ slug: "crm_id", value: "A1" }] }, matchOn: [CUSTOM_FIELD])`;
  expect(await write(upsert, key, "contact { id email } outcome")).toMatchObject({
    contact: { id: ann, email: "new@example.com" },
    outcome: "UPDATED",
    errors: [],
  });
});

test("of ten callers that give the same value at once, one has it", async () => {
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, at) => write(`contactCreate(input: { ${named(`c${at}`, "A1")} })`)),
  );
  expect(all.filter(({ contact }) => contact !== null)).toHaveLength(1);
  expect(all.flatMap(({ errors }) => errors.map(({ code }) => code))).toEqual(Array(9).fill("VALUE_TAKEN"));
});

test("leads have unique values of their own", async () => {
  await mutate(
    key,
    'customFieldCreate(input: { entity: LEAD, slug: "crm_id", name: "CRM id", type: TEXT, unique: true })',
    "customField { unique }",
  );
  await create("ann", "A1");
  const lead = (name: string) =>
    write(
      `leadCreate(input: { name: "${name}", customFields: [{ slug: "crm_id", value: "A1" }] })`,
      key,
      "lead { id }",
    );
  const first = await lead("One");
  expect(first.errors).toEqual([]);
  expect((await lead("Two")).errors).toMatchObject([{ existing: { id: first.lead?.id } }]);
  await write(`leadDelete(id: "${first.lead?.id}")`, key, "lead { id }");
  expect((await lead("Two")).errors).toEqual([]);
  expect((await write(`leadRestore(id: "${first.lead?.id}")`, key, "lead { id }")).errors).toMatchObject([
    { code: "VALUE_TAKEN" },
  ]);
});
