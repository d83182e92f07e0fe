import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { adapterFactory } from "../../src/db/prisma/adapter.ts";
import { requireTestedPrisma } from "../../src/db/prisma/tested.ts";
import { newId } from "../../src/lib/typeid.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** What the data layer relies on of Prisma. Whoever takes a new version looks here first: docs/upgrading.md. */

const look =
  "Prisma writes this read in another way than the version that was tested. See docs/upgrading.md: compare the SQL, the plans (test/plans) and the speed, and then say here what it is now";

const id = "01990000-0000-7000-8000-000000000001";
const orgId = id;

describe("the SQL of known reads", () => {
  test.each([
    {
      read: {
        model: "contact",
        args: {
          where: {
            AND: [
              { orgId },
              {
                AND: [
                  { deletedAt: null },
                  { OR: [{ createdAt: { lt: new Date(0) } }, { ownerId: { not: null } }] },
                ],
              },
            ],
          },
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
          take: 26,
          select: { id: true, name: true },
        },
      },
      text: 'SELECT "public"."contact"."org_id", "public"."contact"."id", "public"."contact"."name" FROM "public"."contact" WHERE ("public"."contact"."org_id" = $1 AND "public"."contact"."deleted_at" IS NULL AND ("public"."contact"."created_at" < $2 OR "public"."contact"."owner_id" IS NOT NULL)) ORDER BY "public"."contact"."created_at" DESC, "public"."contact"."id" DESC LIMIT $3 OFFSET $4',
      values: [id, "1970-01-01T00:00:00.000Z", "26", "0"],
    },
    {
      read: {
        model: "lead",
        operation: "count",
        args: {
          where: { AND: [{ orgId }, { tagIds: { hasSome: [id] } }, { searchText: { contains: "x" } }] },
        },
      },
      text: 'SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."lead"."org_id", "public"."lead"."id" FROM "public"."lead" WHERE ("public"."lead"."org_id" = $1 AND "public"."lead"."tag_ids" && $2 AND "public"."lead"."search_text"::text LIKE (\'%\' || $3 || \'%\')) OFFSET $4) AS "sub"',
      values: [id, [id], "x", "0"],
    },
    {
      read: {
        model: "activity",
        operation: "findFirst",
        args: {
          where: { AND: [{ orgId }, { deal: { is: { AND: [{ orgId }, { ownerId: id }] } } }] },
          select: { id: true },
        },
      },
      text: 'SELECT "public"."activity"."org_id", "public"."activity"."id" FROM "public"."activity" LEFT JOIN "public"."deal" AS "j0" ON ("j0"."org_id","j0"."id") = ("public"."activity"."org_id","public"."activity"."deal_id") WHERE ("public"."activity"."org_id" = $1 AND ("j0"."org_id" = $2 AND "j0"."owner_id" = $3 AND ("j0"."org_id" IS NOT NULL AND "j0"."id" IS NOT NULL))) LIMIT $4 OFFSET $5',
      values: [id, id, id, "1", "0"],
    },
  ] as const)("$read.model $read.operation", async ({ read, text, values }) => {
    const { statementOf } = await testDatabase();
    expect(await statementOf(read), look).toEqual({ text, values });
  });

  test("nothing of it is sent, however many are made at once", async () => {
    const { statementOf } = await testDatabase();
    const models = ["tag", "contact", "lead", "deal", "smartList", "customValue"];
    const { answer, statements } = await statementsOf(() =>
      Promise.all(models.map((model) => statementOf({ model, args: { where: { orgId } } }))),
    );
    expect(statements).toEqual([]);
    expect(answer.map(({ text }) => /FROM "public"\."(\w+)"/.exec(text)?.[1])).toEqual([
      ...["tag", "contact", "lead", "deal", "smart_list", "custom_value"],
    ]);
  });
});

describe("transactions", () => {
  test("one that is borrowed is begun and ended by whoever lends it, beside others", async () => {
    const { borrow } = await testDatabase();
    const sent: string[][] = [[], []];
    const found = sent.map(async (texts, at) => {
      const { client, giveBack } = await borrow(async ({ text }) => {
        texts.push(text);
        return { rows: [[at]], fields: [{ name: "_count$_all", dataTypeID: 23 }], rowCount: 1 } as never;
      });
      const count = await client.tag.count();
      await giveBack();
      return count;
    });
    expect(await Promise.all(found)).toEqual([0, 1]);
    for (const texts of sent) expect(texts, look).toEqual([expect.stringMatching(/^SELECT COUNT/)]);
  });

  test("one of Prisma's own has a connection, a beginning and an end", async () => {
    const { prisma } = await testDatabase();
    const { statements } = await statementsOf(() => prisma.$transaction((tx) => tx.tag.count()));
    expect(statements, look).toEqual(["BEGIN", expect.stringMatching(/^SELECT COUNT/), "COMMIT"]);
    const { statements: undone } = await statementsOf(() =>
      prisma
        .$transaction(
          async () => {
            throw new Error("no");
          },
          { isolationLevel: "Serializable" },
        )
        .catch(() => null),
    );
    expect(undone, look).toEqual(["BEGIN ISOLATION LEVEL SERIALIZABLE", "ROLLBACK"]);
  });
});

describe("the codes of its errors", () => {
  let organization: Organization;
  beforeAll(async () => {
    organization = await Organization.make();
  });

  test("a unique index, a foreign key, and what is none of them", async () => {
    const { prisma } = await testDatabase();
    const now = new Date();
    const tag = { orgId: organization.id, name: "T", createdAt: now, updatedAt: now };
    await prisma.tag.create({ data: { ...tag, id: newId(), nameKey: "taken" } });
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error: unknown) => error,
      );
    const taken = await refused(prisma.tag.create({ data: { ...tag, id: newId(), nameKey: "taken" } }));
    expect(taken, look).toMatchObject({ code: "P2002" });
    expect(JSON.stringify((taken as { meta?: unknown }).meta), look).toContain("tag_org_id_name_key_key");
    const pair = { orgId: organization.id, contactId: newId(), tagId: newId(), createdAt: now };
    expect(await refused(prisma.contactTag.createMany({ data: [pair] })), look).toMatchObject({
      code: "P2003",
    });
    expect(await refused(prisma.$queryRawUnsafe("SELECT 1 / 0")), look).toMatchObject({
      code: "P2010",
      meta: { driverAdapterError: { cause: { originalCode: "22012" } } },
    });
  });
});

test("moments are sent and read with their offset, in a session of another zone too", async () => {
  const { pool } = await testDatabase();
  const adapter = await adapterFactory(pool).connect();
  const argTypes = [{ scalarType: "datetime", dbType: "TIMESTAMPTZ", arity: "scalar" } as const];
  const moment = "2026-07-01T12:00:00.123Z";
  const { rows } = await adapter.queryRaw({ sql: "SELECT $1::timestamptz", args: [moment], argTypes });
  expect(rows).toEqual([[moment]]);
});

test("there is one client, and another version of Prisma than the one that was tested is told at the start", async () => {
  const files = await readdir("src", { recursive: true });
  const sources = files.filter((file) => file.endsWith(".ts") && !file.startsWith("generated"));
  const texts = await Promise.all(sources.map((file) => readFile(`src/${file}`, "utf8")));
  const makers = sources.filter((_, at) => texts[at]?.includes("new PrismaClient"));
  expect(makers).toEqual(["db/prisma/client.ts"]);
  expect(() => requireTestedPrisma()).not.toThrow();
  expect(() => requireTestedPrisma("8.0.0")).toThrow("docs/upgrading.md");
});
