import { beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../src/auth/viewer.ts";
import { fingerprintOf } from "../../src/db/read/sets.ts";
import { signPlan } from "../../src/jobs/bulk/bulk.plan.ts";
import { newId } from "../../src/lib/typeid.ts";
import { bulk, bystander, done, planned } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { oneConnection, statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Bulk changes in two steps: a dry run gives a plan token, and the change needs it. */

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
  test("it is required", async () => {
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

  test("not after its 15 minutes", async () => {
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

  test("not a cursor of the organization", async () => {
    await plant("A");
    const { data } = await sendText(key, "{ contacts { pageInfo { endCursor } } }");
    const { contacts } = data as unknown as { contacts: { pageInfo: { endCursor: string } } };
    const { endCursor } = contacts.pageInfo;
    const { errors } = await bulk(key, "contactsBulkUpdate", { ...toAcme, planToken: endCursor });
    expect(errors).toMatchObject([invalid]);
  });
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
