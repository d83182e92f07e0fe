import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { groups, list, namesOf } from "./support.ts";

/** Filters by deals, activities, conversations, leads and owners, within the data scope of the caller. */

let organization: Organization;
let restricted: Awaited<ReturnType<Organization["member"]>>;
let boss: typeof restricted;

beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  boss = await organization.member({ role: "ADMIN" });
  restricted = await organization.member({ dataScope: "ASSIGNED" });
  for (const each of [organization, noise]) {
    const owner = each === organization ? { ownerId: boss.id } : {};
    const won = await each.contact({ name: "won", ...owner, tags: ["vip"] });
    const open = await each.contact({
      name: "open",
      ...(each === organization && { ownerId: restricted.id }),
    });
    await each.contact({ name: "none" });
    const gone = await each.contact({ name: "gone", deletedAt: new Date() });
    const wonDeal = await each.deal({
      contactId: won.id,
      status: "WON",
      value: "900.00",
      stage: "Closed ÄRA",
    });
    await each.deal({
      contactId: won.id,
      status: "WON",
      value: "50.00",
      stage: "closed ära",
      currency: "USD",
    });
    await each.deal({
      contactId: open.id,
      status: "OPEN",
      value: "900.00",
      expectedCloseOn: new Date("2026-03-01"),
    });
    await each.deal({ contactId: gone.id, status: "LOST" });
    await each.activity({ dealId: wonDeal.id, kind: "MEETING", durationSeconds: 1800 });
    await each.activity({ contactId: open.id, kind: "CALL", durationSeconds: 60 });
    await each.activity({ contactId: open.id, kind: "CALL" });
    await each.conversation({ contactId: won.id, channel: "WHATSAPP" });
    await each.lead({
      name: "became won",
      convertedContactId: won.id,
      status: "CONVERTED",
      convertedAt: new Date(),
      source: "Fair",
    });
    const converted = { status: "CONVERTED", convertedAt: new Date() };
    await each.lead({
      name: "in the trash",
      ...converted,
      convertedContactId: open.id,
      deletedAt: new Date(),
    });
  }
});

const where = (filter: object, key = organization.key) => namesOf(key, { filter });
const condition = (field: string, op: string, value?: unknown) =>
  namesOf(organization.key, groups([{ field, op, value }]));

describe("typed", () => {
  test.each<[object, string[]]>([
    [{ deals: { some: {} } }, ["open", "won"]],
    [{ deals: { none: {} } }, ["none"]],
    [{ not: { deals: { some: {} } } }, ["none"]],
    [{ deals: { some: { status: { eq: "WON" } } } }, ["won"]],
    [{ deals: { none: { status: { eq: "WON" } } } }, ["none", "open"]],
    [{ deals: { some: { status: { eq: "WON" }, currency: { eq: "usd" }, value: { gt: "100" } } } }, []],
    [{ deals: { some: { stage: { eq: "CLOSED ära" } } } }, ["won"]],
    [{ deals: { some: { and: [] } } }, ["open", "won"]],
    [{ deals: { some: { or: [] } } }, []],
    [{ deals: { none: { or: [] } } }, ["none", "open", "won"]],
    [{ deals: {} }, ["none", "open", "won"]],
    [{ deals: { count: { gte: 2 } } }, ["won"]],
    [{ deals: { count: { eq: 0 } } }, ["none"]],
    [{ deals: { count: { ne: 1 } } }, ["none", "won"]],
    [{ not: { deals: { count: { in: [0, 1] } } } }, ["won"]],
    [{ deals: { some: { expectedCloseOn: { lt: "2026-03-02" } } } }, ["open"]],
    [{ deals: { some: { activities: { some: { kind: { eq: "MEETING" } } } } } }, ["won"]],
    [{ deals: { some: { activities: { count: { eq: 0 } } } } }, ["open", "won"]],
    [{ activities: { some: { kind: { eq: "CALL" }, durationSeconds: { isEmpty: true } } } }, ["open"]],
    [{ activities: { count: { gt: 1 } } }, ["open"]],
    [{ conversations: { some: { channel: { in: ["WHATSAPP", "SMS"] } } } }, ["won"]],
    [{ leads: { some: { source: { contains: "air" } } } }, ["won"]],
    [{ leads: { count: { eq: 0 } } }, ["none", "open"]],
    [{ owner: { role: { eq: "ADMIN" } } }, ["won"]],
    [{ owner: { role: { ne: "ADMIN" } } }, ["none", "open"]],
    [{ owner: { email: { isEmpty: true } } }, ["none"]],
    [
      { or: [{ deals: { some: { status: { eq: "OPEN" } } } }, { tags: { hasAny: ["vip"] } }] },
      ["open", "won"],
    ],
  ])("%j", async (filter, expected) => expect(await where(filter)).toEqual(expected));

  test("an owner by their e-mail address", async () => {
    expect(await where({ owner: { email: { eq: boss.email.toUpperCase() } } })).toEqual(["won"]);
    expect(await where({ owner: { email: { ne: boss.email } } })).toEqual(["none", "open"]);
  });
});

describe("generic", () => {
  test.each<[string, string, unknown, string[]]>([
    ["deals", "IS_EMPTY", undefined, ["none"]],
    ["deals", "IS_NOT_EMPTY", undefined, ["open", "won"]],
    ["deals.status", "EQ", "won", ["won"]],
    ["deals.status", "NE", "WON", ["none", "open"]],
    ["deals.status", "NOT_IN", ["WON", "OPEN"], ["none"]],
    ["deals.expectedCloseOn", "IS_EMPTY", undefined, ["none", "won"]],
    ["deals.expected_close_on", "IS_NOT_EMPTY", undefined, ["open"]],
    ["deals.count", "GTE", 2, ["won"]],
    ["deals.activities.kind", "EQ", "MEETING", ["won"]],
    ["activities.occurredAt", "WITHIN", { last: { amount: 2, unit: "DAY" } }, ["open"]],
    ["leads.source", "CONTAINS", "FAIR", ["won"]],
    ["owner.role", "EQ", "ADMIN", ["won"]],
  ])("%s %s %j", async (field, op, value, expected) =>
    expect(await condition(field, op, value)).toEqual(expected),
  );
});

test("custom fields of leads are compared where leads are related, and a field in use there is not deleted unasked", async () => {
  const field = await organization.customField({
    entity: "LEAD",
    slug: "channel",
    type: "TEXT",
    slot: "text1",
  });
  const contact = await organization.contact({ name: "by channel", deletedAt: new Date() });
  const { prisma } = await testDatabase();
  const converted = { status: "CONVERTED", convertedAt: new Date(), convertedContactId: contact.id };
  const lead = await organization.lead({ name: "x", ...converted, custom: { channel: "Radio" } });
  try {
    await prisma.contact.updateMany({ where: { id: contact.id }, data: { deletedAt: null } });
    const filter = { leads: { some: { customFields: [{ slug: "channel", text: { startsWith: "rad" } }] } } };
    expect(await where(filter)).toEqual(["by channel"]);
    expect(await condition("leads.custom.channel", "EQ", "radio")).toEqual(["by channel"]);
  } finally {
    await prisma.lead.deleteMany({ where: { id: lead.id } });
    await prisma.contact.deleteMany({ where: { id: contact.id } });
  }
  const query = { groups: [{ conditions: [{ field: "leads.custom.channel", op: "EQ", value: "radio" }] }] };
  await mutate(
    organization.key,
    "smartListCreate(input: $input)",
    "smartList { id }",
    { input: { name: "Radio", query } },
    "($input: SmartListCreateInput!)",
  );
  const id = encodeId("CustomField", field.id);
  const { errors } = await mutate(organization.key, `customFieldDelete(id: "${id}")`, "deletedId");
  expect(errors).toMatchObject([{ code: "FIELD_IN_USE" }]);
});

test("a list by its deals is one statement, and one more for its number", async () => {
  const { statements } = await statementsOf(() =>
    where({ deals: { some: { status: { eq: "WON" } }, count: { gt: 0 } } }),
  );
  expect(statements.filter((sql) => /FROM "public"\."contact"/.test(sql))).toHaveLength(2);
});

describe("a restricted member", () => {
  test("finds their own contacts by what belongs to them, and nobody else's", async () => {
    expect(await where({ deals: { some: {} } }, restricted.key)).toEqual(["open"]);
    expect(await where({ deals: { none: { status: { eq: "OPEN" } } } }, restricted.key)).toEqual([]);
    expect(await where({ activities: { count: { eq: 2 } } }, restricted.key)).toEqual(["open"]);
  });

  test("does not learn of leads that are not theirs", async () => {
    const { prisma } = await testDatabase();
    const mine = await organization.contact({ name: "mine", ownerId: restricted.id });
    const converted = { status: "CONVERTED", convertedAt: new Date(), convertedContactId: mine.id };
    await organization.lead({ name: "not mine", ...converted, ownerId: boss.id });
    try {
      expect(await where({ leads: { some: { name: { contains: "not mine" } } } }, restricted.key)).toEqual(
        [],
      );
      expect(await where({ leads: { none: {} } }, restricted.key)).toEqual(["mine", "open"]);
      const { errors } = await sendText(restricted.key, list, { filter: { leads: { count: { eq: 1 } } } });
      expect(errors[0]?.extensions).toMatchObject({ code: "NEEDS_ALL_DATA", field: "filter.leads.count.eq" });
    } finally {
      await prisma.lead.deleteMany({ where: { convertedContactId: mine.id } });
      await prisma.contact.deleteMany({ where: { id: mine.id } });
    }
  });
});

describe("refused with its path", () => {
  test.each<[object, string, string]>([
    [{ deals: { some: { nickname: { eq: "x" } } } }, "BAD_USER_INPUT", ""],
    [{ deals: { some: null } }, "INVALID_FILTER_VALUE", "filter.deals.some"],
    [
      { deals: { some: { contact: { deals: { some: {} } } } } },
      "FILTER_TOO_LARGE",
      "filter.deals.some.contact.deals.some",
    ],
    [
      { deals: { some: { value: { gte: "9", lt: "8" } } } },
      "INVALID_FILTER_VALUE",
      "filter.deals.some.value.lt",
    ],
    [{ deals: { count: { gte: null } } }, "INVALID_FILTER_VALUE", "filter.deals.count.gte"],
  ])("%j", async (filter, code, field) => {
    const { data, errors } = await sendText(organization.key, list, { filter });
    expect(data).toBeNull();
    expect(errors[0]?.extensions.code).toBe(code);
    if (field !== "") expect(errors[0]?.extensions.field).toBe(field);
  });

  test("an unknown field of a related record, with suggestions", async () => {
    const query = { groups: [{ conditions: [{ field: "deals.stauts", op: "EQ", value: "WON" }] }] };
    const { errors } = await sendText(organization.key, list, { query });
    expect(errors[0]?.extensions).toMatchObject({
      code: "UNKNOWN_FILTER_FIELD",
      field: "query.groups[0].conditions[0].field",
      suggestions: expect.arrayContaining(["deals.status"]),
    });
  });
});
