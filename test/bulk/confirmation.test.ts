import { beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../src/auth/viewer.ts";
import { fingerprintOf } from "../../src/db/read/sets.ts";
import { signPlan } from "../../src/jobs/bulk/bulk.plan.ts";
import { newId } from "../../src/lib/typeid.ts";
import { bulk, bystander, done, planned } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { oneConnection, statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** A dry run says what a bulk change means; the change itself does that, or nothing. */

let organization: Organization;
let key: string;
let untouched: () => Promise<boolean>;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  untouched = await bystander();
});

const acme = { filter: { company: { eq: "ACME" } } };
const toAcme = { ...acme, input: { source: "Fair" } };

const plant = async (...names: string[]) => {
  const made = [];
  for (const name of names) made.push(await organization.contact({ name, company: "Acme" }));
  return made;
};

const rows = async () => {
  const { prisma } = await testDatabase();
  return prisma.contact.findMany({ where: { orgId: organization.id }, orderBy: { id: "asc" } });
};

const invalid = { code: "INVALID_PLAN", path: ["planToken"], __typename: "ValidationError" };

test("a dry run counts, shows the first ten by id and gives a token, and writes nothing", async () => {
  const names = Array.from({ length: 12 }, (_, at) => `Person ${String(at).padStart(2, "0")}`);
  const made = await plant(...names);
  await organization.contact({ name: "Elsewhere", company: "Other" });
  await organization.contact({ name: "Trashed", company: "Acme", deletedAt: new Date() });
  const before = await rows();
  const args = { ...toAcme, dryRun: true, idempotencyKey: "dry" };
  const { answer, statements } = await statementsOf(() => bulk(key, "contactsBulkUpdate", args));
  expect(answer).toMatchObject({ count: 12, changed: null, job: null, errors: [] });
  expect(answer.sample).toEqual(
    made.slice(0, 10).map(({ globalId }, at) => ({ id: globalId, name: names[at] })),
  );
  expect(answer.planToken).toMatch(/^[\w-]{40,}$/);
  expect(statements.filter((sql) => /^\s*(insert|update|delete)/i.test(sql))).toEqual([]);
  expect(await rows()).toEqual(before);
  const { prisma } = await testDatabase();
  expect(await prisma.idempotencyKey.count({ where: { orgId: organization.id } })).toBe(0);
});

test("the change with the token does what the dry run showed", async () => {
  await plant("A", "B");
  const result = await done(key, "contactsBulkUpdate", toAcme);
  expect(result).toMatchObject({ count: 2, changed: 2, planToken: null, job: null, errors: [] });
  expect(result.sample.map(({ name }) => name)).toEqual(["A", "B"]);
  expect((await rows()).map(({ source }) => source)).toEqual(["Fair", "Fair"]);
  expect(await untouched()).toBe(true);
});

test("nothing matches: nothing is done, and that is no error", async () => {
  const result = await done(key, "contactsBulkDelete", acme);
  expect(result).toMatchObject({ count: 0, sample: [], changed: 0, errors: [] });
});

describe("when the filter matches others by now", () => {
  const changes: [string, () => Promise<unknown>, number][] = [
    ["one was added", () => plant("C"), 3],
    ["one no longer matches", () => edit("A", { company: "Moved" }), 1],
    ["one went to the trash", () => edit("A", { deletedAt: new Date() }), 1],
    ["one came for one that went", () => edit("A", { company: "Moved" }).then(() => plant("C")), 2],
  ];
  const edit = async (name: string, { company, deletedAt }: { company?: string; deletedAt?: Date }) => {
    const { data } = await sendText(
      key,
      `{ contacts(filter: { name: { eq: "${name}" } }) { nodes { id } } }`,
    );
    const id = (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes[0]?.id;
    const field = deletedAt
      ? `contactDelete(id: "${id}")`
      : `contactUpdate(id: "${id}", input: { company: "${company}" })`;
    expect((await mutate(key, field, "contact { id }")).errors).toEqual([]);
  };

  test.each(changes)(
    "%s: the change is refused with the new count, and nothing happens",
    async (_, act, count) => {
      await plant("A", "B");
      const { planToken } = await planned(key, "contactsBulkUpdate", toAcme);
      await act();
      const before = await rows();
      const refused = await bulk(key, "contactsBulkUpdate", { ...toAcme, planToken });
      expect(refused).toMatchObject({ count: null, sample: [], changed: null, job: null });
      expect(refused.errors).toMatchObject([
        { __typename: "PlanChangedError", code: "PLAN_CHANGED", path: ["planToken"], count },
      ]);
      expect(await rows()).toEqual(before);
      const again = await bulk(key, "contactsBulkUpdate", {
        ...toAcme,
        planToken: refused.errors[0]?.planToken,
      });
      expect(again).toMatchObject({ count, changed: count, errors: [] });
    },
  );

  test("contacts that changed and still match are the same ones", async () => {
    await plant("A", "B");
    const { planToken } = await planned(key, "contactsBulkUpdate", toAcme);
    await edit("A", { company: "acme" });
    expect(await bulk(key, "contactsBulkUpdate", { ...toAcme, planToken })).toMatchObject({
      changed: 2,
      errors: [],
    });
  });

  test.skipIf(oneConnection)(
    "one that stops matching while the change waits for it is not changed",
    async () => {
      const [made] = await plant("A", "B");
      const { planToken } = await planned(key, "contactsBulkUpdate", toAcme);
      const database = await testDatabase();
      const client = await database.pool.connect();
      await client.query("BEGIN");
      await client.query("UPDATE contact SET company = 'Gone', company_key = 'gone' WHERE id = $1", [
        made?.id,
      ]);
      const waiting = bulk(key, "contactsBulkUpdate", { ...toAcme, planToken });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await client.query("COMMIT");
      client.release();
      expect((await waiting).errors).toMatchObject([{ code: "PLAN_CHANGED", count: 1 }]);
      expect((await rows()).map(({ source }) => source)).toEqual([null, null]);
    },
  );
});

describe("a token is good for one change, by one member, for a quarter of an hour", () => {
  test("there has to be one", async () => {
    await plant("A");
    expect((await bulk(key, "contactsBulkUpdate", toAcme)).errors).toMatchObject([invalid]);
    expect((await bulk(key, "contactsBulkUpdate", { ...toAcme, planToken: null })).errors).toMatchObject([
      invalid,
    ]);
  });

  test("not an altered one", async () => {
    await plant("A");
    const { planToken } = await planned(key, "contactsBulkUpdate", toAcme);
    const flipped = (at: number) =>
      planToken.slice(0, at) + (planToken[at] === "A" ? "B" : "A") + planToken.slice(at + 1);
    for (const token of [flipped(0), flipped(20), flipped(planToken.length - 4), `${planToken}A`, "", "x"]) {
      const { errors } = await bulk(key, "contactsBulkUpdate", { ...toAcme, planToken: token });
      expect(errors, token).toMatchObject([invalid]);
    }
  });

  test("not for another operation, input, filter or time zone", async () => {
    await plant("A");
    const { planToken } = await planned(key, "contactsBulkUpdate", toAcme);
    const others = [
      ["contactsBulkDelete", acme],
      ["contactsBulkTag", { ...acme, add: ["VIP"], createMissingTags: true }],
      ["contactsBulkUpdate", { ...acme, input: { source: "Other" } }],
      ["contactsBulkUpdate", { ...acme, input: { source: null } }],
      ["contactsBulkUpdate", { ...acme, input: { source: "Fair", title: null } }],
      ["contactsBulkUpdate", { ...toAcme, filter: { company: { contains: "acme" } } }],
      ["contactsBulkUpdate", { ...toAcme, search: { text: "A" } }],
      ["contactsBulkUpdate", { ...toAcme, timeZone: "Europe/Paris" }],
    ] as const;
    for (const [mutation, args] of others) {
      const { errors } = await bulk(key, mutation, { ...args, planToken });
      expect(errors, JSON.stringify(args)).toMatchObject([invalid]);
    }
    expect((await rows()).map(({ source, deletedAt }) => [source, deletedAt])).toEqual([[null, null]]);
    // The same said in another order, and with nulls for what was left out, is the same.
    const same = await bulk(key, "contactsBulkUpdate", { planToken, search: null, ...toAcme });
    expect(same.errors).toEqual([]);
  });

  test("not for another member, nor another organization that has the same contacts", async () => {
    await plant("A");
    const { planToken } = await planned(key, "contactsBulkUpdate", toAcme);
    const colleague = await organization.member();
    const stranger = await Organization.make();
    await stranger.contact({ company: "Acme" });
    for (const other of [colleague.key, stranger.key]) {
      const { errors } = await bulk(other, "contactsBulkUpdate", { ...toAcme, planToken });
      expect(errors).toMatchObject([invalid]);
    }
  });

  test("not one whose quarter of an hour is over", async () => {
    const [made] = await plant("A");
    const { prisma } = await testDatabase();
    const member = await organization.member();
    const where = { id: organization.id };
    const { cursorSecret } = await prisma.organization.findFirstOrThrow({ where });
    /** As the server would have signed it, some minutes ago. */
    const signed = (minutes: number) =>
      signPlan(
        {
          viewer: { cursorSecret, memberId: member.id } as Viewer,
          now: new Date(Date.now() - minutes * 60_000),
        },
        { change: { kind: "UPDATE", input: toAcme.input }, selection: acme },
        fingerprintOf([made?.id ?? ""]),
      );
    const send = (planToken: string) => bulk(member.key, "contactsBulkUpdate", { ...toAcme, planToken });
    expect((await send(signed(15.01))).errors).toMatchObject([invalid]);
    expect(await send(signed(14.5))).toMatchObject({ changed: 1, errors: [] });
  });

  test("nor is a cursor of the organization's one", async () => {
    await plant("A");
    const { data } = await sendText(key, "{ contacts { pageInfo { endCursor } } }");
    const { contacts } = data as unknown as { contacts: { pageInfo: { endCursor: string } } };
    const { endCursor } = contacts.pageInfo;
    const { errors } = await bulk(key, "contactsBulkUpdate", { ...toAcme, planToken: endCursor });
    expect(errors).toMatchObject([invalid]);
  });
});

describe("a filter that leaves nothing out is refused unless all is meant", () => {
  const refused = [{ code: "CONFIRM_ALL_REQUIRED", path: ["all"], __typename: "ValidationError" }];

  const literals = [
    "",
    "filter: {}",
    "filter: null, query: null, search: null",
    "filter: { and: [] }",
    "filter: { and: [{}, { and: [] }] }",
    'filter: { or: [{}, { company: { eq: "Acme" } }] }',
    "filter: { not: { or: [] } }",
    "filter: { company: {} }",
    "filter: { company: { notIn: [] } }",
    "filter: { tags: { hasAll: [] } }",
    "filter: { not: { deals: { some: { id: { in: [] } } } } }",
    'filter: { name: { contains: "" } }',
    'search: { text: "" }',
    'search: { text: "  \\n " }',
    'filter: {}, search: { text: " " }, query: { groups: [{ conditions: [{ field: "company", op: NOT_IN, value: [] }] }] }',
    "all: false",
    "all: null",
  ];
  test.each(literals)("as a literal: (%s)", async (args) => {
    await plant("A");
    const said = [args, "dryRun: true"].filter(Boolean).join(", ");
    const dry = await mutate(key, `contactsBulkDelete(${said})`, "count planToken");
    expect(dry).toMatchObject({ count: null, planToken: null, errors: refused });
    const real = await mutate(key, `contactsBulkDelete${args === "" ? "" : `(${args})`}`, "count");
    expect(real.errors).toMatchObject([...refused, invalid]);
  });

  test.each([[{}], [{ company: undefined, name: undefined }], [{ all: null }]])(
    "as variables of a filter, left out: %o",
    async (variables) => {
      await plant("A");
      const { errors } = await mutate(
        key,
        "contactsBulkDelete(filter: { company: { eq: $company }, or: [{ name: { startsWith: $name } }] }, all: $all, dryRun: true)",
        "count",
        variables,
        "($company: String, $name: String, $all: Boolean)",
      );
      expect(errors).toMatchObject(refused);
    },
  );

  test.each([
    [{ filter: null }],
    [{ filter: {} }],
    [{ filter: { and: [] } }],
    [{ search: { text: "" } }],
    [{}],
  ])("as whole variables: %o", async (args) => {
    await plant("A");
    const { errors } = await bulk(key, "contactsBulkDelete", { ...args, dryRun: true });
    expect(errors).toMatchObject(refused);
  });

  test("with all: true it is every live contact of the organization, and of no other", async () => {
    await plant("A", "B");
    await organization.contact({ name: "Elsewhere", company: null });
    await organization.contact({ name: "Trashed", deletedAt: new Date() });
    const { planToken, count } = await planned(key, "contactsBulkUpdate", {
      input: { title: "Dear" },
      all: true,
    });
    expect(count).toBe(3);
    // The token is no substitute for saying so again.
    expect(
      (await bulk(key, "contactsBulkUpdate", { input: { title: "Dear" }, planToken })).errors,
    ).toMatchObject(refused);
    const result = await bulk(key, "contactsBulkUpdate", { input: { title: "Dear" }, all: true, planToken });
    expect(result).toMatchObject({ count: 3, changed: 3, errors: [] });
    expect((await rows()).map(({ title }) => title)).toEqual(["Dear", "Dear", "Dear", null]);
    expect(await untouched()).toBe(true);
  });

  test("a filter that says something needs no such word", async () => {
    await plant("A");
    for (const args of [{ search: { text: "a" } }, { filter: { name: { notContains: "" } } }]) {
      expect((await bulk(key, "contactsBulkDelete", { ...args, dryRun: true })).errors).toEqual([]);
    }
  });
});

test("everything that is wrong with a filter and a change comes at once, each with its path", async () => {
  await plant("A");
  const { errors } = await mutate(
    key,
    `contactsBulkUpdate(
       filter: { customFields: [{ slug: "nope", text: { eq: "x" } }], company: { eq: null } }
       query: { groups: [{ conditions: [{ field: "company", op: EQ, value: "x" }, { field: "compny", op: EQ, value: "x" }] }] }
       search: { text: "x", fields: [] }
       input: { ownerId: "nobody", customFields: [{ slug: "none", value: 1 }] })`,
    "count",
  );
  expect(errors.map(({ code, path }) => `${code} ${path.join(".")}`).sort()).toEqual([
    "BAD_ID input.ownerId",
    "INVALID_FILTER filter.company.eq",
    "INVALID_FILTER filter.customFields.0.slug",
    "INVALID_FILTER query.groups.0.conditions.1.field",
    "INVALID_FILTER search.fields",
    "INVALID_PLAN planToken",
    "UNKNOWN_CUSTOM_FIELD input.customFields.0.slug",
  ]);
});

test("free text of too many words, and a change that says nothing, are refused", async () => {
  const many = { search: { text: "a b c d e f g h i j k" }, dryRun: true };
  expect((await bulk(key, "contactsBulkDelete", many)).errors).toMatchObject([
    { code: "INVALID_FILTER", path: ["search", "text"] },
  ]);
  for (const input of [{}, { customFields: [] }]) {
    expect((await bulk(key, "contactsBulkUpdate", { ...acme, input, dryRun: true })).errors).toMatchObject([
      { code: "REQUIRED", path: ["input"] },
    ]);
  }
  expect((await bulk(key, "contactsBulkTag", { ...acme, add: [], dryRun: true })).errors).toMatchObject([
    { code: "REQUIRED", path: ["add"] },
  ]);
});

test.each([
  ["filter", { createdAt: { gte: "2020-01-01T00:00:00Z" } }],
  ["filter", { createdAt: { within: { last: { amount: 2, unit: "HOUR" } } }, callCount: { lt: 1 } }],
  ["filter", { tags: { hasAny: ["VIP"] } }],
  ["filter", { customFields: [{ slug: "score", number: { gt: "1.5", lte: "2" } }] }],
  ["filter", { deals: { some: { status: { eq: "OPEN" } } }, conversations: { none: {} } }],
  ["filter", { id: { in: [] as string[] } }],
  ["search", { text: "pers", fields: ["NAME"] }],
])("the SQL of a set is the same in the count, under the lock and in a list: %s %o", async (door, said) => {
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  const made = await organization.contact({
    name: "Person",
    company: "Acme",
    tags: ["VIP"],
    custom: { score: 2 },
  });
  await organization.deal({ contactId: made.id });
  const other = await organization.contact({ name: "Other", createdAt: new Date("2019-01-01") });
  const filter =
    door === "filter" && "id" in said ? { id: { in: [made.globalId] } } : (said as Record<string, unknown>);
  const result = await done(key, "contactsBulkUpdate", { [door]: filter, input: { title: "Found" } });
  expect(result).toMatchObject({ count: 1, changed: 1, errors: [] });
  const titles = Object.fromEntries((await rows()).map(({ id, title }) => [id, title]));
  expect(titles).toEqual({ [made.id]: "Found", [other.id]: null });
});

describe("the same request under the same idempotency key", () => {
  test("answers as the first time and does nothing, even when it has made the filter match others", async () => {
    await plant("A", "B");
    const args = { ...acme, input: { company: "Umbrella" }, idempotencyKey: newId() };
    const { planToken } = await planned(key, "contactsBulkUpdate", args);
    const first = await bulk(key, "contactsBulkUpdate", { ...args, planToken });
    expect(first).toMatchObject({ count: 2, changed: 2, errors: [] });
    await plant("C");
    expect(await bulk(key, "contactsBulkUpdate", { ...args, planToken })).toEqual(first);
    // Whoever lost the answer and plans anew means the same.
    const anew = await planned(key, "contactsBulkUpdate", args);
    expect(await bulk(key, "contactsBulkUpdate", { ...args, planToken: anew.planToken })).toEqual(first);
    expect((await rows()).map(({ company }) => company)).toEqual(["Umbrella", "Umbrella", "Acme"]);
  });

  test("another change under it is refused, and a refused one leaves it free", async () => {
    await plant("A");
    const idempotencyKey = newId();
    const args = { ...toAcme, idempotencyKey };
    expect((await bulk(key, "contactsBulkUpdate", args)).errors).toMatchObject([invalid]);
    expect((await done(key, "contactsBulkUpdate", args)).errors).toEqual([]);
    const other = { ...acme, input: { source: "Other" }, idempotencyKey };
    expect((await done(key, "contactsBulkUpdate", other)).errors).toMatchObject([
      { code: "IDEMPOTENCY_MISMATCH" },
    ]);
    expect((await done(key, "contactsBulkDelete", { ...acme, idempotencyKey })).errors).toMatchObject([
      { code: "IDEMPOTENCY_MISMATCH" },
    ]);
  });
});
