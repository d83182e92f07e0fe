import { beforeAll, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
let key: string;
let used = 0;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const create = (name: string, idempotencyKey: string, as = key) =>
  mutate<{ contact: { id: string; name: string; createdAt: string; version: number } | null }>(
    as,
    `contactCreate(input: { name: "${name}", phoneNumbers: ["+33612345678"] }, idempotencyKey: ${JSON.stringify(idempotencyKey)})`,
    "contact { id name createdAt version }",
  );
const fresh = () => `key-${++used}-${organization.id}`;
const count = async () => (await testDatabase()).prisma.contact.count({ where: { orgId: organization.id } });

test("the same request under the same key answers as the first time and does nothing", async () => {
  const idempotencyKey = fresh();
  const first = await create("Once", idempotencyKey);
  const before = await count();
  await mutate(
    key,
    `contactUpdate(id: "${first.contact?.id}", input: { name: "Changed since" })`,
    "contact { id }",
  );
  expect(await create("Once", idempotencyKey)).toEqual(first);
  expect(await count()).toBe(before);
});

test("many at once under one key do it once", async () => {
  const idempotencyKey = fresh();
  const before = await count();
  const answers = await Promise.all(Array.from({ length: 5 }, () => create("Parallel", idempotencyKey)));
  expect(new Set(answers.map(({ contact }) => contact?.id)).size).toBe(1);
  expect(await count()).toBe(before + 1);
});

test("another request under the same key is refused", async () => {
  const idempotencyKey = fresh();
  await create("This", idempotencyKey);
  const mismatch = [{ code: "IDEMPOTENCY_MISMATCH", path: ["idempotencyKey"] }];
  expect((await create("That", idempotencyKey)).errors).toMatchObject(mismatch);
  const other = await mutate(
    key,
    `leadCreate(input: { name: "This" }, idempotencyKey: "${idempotencyKey}")`,
    "lead { id }",
  );
  expect(other.errors).toMatchObject(mismatch);
});

test("a refused request leaves its key free", async () => {
  const idempotencyKey = fresh();
  expect((await create(" ", idempotencyKey)).errors).toMatchObject([{ code: "REQUIRED" }]);
  expect((await create("Now", idempotencyKey)).errors).toEqual([]);
});

test("another caller's key of the same text is another key", async () => {
  const idempotencyKey = fresh();
  const colleague = await organization.member();
  const [mine, theirs] = [
    await create("Mine", idempotencyKey),
    await create("Theirs", idempotencyKey, colleague.key),
  ];
  expect(theirs.errors).toEqual([]);
  expect(theirs.contact?.id).not.toBe(mine.contact?.id);
});

test("a key is forgotten after 72 hours", async () => {
  const idempotencyKey = fresh();
  const first = await create("Old", idempotencyKey);
  const { prisma } = await testDatabase();
  await prisma.idempotencyKey.updateMany({
    where: { orgId: organization.id, key: idempotencyKey },
    data: { createdAt: new Date(Date.now() - 73 * 3_600_000) },
  });
  const again = await Promise.all([create("Old", idempotencyKey), create("Old", idempotencyKey)]);
  expect(again[0]?.contact?.id).not.toBe(first.contact?.id);
  expect(again[1]).toEqual(again[0]);
  expect(await create("Old", idempotencyKey)).toEqual(again[0]);
});

test("a create is one statement after its addresses were looked up, and with a key one in a transaction more", async () => {
  const statementsWith = async (args: string) => {
    const field = `contactCreate(input: { name: "Few", phoneNumbers: ["+33612345678"] }${args})`;
    const { statements } = await statementsOf(() => mutate(key, field, "contact { id }"));
    return statements.map((sql) => sql.trim().split(/\s+/)[0]);
  };
  expect(await statementsWith("")).toEqual(["SELECT", "WITH"]);
  expect(await statementsWith(`, idempotencyKey: "${fresh()}"`)).toEqual([
    ...["SELECT", "BEGIN", "INSERT", "WITH", "WITH", "COMMIT"],
  ]);
});

test("a key of no characters or of 300 is refused", async () => {
  for (const idempotencyKey of ["", "x".repeat(300)]) {
    expect((await create("Key", idempotencyKey)).errors).toMatchObject([
      { code: "INVALID_VALUE", path: ["idempotencyKey"] },
    ]);
  }
});

test("what was answered before is not shown to who may no longer see it", async () => {
  const restricted = await organization.member({ dataScope: "ASSIGNED" });
  const idempotencyKey = fresh();
  const { contact } = await create("Theirs for now", idempotencyKey, restricted.key);
  await mutate(key, `contactUpdate(id: "${contact?.id}", input: { ownerId: null })`, "contact { id }");
  expect(await create("Theirs for now", idempotencyKey, restricted.key)).toMatchObject({
    contact: null,
    errors: [{ code: "NOT_FOUND", path: ["idempotencyKey"] }],
  });
});

test.each([
  [
    "leadCreate",
    'input: { name: "L", dealValue: { amount: "10.50", currency: EUR } }',
    "lead { id dealValue { amount } createdAt }",
  ],
  [
    "dealCreate",
    'input: { name: "D", value: { amount: 5, currency: EUR } }',
    "deal { id value { amount } createdAt }",
  ],
  ["tagCreate", 'input: { name: "tag of a key" }', "tag { id name }"],
  [
    "customFieldCreate",
    'input: { entity: CONTACT, name: "Field of a key", type: TEXT }',
    "customField { id slug }",
  ],
  ["customFieldFolderCreate", 'input: { entity: LEAD, name: "Folder" }', "folder { id name }"],
  ["contactUpsert", 'input: { name: "U", email: "u@example.com" }', "contact { id } outcome"],
])("%s takes a key too", async (mutation, args, selection) => {
  const text = args.replace("currency: EUR", 'currency: "EUR"');
  const field = `${mutation}(${text}, idempotencyKey: "${fresh()}")`;
  const first = await mutate(key, field, selection);
  expect(first.errors).toEqual([]);
  expect(await mutate(key, field, selection)).toEqual(first);
});

const byName = 'customFields: [{ slug: "Team size", value: "3" }]';

test.each<[string, (own: Organization, email: string) => string | Promise<string>, string[]]>([
  [
    "a custom field named by its name",
    (_own, email) => `contactCreate(input: { name: "W", email: "${email}", ${byName} }`,
    ["DEPRECATED_CUSTOM_FIELD_NAME"],
  ],
  [
    "a wish that an upsert does not take back",
    async (own, email) => {
      await own.contact({ email, doNotContact: true });
      return `contactUpsert(input: { email: "${email}", doNotContact: false, ${byName} }`;
    },
    ["DEPRECATED_CUSTOM_FIELD_NAME", "WISH_KEPT"],
  ],
  [
    "a custom field of a bulk change",
    async (own) => {
      await own.contact({ company: "Acme" });
      const change = `contactsBulkUpdate(filter: { company: { eq: "Acme" } }, input: { ${byName} }`;
      const { planToken } = await mutate<{ planToken: string }>(
        own.key,
        `${change}, dryRun: true)`,
        "planToken",
      );
      return `${change}, planToken: "${planToken}"`;
    },
    ["DEPRECATED_CUSTOM_FIELD_NAME"],
  ],
])("what the first answer warned of, a repeated one warns of again: %s", async (_case, field, codes) => {
  const own = await Organization.make();
  await own.customField({ slug: "team_size", name: "Team size", type: "TEXT", slot: "text1" });
  const sent = await field(own, `warned-${++used}@example.com`);
  const query = `mutation { ${sent}, idempotencyKey: "${fresh()}") { errors { code } } }`;
  const first = await sendText(own.key, query);
  const again = await sendText(own.key, query);
  const { extensions } = JSON.parse(first.text) as { extensions?: { warnings: { code: string }[] } };
  expect(extensions?.warnings.map(({ code }) => code).sort(), first.text).toEqual(codes);
  expect(again.text).toBe(first.text);
});
