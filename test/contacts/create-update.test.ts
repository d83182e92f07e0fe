import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/lib/typeid.ts";
import { graphql } from "../generated/gql.ts";
import type { ContactCreateInput, ContactUpdateInput } from "../generated/graphql.ts";
import { send, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const Create = graphql(`
  mutation CreateContact($input: ContactCreateInput!) {
    contactCreate(input: $input) {
      contact {
        id name firstName lastName email phoneNumbers company title source notes url linkedinUrl linkedinSalesUrl
        address { street city state zip country }
        allowPhoneCalls doNotContact callCount lastModificationSource version
        owner { id }
        tags { name }
        customFields { slug value }
      }
      errors { __typename code path message ... on DuplicateContactError { existing { id } } ... on CustomFieldError { slug suggestions } }
    }
  }
`);

const Update = graphql(`
  mutation UpdateContact($id: ID!, $input: ContactUpdateInput!, $expectedVersion: Int) {
    contactUpdate(id: $id, input: $input, expectedVersion: $expectedVersion) {
      contact { id name firstName lastName email phoneNumbers company title address { city } version tags { name } customFields { slug value } }
      errors { __typename code path ... on VersionConflictError { current { version } } }
    }
  }
`);

let organization: Awaited<ReturnType<typeof Organization.make>>;
beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({
    slug: "industry",
    type: "SELECT",
    options: ["Technology", "Retail"],
    slot: "text1",
  });
  await organization.customField({ slug: "team_size", type: "TEXT", slot: "text2" });
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  await organization.tag("Enterprise");
  await organization.tag("VIP");
});

let addresses = 0;
const address = () => `person${++addresses}@example.com`;
const create = async (input: ContactCreateInput) =>
  (await send(organization.key, Create, { input })).contactCreate;
const update = async (id: string, input: ContactUpdateInput, expectedVersion?: number) =>
  (
    await send(organization.key, Update, {
      id,
      input,
      ...(expectedVersion !== undefined && { expectedVersion }),
    })
  ).contactUpdate;
const made = async (input: ContactCreateInput) => {
  const { contact, errors } = await create(input);
  expect(errors).toEqual([]);
  if (!contact) throw new Error("not created");
  return contact;
};
const found = async (filter: string) => {
  const { data } = await sendText(organization.key, `{ contacts(${filter}) { nodes { id } } }`);
  return (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes.map((node) => node.id);
};

test("everything that is sent comes back", async () => {
  const owner = await organization.member();
  const contact = await made({
    firstName: "Sarah",
    lastName: "Johnson",
    email: " Sarah@TechCorp.example ",
    phoneNumbers: ["+1-555-0456", "+33 6 12 34 56 78"],
    company: "TechCorp",
    title: "VP of Engineering",
    address: {
      street: "123 Innovation Drive",
      city: "San Francisco",
      state: "CA",
      zip: "94105",
      country: "US",
    },
    url: "https://techcorp.example",
    linkedinUrl: "https://linkedin.com/in/sarahjohnson",
    linkedinSalesUrl: "https://linkedin.com/sales/people/sarahjohnson",
    source: "website",
    notes: "<script>alert(1)</script>' OR 1=1 --",
    doNotContact: true,
    ownerId: owner.globalId,
    tags: ["enterprise", " vip "],
    customFields: [
      { slug: "industry", value: "technology" },
      { slug: "score", value: "12.50" },
    ],
  });
  expect(contact).toEqual({
    id: expect.stringMatching(/^contact_[0-9a-z]{26}$/),
    name: "Sarah Johnson",
    firstName: "Sarah",
    lastName: "Johnson",
    email: "Sarah@TechCorp.example",
    phoneNumbers: ["+15550456", "+33612345678"],
    company: "TechCorp",
    title: "VP of Engineering",
    source: "website",
    notes: "<script>alert(1)</script>' OR 1=1 --",
    url: "https://techcorp.example",
    linkedinUrl: "https://linkedin.com/in/sarahjohnson",
    linkedinSalesUrl: "https://linkedin.com/sales/people/sarahjohnson",
    address: {
      street: "123 Innovation Drive",
      city: "San Francisco",
      state: "CA",
      zip: "94105",
      country: "US",
    },
    allowPhoneCalls: true,
    doNotContact: true,
    callCount: 0,
    lastModificationSource: "API",
    version: 1,
    owner: { id: owner.globalId },
    tags: [{ name: "Enterprise" }, { name: "VIP" }],
    customFields: [
      { slug: "industry", value: "Technology" },
      { slug: "score", value: 12.5 },
    ],
  });
});

test("all that is wrong comes at once, each with its code and path, and nothing is written", async () => {
  const { prisma } = await testDatabase();
  const before = await prisma.contact.count({ where: { orgId: organization.id } });
  const first = await create({
    name: "x".repeat(256),
    email: "no address",
    phoneNumbers: ["call me", "+33612345678"],
    url: "javascript:alert(1)",
    company: "c".repeat(201),
  });
  expect(first.contact).toBeNull();
  expect(first.errors.map(({ code, path }) => [code, path.join(".")])).toEqual([
    ["TOO_LONG", "input.name"],
    ["INVALID_EMAIL", "input.email"],
    ["INVALID_PHONE", "input.phoneNumbers.0"],
    ["TOO_LONG", "input.company"],
    ["INVALID_URL", "input.url"],
  ]);
  const second = await create({
    name: " \u200b ",
    tags: ["nope"],
    ownerId: encodeId("Member", "01913b3a-0000-7000-8000-000000000001"),
    customFields: [
      { slug: "industri", value: "x" },
      { slug: "industry", value: "Tecnology" },
      { slug: "score", value: "NaN" },
    ],
  });
  expect(second.errors.map(({ code, path }) => [code, path.join(".")])).toEqual([
    ["UNKNOWN_CUSTOM_FIELD", "input.customFields.0.slug"],
    ["INVALID_CUSTOM_VALUE", "input.customFields.1.value"],
    ["INVALID_CUSTOM_VALUE", "input.customFields.2.value"],
    ["REQUIRED", "input.name"],
    ["REQUIRED", "input.email"],
    ["UNKNOWN_REFERENCE", "input.ownerId"],
    ["UNKNOWN_REFERENCE", "input.tags"],
  ]);
  expect(second.errors[0]).toMatchObject({
    __typename: "CustomFieldError",
    slug: "industri",
    suggestions: ["industry"],
  });
  expect(second.errors[1]).toMatchObject({ suggestions: ["Technology"] });
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(before);
});

test("a duplicate e-mail answers with the contact that holds it, in whatever case it is sent", async () => {
  const email = address();
  const { id } = await made({ name: "First", email });
  const { contact, errors } = await create({ name: "Second", email: ` ${email.toUpperCase()}` });
  expect(contact).toBeNull();
  expect(errors).toEqual([
    {
      __typename: "DuplicateContactError",
      code: "EMAIL_TAKEN",
      path: ["input", "email"],
      message: "another contact has this e-mail address",
      existing: { id },
    },
  ]);
});

test("addresses that differ are different, however alike they look", async () => {
  for (const email of [
    "a_b@x.example",
    "axb@x.example",
    "аnn@x.example",
    "ann@x.example",
    "ann+1@x.example",
  ]) {
    await made({ name: "N", email });
  }
  await made({ name: "IDN", email: "ann@münchen.example" });
  const { errors } = await create({ name: "IDN", email: "ANN@XN--MNCHEN-3YA.example" });
  expect(errors.map(({ code }) => code)).toEqual(["EMAIL_TAKEN"]);
});

test("an address in the trash is free", async () => {
  await organization.contact({ name: "Gone", email: "gone@example.com", deletedAt: new Date() });
  await made({ name: "New", email: "gone@example.com" });
});

test("missing tags are made when asked, once, and refused otherwise", async () => {
  const refused = await create({ name: "T", email: address(), tags: ["Brand New"] });
  expect(refused.errors.map(({ code }) => code)).toEqual(["UNKNOWN_REFERENCE"]);
  const contact = await made({
    name: "T",
    email: address(),
    tags: ["Brand New", "brand new ", "vip"],
    createMissingTags: true,
  });
  expect(contact.tags).toEqual([{ name: "Brand New" }, { name: "VIP" }]);
  expect(await found('filter: { tags: { hasAll: ["BRAND NEW", "vip"] } }')).toEqual([contact.id]);
});

test("of two callers who create the same address at once, one wins and the other learns of it", async () => {
  const email = address();
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, at) => create({ name: `Racer ${at}`, email })),
  );
  expect(answers.filter((answer) => answer.contact)).toHaveLength(1);
  const id = answers.find((answer) => answer.contact)?.contact?.id;
  for (const { contact, errors } of answers)
    if (!contact) expect(errors).toMatchObject([{ code: "EMAIL_TAKEN", existing: { id } }]);
});

test("an update changes what is sent, clears what is null, and leaves the rest", async () => {
  const email = address();
  const { id } = await made({
    firstName: "Ann",
    lastName: "Lee",
    email,
    phoneNumbers: ["+33612345678"],
    company: "Old Co",
    title: "CTO",
    address: { city: "Paris", zip: "75001" },
    tags: ["vip"],
    customFields: [
      { slug: "industry", value: "Retail" },
      { slug: "team_size", value: "50-100" },
    ],
  });
  const { contact, errors } = await update(id, {
    lastName: "Ray",
    title: null,
    phoneNumbers: ["+33698765432"],
    address: { city: "Lyon" },
    tags: { add: ["enterprise"], remove: ["VIP"] },
    customFields: [{ slug: "industry", value: null }],
  });
  expect(errors).toEqual([]);
  expect(contact).toEqual({
    id,
    name: "Ann Ray",
    firstName: "Ann",
    lastName: "Ray",
    email,
    phoneNumbers: ["+33698765432"],
    company: "Old Co",
    title: null,
    address: { city: "Lyon" },
    version: 2,
    tags: [{ name: "Enterprise" }],
    customFields: [{ slug: "team_size", value: "50-100" }],
  });
  const set = await update(id, { tags: { set: ["vip"] }, name: "Mononym" });
  expect(set.contact).toMatchObject({
    tags: [{ name: "VIP" }],
    name: "Mononym",
    firstName: null,
    lastName: null,
    version: 3,
  });
});

test("what filters read moves with the record", async () => {
  const { id } = await made({
    name: "Mover",
    email: address(),
    company: "Before Ltd",
    tags: ["vip"],
    customFields: [{ slug: "score", value: 1 }],
  });
  await update(id, {
    company: "After GmbH",
    tags: { set: ["enterprise"] },
    customFields: [{ slug: "score", value: 900 }],
    title: "Chief",
  });
  expect(await found('filter: { company: { contains: "before ltd" } }')).toEqual([]);
  expect(await found('search: { text: "before" }')).toEqual([]);
  for (const filter of [
    'filter: { company: { eq: "after gmbh" } }',
    'search: { text: "AFTER gmbh" }',
    'filter: { title: { eq: "chief" } }',
    'filter: { customFields: [{ slug: "score", number: { gt: "899" } }] }',
    'filter: { tags: { hasAny: ["enterprise"] }, name: { eq: "mover" } }',
  ]) {
    expect(await found(filter), filter).toEqual([id]);
  }
  const { prisma } = await testDatabase();
  const row = await prisma.contact.findFirstOrThrow({
    where: { name: "Mover", orgId: organization.id },
    include: { tags: true },
  });
  expect(row.tags.map((tag) => tag.tagId)).toEqual(row.tagIds);
});

test("a stale version is refused with the current one, and changes nothing", async () => {
  const { id } = await made({ name: "V", email: address() });
  expect((await update(id, { title: "A" }, 1)).contact?.version).toBe(2);
  const { contact, errors } = await update(id, { title: "B" }, 1);
  expect(contact).toBeNull();
  expect(errors).toEqual([
    {
      __typename: "VersionConflictError",
      code: "VERSION_CONFLICT",
      path: ["expectedVersion"],
      current: { version: 2 },
    },
  ]);
  expect((await update(id, {}, 2)).contact?.title).toBe("A");
});

test("two updates at once of different fields are both kept", async () => {
  const { id } = await made({ name: "Both", email: address() });
  const answers = await Promise.all([
    update(id, { title: "T" }),
    update(id, { company: "C" }),
    update(id, { address: { city: "X" } }),
  ]);
  expect(answers.flatMap((answer) => answer.errors)).toEqual([]);
  expect((await update(id, {})).contact).toMatchObject({
    title: "T",
    company: "C",
    address: { city: "X" },
    version: 5,
  });
});

test("an update cannot take the last way to reach someone, or another's address", async () => {
  const taken = address();
  const other = await made({ name: "Other", email: taken });
  const { id } = await made({ name: "Me", email: address() });
  expect((await update(id, { email: null })).errors).toMatchObject([
    { code: "REQUIRED", path: ["input", "email"] },
  ]);
  expect((await update(id, { email: taken })).errors).toMatchObject([{ code: "EMAIL_TAKEN" }]);
  expect((await update(other.id, { email: taken.toUpperCase() })).errors).toEqual([]);
  expect((await update("contact_nonsense", {})).errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
  expect((await update(id, { tags: { set: [], add: ["vip"] } })).errors).toMatchObject([
    { code: "INVALID_VALUE", path: ["input", "tags"] },
  ]);
});

test("a create with tags is one transaction of few statements", async () => {
  const { statements } = await statementsOf(() => create({ name: "S", email: address(), tags: ["vip"] }));
  expect(statements.filter((sql) => /^BEGIN/.test(sql))).toHaveLength(1);
  expect(statements.filter((sql) => /^COMMIT/.test(sql))).toHaveLength(1);
  expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(9);
});
