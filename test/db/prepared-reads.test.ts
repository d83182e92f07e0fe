import { beforeAll, describe, expect, test } from "vitest";
import { preparedReads, type ReadOperation } from "../../src/db/prisma/prepared-reads.ts";
import { marked, shapeOf } from "../../src/db/prisma/shape.ts";
import { templateOf } from "../../src/db/prisma/template.ts";
import { Prisma } from "../../src/generated/prisma/browser.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { breakable } from "../support/faults.ts";
import { Organization } from "../support/makers.ts";

/** Reads that come again are sent as the statement that Prisma made of the first, and answered as Prisma answers. */

let org: Organization;
let contactId: string;
const awkward = `50 % of "O'Neil" \\ _ Ünïcode 🙂 $1`;

beforeAll(async () => {
  org = await Organization.make();
  await (await Organization.make()).contact({ name: awkward });
  await org.customField({ slug: "size", type: "NUMBER" });
  await org.customField({ slug: "since", type: "DATE" });
  const contact = await org.contact({
    name: awkward,
    email: "ann@a.example",
    phoneNumbers: ["+33612345678", "+33612345679"],
    custom: { size: 4.25, since: "2020-02-29" },
    tags: ["vip", "new"],
    lastCallAt: new Date("2026-03-01T02:03:04.050Z"),
  });
  contactId = contact.id;
  await org.contact({ name: "Bea" });
  const lead = await org.lead({ name: "Lea" });
  await org.deal({ contactId, leadId: lead.id, expectedCloseOn: new Date("2026-04-01") });
  await org.activity({ contactId, subject: awkward });
  await org.conversation({ contactId, subject: "Thread" });
});

/** What Prisma answers, and what is answered when the shape has come before, of a call with other values first. */
async function both(model: string, operation: ReadOperation, args: object, before: object = args) {
  const database = await testDatabase();
  const delegate = database.prisma[model as "contact"] as unknown as Record<
    string,
    (args: object) => Promise<unknown>
  >;
  const ask = (asked: object) => () => delegate[operation]?.(asked) as Promise<unknown>;
  const reads = preparedReads(database, 1);
  await reads.read(model, operation, before, ask(before));
  let asked = 0;
  const kept = await reads.read(model, operation, args, async () => {
    asked += 1;
    return ask(args)();
  });
  return { kept, prisma: await ask(args)(), asked };
}

describe("answers as Prisma does", () => {
  const models = Object.keys(Prisma.ModelName).map((name) => name.charAt(0).toLowerCase() + name.slice(1));
  const whole = models.filter((model) => !["organization", "user", "userIdentity"].includes(model));

  test.each(whole)("with every column of %s", async (model) => {
    const where = { orgId: org.id };
    const { kept, prisma, asked } = await both(model, "findMany", { where }, { where: { orgId: contactId } });
    expect(kept).toEqual(prisma);
    expect(asked).toBe(0);
  });

  const derived = {
    select: { nameKey: true, facets: true, keys: true, number1: true, date1: true, tagIds: true },
  };
  test.each([
    ["a text with quotes, per cents and backslashes", "findMany", { where: { name: { contains: awkward } } }],
    ["derived columns", "findMany", { where: { email: "ann@a.example" }, ...derived }],
    ["moments", "findMany", { where: { lastCallAt: { gte: new Date("2026-03-01T02:03:04.050Z") } } }],
    ["moments beyond", "findMany", { where: { lastCallAt: { gt: new Date("2026-03-01T02:03:04.051Z") } } }],
    ["numbers", "findMany", { where: { number1: { gt: "4.2" }, version: 1 } }],
    [
      "lists",
      "findMany",
      { where: { name: { in: ["Bea", awkward, "nobody"] } }, orderBy: [{ name: "desc" }] },
    ],
    ["array columns", "findMany", { where: { phoneNumbers: { has: "+33612345679" } } }],
    ["several of an array column", "findMany", { where: { facets: { hasSome: ["custom.size", "tag"] } } }],
    ["a page", "findMany", { where: {}, orderBy: [{ name: "asc" }, { id: "asc" }], take: 1, skip: 1 }],
    ["a page without rows", "findMany", { where: {}, take: 0 }],
    ["nulls", "findMany", { where: { OR: [{ title: null }, { NOT: { city: null } }] } }],
    ["flags and enums", "count", { where: { allowPhoneCalls: true, lastModificationSource: "API" } }],
    ["related rows", "count", { where: { deals: { some: { orgId: "ORG", status: "OPEN" } } } }],
    ["a number", "count", { where: {} }],
    ["the first row", "findFirst", { where: { name: "Bea" }, select: { id: true } }],
    ["no first row", "findFirst", { where: { name: "Nobody" } }],
  ] as [string, ReadOperation, { where: object }][])("about %s", async (_what, operation, args) => {
    const where = JSON.parse(JSON.stringify({ orgId: org.id }));
    const limited = { ...args, where: { AND: [where, withOrg(args.where)] } };
    const { kept, prisma, asked } = await both("contact", operation, limited);
    expect(kept).toEqual(prisma);
    expect(asked).toBe(0);
  });

  const withOrg = (where: object): object =>
    "deals" in where ? { deals: { some: { orgId: org.id, status: "OPEN" } } } : where;
});

test("a call of the same shape gets the rows of its own values", async () => {
  const search = (name: string) => ({
    where: { orgId: org.id, name: { contains: name } },
    select: { name: true },
  });
  const { kept, asked } = await both("contact", "findMany", search("Bea"), search(`%' OR '1'='1`));
  expect(kept).toEqual([{ name: "Bea" }]);
  expect(asked).toBe(0);
});

test("Prisma is asked the first time, and the driver from then on", async () => {
  const database = await testDatabase();
  const reads = preparedReads(database, 1);
  const asked: string[] = [];
  for (const id of [contactId, org.id, contactId]) {
    const args = { where: { orgId: org.id, id }, select: { id: true } };
    const { statements } = await statementsOf(() =>
      reads.read("contact", "findMany", args, async () => {
        asked.push(id);
        return [];
      }),
    );
    expect(statements).toHaveLength(
      id === contactId && asked.length === 1 && statements.length === 0 ? 0 : 1,
    );
  }
  expect(asked).toEqual([contactId]);
});

describe("what cannot be kept is always asked of Prisma", () => {
  test.each([
    ["a value that Prisma rewrites", { where: { custom: { path: ["size"], equals: "a" } } }],
    ["an object of its own", { where: { number1: new Prisma.Decimal("4.25") } }],
    ["a list read backwards", { where: {}, take: -1 }],
  ])("%s", async (_what, args) => {
    const { kept, prisma, asked } = await both("contact", "findMany", args);
    expect(asked).toBe(1);
    expect(kept).toEqual(prisma);
  });
});

test("a shape whose statement could not be made because a connection was lost is asked of Prisma this time, and replayed the next", async () => {
  const { database, cutAt } = await breakable();
  const { pool, statementName, statementOf } = database;
  const wasCut = cutAt("reset", /AS lost/);
  let failing = true;
  const reads = preparedReads({
    pool,
    statementName,
    statementOf: async (read) => {
      if (failing) {
        failing = false;
        await pool.query("SELECT 1 AS lost");
      }
      return statementOf(read);
    },
  });
  const args = { where: { orgId: org.id, name: "Bea" }, select: { name: true } };
  let asked = 0;
  const read = () =>
    reads.read("contact", "findMany", args, async () => {
      asked += 1;
      return [{ name: "Bea" }];
    });
  for (const times of [1, 2, 2, 2]) {
    expect(await read()).toEqual([{ name: "Bea" }]);
    expect(asked).toBe(times);
  }
  expect(wasCut()).toBe(true);
  expect(reads.counts).toEqual({ first: 2, replayed: 2, unreplayable: 0 });
});

describe("a template", () => {
  const { markers } = marked({ where: { name: "a", email: "b" } });
  const [name, email] = markers as [string, string];

  test("is refused when a value is not among the parameters, or came changed", () => {
    const statement = (values: unknown[]) => ({ text: "SELECT", values });
    expect(templateOf(statement([name, email]), markers)).not.toBeNull();
    expect(templateOf(statement([name]), markers)).toBeNull();
    expect(templateOf(statement([name, email.toLowerCase()]), markers)).toBeNull();
    expect(templateOf(statement([name, JSON.stringify(email)]), markers)).toBeNull();
    expect(templateOf(statement([name, email, email.slice(0, 15)]), markers)).toBeNull();
  });
});

describe("a shape", () => {
  const key = (args: object) => shapeOf(args)?.key;

  test("tells apart what makes another statement", () => {
    const different = [
      { where: { name: "a" } },
      { where: { name: 1 } },
      { where: { name: null } },
      { where: { name: true } },
      { where: { name: "OPEN" } },
      { where: { name: new Date() } },
      { where: { name: { in: ["a"] } } },
      { where: { name: { in: ["a", "b"] } } },
      { where: { email: "a" } },
      { where: { name: "a" }, take: 1 },
      { where: { name: "a" }, select: { id: true } },
      { where: { name: "a" }, select: { id: false } },
    ].map(key);
    expect(new Set(different).size).toBe(different.length);
    expect(key({ where: { name: "b" } })).toBe(different[0]);
  });

  test("is genericPlanSafe only where rows are found by their keys and their place", () => {
    const genericPlanSafe = (where: object) => shapeOf({ where, take: 5 })?.genericPlanSafe;
    expect(
      genericPlanSafe({ AND: [{ orgId: "o" }, { deletedAt: null }, { createdAt: { lte: new Date() } }] }),
    ).toBe(true);
    expect(genericPlanSafe({ id: { in: Array.from({ length: 8 }, String) } })).toBe(true);
    expect(genericPlanSafe({ id: { in: Array.from({ length: 9 }, String) } })).toBe(false);
    expect(genericPlanSafe({ ownerId: "m" })).toBe(false);
    expect(genericPlanSafe({ facets: { has: "x" } })).toBe(false);
  });
});

test("how many reads went which way is counted", async () => {
  const database = await testDatabase();
  const reads = preparedReads(database, 1);
  const ask = async () => null;
  const byName = (name: unknown) =>
    reads.read("tag", "findFirst", { where: { orgId: org.id, name } as object }, ask);
  for (const name of ["a", "b", "c"]) await byName(name);
  await reads.read("tag", "findMany", { where: { orgId: org.id }, take: -1 }, ask);
  expect(reads.counts).toEqual({ first: 1, replayed: 2, unreplayable: 1 });
});
