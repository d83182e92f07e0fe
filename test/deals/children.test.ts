import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Deals, activities and conversations: what hangs on contacts and leads. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const dealFields =
  "deal { id name value { amount currency } stage status expectedCloseOn version contact { id } lead { id } owner { id } }";
interface DealPayload {
  deal: { id: string; version: number; value: { amount: string } } | null;
}
const deal = (field: string, as = key) => mutate<DealPayload>(as, field, dealFields);

describe("a deal", () => {
  test("is changed in one statement after it was read, if it gets no other contact or lead", async () => {
    const contact = await organization.contact({ name: "C" });
    const { globalId: id } = await organization.deal({ value: "9007199254740993.07", contactId: contact.id });
    const change = async (input: string) => {
      const changing = () => deal(`dealUpdate(id: "${id}", input: ${input})`);
      const { statements, answer } = await statementsOf(changing);
      expect(answer).toMatchObject({ deal: { value: { amount: "9007199254740993.07", currency: "EUR" } } });
      return statements.map((sql) => sql.trim().split(/\s+/)[0]);
    };
    // The key, the deal, its change, and the contact in the answer.
    expect(await change('{ name: "Once" }')).toEqual(["SELECT", "SELECT", "WITH", "SELECT"]);
    expect(await change('{ name: "Once" }')).toEqual(["SELECT", "SELECT", "SELECT"]);
    expect(await change("{ contactId: null }")).toEqual(["SELECT", "SELECT", "WITH"]);
    expect((await change(`{ contactId: "${contact.globalId}" }`))[1]).toBe("BEGIN");
  });

  test("is created with exact money, changed and deleted", async () => {
    const contact = await organization.contact({ name: "C" });
    const lead = await organization.lead({ name: "L" });
    const created = await deal(
      `dealCreate(input: { name: "Big", value: { amount: "9007199254740993.07", currency: "USD" }, stage: "Demo", expectedCloseOn: "2026-12-31", contactId: "${contact.globalId}", leadId: "${lead.globalId}" })`,
    );
    expect(created).toMatchObject({
      deal: {
        name: "Big",
        value: { amount: "9007199254740993.07", currency: "USD" },
        stage: "Demo",
        status: "OPEN",
        expectedCloseOn: "2026-12-31",
        version: 1,
        contact: { id: contact.globalId },
        lead: { id: lead.globalId },
        owner: null,
      },
      errors: [],
    });
    const id = created.deal?.id;
    expect(
      await deal(`dealUpdate(id: "${id}", input: { status: WON, expectedCloseOn: null, leadId: null })`),
    ).toMatchObject({
      deal: {
        name: "Big",
        status: "WON",
        expectedCloseOn: null,
        lead: null,
        contact: { id: contact.globalId },
        version: 2,
      },
    });
    expect(
      (await deal(`dealUpdate(id: "${id}", input: { name: "x" }, expectedVersion: 1)`)).errors,
    ).toMatchObject([{ __typename: "VersionConflictError", code: "VERSION_CONFLICT" }]);
    const only = await organization.activity({ dealId: (await testDatabaseId("deal", "Big")) ?? "" });
    const also = await organization.activity({
      dealId: (await testDatabaseId("deal", "Big")) ?? "",
      contactId: contact.id,
    });
    expect(await mutate(key, `dealDelete(id: "${id}")`, "deletedId")).toEqual({ deletedId: id, errors: [] });
    const { data } = await sendText(
      key,
      `{ deal(id: "${id}") { id } only: activity(id: "${only.globalId}") { id } also: activity(id: "${also.globalId}") { deal { id } contact { id } } }`,
    );
    expect(data).toEqual({ deal: null, only: null, also: { deal: null, contact: { id: contact.globalId } } });
  });

  test("refuses what it cannot keep, all at once", async () => {
    const trashed = await organization.contact({ name: "T", deletedAt: new Date() });
    const { errors } = await deal(
      `dealCreate(input: { name: "Bad", value: { amount: 1, currency: "EUR" }, contactId: "${trashed.globalId}", leadId: "${encodeId("Lead", newId())}", ownerId: "${encodeId("Member", newId())}" })`,
    );
    expect(errors.map(({ code, path }) => [code, path.at(-1)])).toEqual([
      ["IN_TRASH", "contactId"],
      ["UNKNOWN_REFERENCE", "leadId"],
      ["UNKNOWN_REFERENCE", "ownerId"],
    ]);
    expect(
      (await deal('dealCreate(input: { name: "", stage: "", value: { amount: "-5", currency: "EUR" } })'))
        .errors,
    ).toMatchObject([
      { code: "REQUIRED", path: ["input", "name"] },
      { code: "INVALID_VALUE", path: ["input", "value", "amount"] },
      { code: "REQUIRED", path: ["input", "stage"] },
    ]);
    const currency = await sendText(
      key,
      'mutation { dealCreate(input: { name: "x", value: { amount: 1, currency: "XYZ" } }) { deal { id } } }',
    );
    expect(currency.errors[0]?.extensions.code).toBe("INVALID_CURRENCY");
  });

  test("follows a merged contact's id to the one that is left", async () => {
    const [primary, duplicate] = [
      await organization.contact({ name: "P" }),
      await organization.contact({ name: "D" }),
    ];
    await mutate(
      key,
      `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] })`,
      "contact { id }",
    );
    expect(
      await deal(
        `dealCreate(input: { name: "M", value: { amount: 1, currency: "EUR" }, contactId: "${duplicate.globalId}" })`,
      ),
    ).toMatchObject({ deal: { contact: { id: primary.globalId } } });
  });
});

const testDatabaseId = async (_model: "deal", name: string) =>
  (await (await testDatabase()).prisma.deal.findFirst({ where: { orgId: organization.id, name } }))?.id;

describe("an activity", () => {
  const log = (input: string, as = key) =>
    mutate<{ activity: { id: string } | null }>(
      as,
      `activityCreate(input: { ${input} })`,
      "activity { id kind occurredAt subject body durationSeconds author { id } contact { callCount lastCallAt version } }",
    );
  const calls = async (id: string) => {
    const { data } = await sendText(key, `{ contact(id: "${id}") { callCount lastCallAt } }`);
    return (data as unknown as { contact: unknown }).contact;
  };

  test("is logged with its author, and needs something to hang on", async () => {
    const { globalId } = await organization.contact({ name: "A" });
    expect(
      await log(
        `kind: NOTE, contactId: "${globalId}", subject: "S", body: "B", occurredAt: "2026-01-02T03:04:05.678Z"`,
      ),
    ).toMatchObject({
      activity: {
        kind: "NOTE",
        subject: "S",
        body: "B",
        occurredAt: "2026-01-02T03:04:05.678Z",
        author: { id: expect.stringMatching(/^member_/) },
        contact: { callCount: 0, lastCallAt: null, version: 1 },
      },
    });
    expect((await log("kind: NOTE")).errors).toMatchObject([{ code: "REQUIRED", path: ["input"] }]);
    expect((await log(`kind: CALL, contactId: "${globalId}", durationSeconds: -1`)).errors).toMatchObject([
      { code: "INVALID_VALUE", path: ["input", "durationSeconds"] },
    ]);
  });

  test("that is a CALL updates its contact's call count, when it is created, changed or deleted", async () => {
    const { globalId } = await organization.contact({ name: "Called" });
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    const first = await log(`kind: CALL, contactId: "${globalId}", occurredAt: "${at(1)}"`);
    const latest = await log(`kind: CALL, contactId: "${globalId}", occurredAt: "${at(5)}"`);
    await log(`kind: CALL, contactId: "${globalId}", occurredAt: "${at(3)}"`);
    await log(`kind: EMAIL, contactId: "${globalId}", occurredAt: "${at(7)}"`);
    expect(await calls(globalId)).toEqual({ callCount: 3, lastCallAt: at(5) });
    await mutate(
      key,
      `activityUpdate(id: "${latest.activity?.id}", input: { occurredAt: "${at(2)}" })`,
      "activity { id }",
    );
    expect(await calls(globalId)).toEqual({ callCount: 3, lastCallAt: at(3) });
    await mutate(
      key,
      `activityUpdate(id: "${latest.activity?.id}", input: { kind: NOTE })`,
      "activity { id }",
    );
    expect(await calls(globalId)).toEqual({ callCount: 2, lastCallAt: at(3) });
    expect(await mutate(key, `activityDelete(id: "${first.activity?.id}")`, "deletedId")).toMatchObject({
      deletedId: first.activity?.id,
    });
    expect(await calls(globalId)).toEqual({ callCount: 1, lastCallAt: at(3) });
  });

  test("many calls at the same moment are all counted", async () => {
    const { globalId } = await organization.contact({ name: "Busy" });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        log(`kind: CALL, contactId: "${globalId}", occurredAt: "2026-02-01T00:00:00Z"`),
      ),
    );
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await calls(globalId)).toEqual({ callCount: 6, lastCallAt: "2026-02-01T00:00:00.000Z" });
  });
});

describe("a conversation", () => {
  test("is linked, changed and unlinked", async () => {
    const { globalId } = await organization.contact({ name: "Talks" });
    const fields = "conversation { id channel subject url lastMessageAt contact { id } }";
    const created = await mutate<{ conversation: { id: string } }>(
      key,
      `conversationCreate(input: { contactId: "${globalId}", channel: WHATSAPP, subject: "Hi", url: "https://example.com/1", lastMessageAt: "2026-01-01T00:00:00Z" })`,
      fields,
    );
    expect(created).toMatchObject({
      conversation: {
        channel: "WHATSAPP",
        subject: "Hi",
        url: "https://example.com/1",
        contact: { id: globalId },
      },
      errors: [],
    });
    const { id } = created.conversation;
    expect(
      await mutate(
        key,
        `conversationUpdate(id: "${id}", input: { lastMessageAt: "2026-02-01T00:00:00Z", subject: null })`,
        fields,
      ),
    ).toMatchObject({ conversation: { subject: null, lastMessageAt: "2026-02-01T00:00:00.000Z" } });
    expect(
      (await mutate(key, `conversationUpdate(id: "${id}", input: { url: "javascript:alert(1)" })`, fields))
        .errors,
    ).toMatchObject([{ code: "INVALID_URL", path: ["input", "url"] }]);
    expect(await mutate(key, `conversationDelete(id: "${id}")`, "deletedId")).toEqual({
      deletedId: id,
      errors: [],
    });
    expect((await sendText(key, `{ conversation(id: "${id}") { id } }`)).data).toEqual({
      conversation: null,
    });
  });
});

test("none of them is reached, or hung on what is not, from another organization or by a restricted member", async () => {
  const victim = await Organization.make();
  const { id: contactId, globalId: theirContact } = await victim.contact({ name: "Theirs" });
  const { id: own, globalId: unassigned } = await organization.contact({ name: "Nobody's" });
  const restricted = await organization.member({ dataScope: "ASSIGNED" });
  const plant = async (org: Organization, on: string) => ({
    deal: (await org.deal({ contactId: on })).globalId,
    activity: (await org.activity({ contactId: on })).globalId,
    conversation: (await org.conversation({ contactId: on })).globalId,
  });
  for (const [caller, contact, ids] of [
    [key, theirContact, await plant(victim, contactId)],
    [restricted.key, unassigned, await plant(organization, own)],
  ] as const) {
    for (const [noun, id] of Object.entries(ids)) {
      const changed = await mutate(caller, `${noun}Update(id: "${id}", input: {})`, `${noun} { id }`);
      expect(changed.errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
      const deleted = await mutate(caller, `${noun}Delete(id: "${id}")`, "deletedId");
      expect(deleted.errors).toMatchObject([{ code: "NOT_FOUND", path: ["id"] }]);
    }
    for (const field of [
      `dealCreate(input: { name: "x", value: { amount: 1, currency: "EUR" }, contactId: "${contact}" })`,
      `activityCreate(input: { kind: CALL, contactId: "${contact}" })`,
      `conversationCreate(input: { channel: SMS, contactId: "${contact}" })`,
    ]) {
      expect((await mutate(caller, field, "__typename")).errors).toMatchObject([
        { code: "UNKNOWN_REFERENCE", path: ["input", "contactId"] },
      ]);
    }
  }
  const mine = await deal(
    'dealCreate(input: { name: "Own", value: { amount: 1, currency: "EUR" } })',
    restricted.key,
  );
  expect(mine).toMatchObject({ deal: { owner: { id: restricted.globalId } } });
});

test("a restricted member works on what hangs on their own contacts, whoever owns it", async () => {
  const restricted = await organization.member({ dataScope: "ASSIGNED" });
  const { id: contactId, globalId } = await organization.contact({ name: "Own", ownerId: restricted.id });
  const theirs = await organization.deal({ contactId });
  const changed = await deal(`dealUpdate(id: "${theirs.globalId}", input: { status: WON })`, restricted.key);
  expect(changed).toMatchObject({ deal: { status: "WON", owner: null }, errors: [] });
  const call = await mutate<{ activity: { id: string } }>(
    restricted.key,
    `activityCreate(input: { kind: CALL, contactId: "${globalId}" })`,
    "activity { id contact { callCount } }",
  );
  expect(call).toMatchObject({ activity: { contact: { callCount: 1 } }, errors: [] });
  for (const field of [`activityDelete(id: "${call.activity.id}")`, `dealDelete(id: "${theirs.globalId}")`]) {
    expect(await mutate(restricted.key, field, "deletedId")).toMatchObject({ errors: [] });
  }
});
