import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "../../src/db/scope/db.ts";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import { newId } from "../../src/lib/typeid.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Transactions in which statements of the data layer's own and Prisma's share a connection. */

let organization: Organization;
let db: Db;
beforeAll(async () => {
  organization = await Organization.make();
  const { id } = await organization.member();
  db = scopedDb(await testDatabase(), { orgId: organization.id, memberId: id, dataScope: "ALL" });
});

const tagNames = async () => (await db.tag.findMany({})).map((tag) => tag.name).sort();

/** Through Prisma. */
const makeTag = (tx: Db, name: string) => {
  const now = new Date();
  return tx.tag.create({
    data: { id: newId(), orgId: tx.orgId, name, nameKey: name, createdAt: now, updatedAt: now },
  });
};

/** Through statements of the data layer's own. */
const retitle = async (tx: Db, id: string, title: string) => {
  const before = await tx.rows.read("contact", id);
  return before && tx.rows.change("contact", before, { title, version: before.version + 1 }, true);
};

test("everything in a transaction is written, whichever way, or nothing is", async () => {
  const { id } = await organization.contact({ name: "Both ways", title: "Before" });
  const titleOf = async () => (await db.contact.findFirst({ where: { id } }))?.title;
  await expect(
    db.transaction(async (tx) => {
      await retitle(tx, id, "After");
      await makeTag(tx, "undone");
      expect(await tx.contact.findFirst({ where: { id } })).toMatchObject({ title: "After" });
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect([await titleOf(), await tagNames()]).toEqual(["Before", []]);
  await db.transaction(async (tx) => {
    await makeTag(tx, "done");
    await retitle(tx, id, "After");
  });
  expect([await titleOf(), await tagNames()]).toEqual(["After", ["done"]]);
});

test("transactions at the same moment have a connection each", async () => {
  const { pool } = await testDatabase();
  // A quarter of the pool is kept for quick reads.
  const size = pool.options.max ?? 10;
  const width = size - Math.floor(size / 4);
  const own = [];
  for (let at = 0; at < width; at += 1) {
    const made = await Organization.make();
    const { id: memberId } = await made.member();
    const principal = { orgId: made.id, memberId, dataScope: "ALL" } as const;
    const { id } = await made.contact({ name: `N${at}`, title: "Before" });
    own.push({ at, odd: at % 2 === 1, id, own: scopedDb(await testDatabase(), principal) });
  }
  let missing = width;
  let open = () => {};
  const allThere = new Promise<void>((resolve) => {
    open = resolve;
  });
  const settled = await Promise.allSettled(
    own.map(({ at, odd, id, own }) =>
      own.transaction(async (tx) => {
        missing -= 1;
        if (missing === 0) open();
        await allThere;
        await makeTag(tx, `T${at}`);
        await retitle(tx, id, `T${at}`);
        if (odd) throw new Error("odd");
      }),
    ),
  );
  for (const [at, { odd, own: mine }] of own.entries()) {
    expect(settled[at]).toMatchObject(odd ? { reason: new Error("odd") } : { status: "fulfilled" });
    expect((await mine.tag.findMany({})).map((tag) => tag.name)).toEqual(odd ? [] : [`T${at}`]);
    expect(await mine.contact.findFirst({})).toMatchObject({ title: odd ? "Before" : `T${at}` });
  }
});

describe("a transaction", () => {
  test("that takes longer than it may is rolled back, and its connection is free", async () => {
    const before = await tagNames();
    const late = db.transaction(async (tx) => {
      await makeTag(tx, "late");
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx.lock.fields();
    }, 20);
    await expect(late).rejects.toMatchObject({ code: "P2028" });
    const silent = db.transaction(async (tx) => {
      await makeTag(tx, "late");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }, 20);
    await expect(silent).rejects.toMatchObject({ code: "P2028" });
    expect(await tagNames()).toEqual(before);
  });

  test("of which a statement failed does not pass for written", async () => {
    const before = await tagNames();
    const work = db.transaction(async (tx) => {
      await makeTag(tx, "lost");
      await tx.rows.read("contact", "no id").catch(() => null);
    });
    await expect(work).rejects.toThrow("statement had failed");
    expect(await tagNames()).toEqual(before);
  });
});

test("a row that changed since it was held, or is another member's, is not written", async () => {
  const { id: memberId } = await organization.member({ dataScope: "ASSIGNED" });
  const { id } = await organization.contact({ name: "Others'", title: "Before" });
  const assigned = scopedDb(await testDatabase(), {
    orgId: organization.id,
    memberId,
    dataScope: "ASSIGNED",
  });
  await assigned.transaction(async (tx) => expect(await tx.rows.read("contact", id)).toBeNull());
  await db.transaction(async (tx) => {
    const before = await tx.rows.read("contact", id);
    if (!before) throw new Error("not found");
    expect(await tx.rows.change("contact", { ...before, version: 0 }, { title: "After" }, true)).toBeNull();
    await expect(tx.rows.change("contact", before, { orgId: newId() }, true)).rejects.toThrow("orgId");
    await expect(tx.rows.change("contact", before, { nothing: 1 }, true)).rejects.toThrow("nothing");
  });
  const row = await db.contact.findFirst({ where: { id } });
  await assigned.transaction(async (tx) => {
    expect(row && (await tx.rows.change("contact", row, { title: "After" }, true))).toBeNull();
  });
});

describe("a write that is one statement", () => {
  const change = async (tx: Db, id: string, title: string, between?: () => Promise<unknown>) => {
    const before = await tx.rows.read("contact", id);
    if (!before) throw new Error("not found");
    await between?.();
    return tx.rows.change("contact", before, { title, version: before.version + 1 }, true);
  };
  const titleOf = async (id: string) => (await db.contact.findFirst({ where: { id } }))?.title;

  test("is done without a transaction", async () => {
    const { id } = await organization.contact({ name: "Alone", title: "Before" });
    const { answer, statements } = await statementsOf(() => db.optimistic((tx) => change(tx, id, "After")));
    expect(answer).toMatchObject({ result: { id, title: "After", version: 2 } });
    expect(statements).toHaveLength(2);
    expect(await titleOf(id)).toBe("After");
  });

  test("is not done when the row was written since it was read, whatever of it", async () => {
    const { prisma } = await testDatabase();
    const { id } = await organization.contact({ name: "Alone", title: "Before" });
    const between = () => prisma.contact.updateMany({ where: { id }, data: { facets: ["another"] } });
    expect(await db.optimistic((tx) => change(tx, id, "After", between))).toBeNull();
    expect(await titleOf(id)).toBe("Before");
  });

  test("is not done when it takes more than that", async () => {
    const { id } = await organization.contact({ name: "Alone", title: "Before" });
    const more: ((tx: Db) => Promise<unknown>)[] = [
      (tx) => tx.catalogue("CONTACT"),
      (tx) => tx.lock.rows("contact", [id], "update"),
      (tx) => tx.bulk.untagContacts([]),
      (tx) => makeTag(tx, "alone"),
      (tx) => tx.transaction(async () => 1),
      (tx) => tx.rows.read("contact", id),
    ];
    for (const work of more) {
      const whole = async (tx: Db) => {
        await tx.rows.read("contact", id);
        await work(tx);
        return change(tx, id, "After");
      };
      expect(await db.optimistic(whole), String(work)).toBeNull();
    }
    const tagged = async (tx: Db) => {
      const before = await tx.rows.read("contact", id);
      return before && tx.rows.change("contact", before, { tagIds: [] }, true);
    };
    expect(await db.optimistic(tagged)).toBeNull();
    const twice = db.optimistic(async (tx) => {
      await change(tx, id, "After");
      await change(tx, id, "Again");
    });
    await expect(twice).rejects.toThrow("has done it already");
    expect(await titleOf(id)).toBe("After");
  });
});
