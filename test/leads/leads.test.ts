import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import type { LeadCreateInput } from "../generated/graphql.ts";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";
import { leadsOf } from "./support.ts";

/** Leads: creating, changing, listing, and the trash. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ entity: "LEAD", slug: "industry", type: "TEXT", slot: "text1" });
  await organization.customField({ entity: "LEAD", slug: "employees", type: "TEXT", slot: "text2" });
  await organization.tag("hot");
});

const { create, update, convert, made } = leadsOf(() => organization);

test("a lead needs only a name", async () => {
  expect(await create({ name: "Jane" })).toMatchObject({
    lead: {
      name: "Jane",
      status: "NEW",
      email: null,
      dealValue: null,
      version: 1,
      lastModificationSource: "API",
    },
    errors: [],
  });
  expect((await create({ name: " " })).errors).toMatchObject([{ code: "REQUIRED", path: ["input", "name"] }]);
});

test("a lead holds everything that it is given, exactly", async () => {
  const member = await organization.member();
  const input: LeadCreateInput = {
    name: "Jane Doe",
    email: "jane@example.com",
    phone: "+1 512 867 5309",
    company: "Example Corp",
    source: "website",
    notes: "met at a fair",
    status: "QUALIFIED",
    dealValue: { amount: "25000.10", currency: "USD" },
    ownerId: member.globalId,
    tags: ["HOT"],
    customFields: [
      { slug: "industry", value: "Technology" },
      { slug: "employees", value: "50-200" },
    ],
  };
  const { tags: _, ownerId, ...same } = input;
  expect((await create(input)).lead).toMatchObject({
    ...same,
    phone: "+15128675309",
    owner: { id: ownerId },
    tags: [{ name: "hot" }],
  });
});

test("all problems are returned at once", async () => {
  const { errors } = await create({
    name: "x".repeat(300),
    email: "no",
    phone: "123",
    dealValue: { amount: "-1", currency: "EUR" },
  });
  expect(errors.map(({ code, path }) => [code, path.at(-1)])).toEqual([
    ["TOO_LONG", "name"],
    ["INVALID_EMAIL", "email"],
    ["INVALID_PHONE", "phone"],
    ["INVALID_VALUE", "amount"],
  ]);
  const { errors: more } = await create({
    name: "x",
    tags: ["nobody made this"],
    ownerId: encodeId("Member", newId()),
    status: "CONVERTED",
    customFields: [{ slug: "industrie", value: "x" }],
  });
  expect(more.map(({ code }) => code).sort()).toEqual([
    "INVALID_STATE",
    "UNKNOWN_CUSTOM_FIELD",
    "UNKNOWN_REFERENCE",
    "UNKNOWN_REFERENCE",
  ]);
  expect((await create({ name: "x", dealValue: { amount: "0.001", currency: "EUR" } })).errors).toMatchObject(
    [{ code: "INVALID_VALUE", path: ["input", "dealValue", "amount"] }],
  );
});

test("an update changes what it names; a stale version is refused with the record", async () => {
  const { id } = await made({ name: "U", dealValue: { amount: "1.00", currency: "EUR" }, notes: "n" });
  expect(
    (await update(id, { status: "CONTACTED", dealValue: { amount: "50000", currency: "EUR" } })).lead,
  ).toMatchObject({
    name: "U",
    status: "CONTACTED",
    version: 2,
    dealValue: { amount: "50000.00", currency: "EUR" },
  });
  expect((await update(id, { dealValue: null, name: "V" })).lead).toMatchObject({
    name: "V",
    dealValue: null,
  });
  expect((await update(id, { name: "W" }, 1)).errors).toEqual([
    {
      __typename: "VersionConflictError",
      code: "VERSION_CONFLICT",
      path: ["expectedVersion"],
      currentVersion: 3,
      current: null,
      record: { __typename: "Lead", id },
    },
  ]);
  expect((await update(id, { status: "CONVERTED" })).errors).toMatchObject([{ code: "INVALID_STATE" }]);
});

test("changes at the same moment are all kept", async () => {
  const { id } = await made({ name: "Busy" });
  await Promise.all([
    update(id, { company: "C" }),
    update(id, { notes: "N" }),
    update(id, { tags: { add: ["hot"] } }),
  ]);
  const { data } = await sendText(key, `{ lead(id: "${id}") { company notes version tags { name } } }`);
  expect(data).toEqual({ lead: { company: "C", notes: "N", version: 4, tags: [{ name: "hot" }] } });
});

test("leads are listed by status, source, owner and date, sorted either way, and searched in chosen fields", async () => {
  const own = await Organization.make();
  const member = await own.member();
  const days = (n: number) => new Date(Date.UTC(2026, 0, n));
  await own.lead({ name: "A", status: "NEW", source: "web", createdAt: days(1), email: "a@example.com" });
  await own.lead({ name: "B", status: "QUALIFIED", source: "web", createdAt: days(2), ownerId: member.id });
  await own.lead({
    name: "C",
    status: "NEW",
    source: "fair",
    createdAt: days(3),
    company: "Example.com Inc",
  });
  const names = async (args: string) => {
    const { data } = await sendText(own.key, `{ leads(${args}) { nodes { name } } }`);
    return (data as unknown as { leads: { nodes: { name: string }[] } }).leads.nodes.map(({ name }) => name);
  };
  expect(
    await names('filter: { status: { eq: "NEW" } }, orderBy: [{ field: CREATED_AT, direction: DESC }]'),
  ).toEqual(["C", "A"]);
  expect(
    await names('filter: { source: { eq: "web" } }, orderBy: [{ field: CREATED_AT, direction: ASC }]'),
  ).toEqual(["A", "B"]);
  expect(await names(`filter: { owner: { eq: "${member.globalId}" } }`)).toEqual(["B"]);
  expect(
    await names('filter: { createdAt: { gt: "2026-01-01T12:00:00Z", lt: "2026-01-03T00:00:00Z" } }'),
  ).toEqual(["B"]);
  expect(await names('search: { text: "example.com", fields: [EMAIL] }')).toEqual(["A"]);
  expect(
    await names(
      'search: { text: "example.com", fields: [EMAIL, COMPANY] }, orderBy: [{ field: NAME, direction: ASC }]',
    ),
  ).toEqual(["A", "C"]);
  const none = await sendText(own.key, '{ leads(search: { text: "x", fields: [] }) { totalCount } }');
  expect(none.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "search.fields" } }]);
});

test("a deleted lead lies in the trash and comes back", async () => {
  const { id } = await made({ name: "Trash me" });
  const lead = (data: unknown) => (data as { lead: { removed: boolean } | null }).lead;
  await mutate(key, `leadDelete(id: "${id}")`, "lead { id }");
  expect(lead((await sendText(key, `{ lead(id: "${id}") { removed } }`)).data)).toEqual({ removed: true });
  expect((await update(id, { name: "x" })).errors).toMatchObject([{ code: "IN_TRASH", path: ["id"] }]);
  expect((await convert(id)).errors).toMatchObject([{ code: "IN_TRASH", path: ["id"] }]);
  await mutate(key, `leadRestore(id: "${id}")`, "lead { id }");
  expect(lead((await sendText(key, `{ lead(id: "${id}") { removed } }`)).data)).toEqual({ removed: false });
});

test("another organization's lead, and one that is not a restricted member's, answer as absent", async () => {
  const victim = await Organization.make();
  const theirs = await victim.lead({ name: "Theirs", email: "theirs@example.com" });
  const unassigned = await organization.lead({ name: "Nobody's" });
  const restricted = await organization.member({ dataScope: "ASSIGNED" });
  for (const [caller, id] of [
    [key, theirs.globalId],
    [restricted.key, unassigned.globalId],
  ] as const) {
    for (const field of [
      `leadUpdate(id: "${id}", input: { name: "x" })`,
      `leadDelete(id: "${id}")`,
      `leadRestore(id: "${id}")`,
      `leadConvert(id: "${id}")`,
    ]) {
      expect((await mutate(caller, field, "lead { id }")).errors).toMatchObject([
        { __typename: "NotFoundError", code: "NOT_FOUND", path: ["id"] },
      ]);
    }
  }
  const own = await create({ name: "Own" }, restricted.key);
  expect(own.lead?.owner).toEqual({ id: restricted.globalId });
});
