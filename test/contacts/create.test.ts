import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { contactWriter } from "../support/contacts.ts";
import { statementsOf, testDatabase } from "../support/database.ts";

type Writer = Awaited<ReturnType<typeof contactWriter>>;

let organization: Writer["organization"];
let { address, create, made, found } = {} as Writer;
beforeAll(async () => {
  ({ organization, address, create, made, found } = await contactWriter());
});

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

test("a create with tags is one transaction of few statements", async () => {
  const { statements } = await statementsOf(() => create({ name: "S", email: address(), tags: ["vip"] }));
  expect(statements.filter((sql) => /^BEGIN/.test(sql))).toHaveLength(1);
  expect(statements.filter((sql) => /^COMMIT/.test(sql))).toHaveLength(1);
  expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(11);
});
