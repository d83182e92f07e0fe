import { beforeAll, describe, expect, test } from "vitest";
import { unreadColumns } from "../../src/db/prisma/rows.ts";
import type { Db } from "../../src/db/scope/db.ts";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import type { StoredModel } from "../../src/db/write/stored-rows.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Rows that are read to be changed travel as JSON, and are what Prisma returns. */

let organization: Organization;
let db: Db;
beforeAll(async () => {
  organization = await Organization.make();
  const { id: memberId } = await organization.member();
  db = scopedDb(await testDatabase(), { orgId: organization.id, memberId, dataScope: "ALL" });
});

const early = new Date("1752-09-14T00:00:00.007Z");
const late = new Date("9999-12-31T23:59:59.999Z");
const text = 'Zoë "\\"\n\t\u2028 😀 {}';

const made: Readonly<Record<StoredModel, () => Promise<{ readonly id: string }>>> = {
  contact: () =>
    organization.contact({
      name: text,
      otherEmails: ["a@example.com", "b@example.com"],
      phoneNumbers: [],
      createdAt: early,
      lastCallAt: late,
      deletedAt: new Date("2026-11-28T16:04:59.100Z"),
    }),
  lead: () =>
    organization.lead({ name: text, dealValue: "9007199254740993.10", dealCurrency: "EUR", createdAt: late }),
  deal: () =>
    organization.deal({
      name: text,
      value: "0.10",
      expectedCloseOn: new Date("2028-02-29T00:00:00Z"),
      createdAt: early,
    }),
};

describe.each(["contact", "lead", "deal"] as const)("a %s", (model) => {
  test("is as Prisma reads it, with its moments, days and decimals, locked or not", async () => {
    const { id } = await made[model]();
    const { prisma } = await testDatabase();
    const delegate = prisma[model] as unknown as { findFirstOrThrow(args: object): Promise<object> };
    const row = await delegate.findFirstOrThrow({ where: { id }, omit: unreadColumns[model] });
    const locked = await db.transaction((tx) => tx.rows.read(model, id));
    const unlocked = await db.optimistic((tx) => tx.rows.read(model, id));
    expect(locked).toStrictEqual(row);
    expect(unlocked?.result).toStrictEqual(row);
  });

  test("is as Prisma reads it after a change that names no column that is read", async () => {
    const { id } = await made[model]();
    const changed = await db.transaction(async (tx) => {
      const before = await tx.rows.read(model, id);
      if (!before) throw new Error("it is not there");
      return [before, await tx.rows.change(model, before, { nameKey: "z" }, true)];
    });
    expect(changed[1]).toStrictEqual(changed[0]);
  });
});
