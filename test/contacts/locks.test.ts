import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import type { Db } from "../../src/db/scope/db.ts";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Writes that meet: none waits for another one that waits for it, whatever they are about. */

let organization: Organization;
let db: Db;
let single: boolean;
beforeAll(async () => {
  organization = await Organization.make();
  const database = await testDatabase();
  // The embedded database has one connection: nothing meets there.
  single = database.pool.options.max === 1;
  const { id: memberId } = await organization.member();
  db = scopedDb(database, { orgId: organization.id, memberId, dataScope: "ALL" });
});

const ask = (field: string) => mutate(organization.key, field, "__typename");

/** A lock that some other write has, until it is let go. */
async function holding(text: string, values: readonly unknown[]) {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  await client.query("BEGIN");
  await client.query(text, [...values]);
  return async () => {
    await client.query("COMMIT");
    client.release();
  };
}

/** How many backends wait for a lock in a statement about these words. */
async function waiting(): Promise<number> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

async function merged() {
  const survivor = await organization.contact({ name: "S" });
  const old = await organization.contact({ name: "O" });
  const input = `{ primaryId: "${survivor.globalId}", duplicateIds: ["${old.globalId}"] }`;
  const { merge } = await mutate<{ merge: { id: string } }>(
    organization.key,
    `contactMerge(input: ${input})`,
    "merge { id }",
  );
  return { survivor, old, mergeId: merge.id };
}

/** Everything that can be done to a handful of records that hang together, each by its name. */
async function records() {
  const tagId = encodeId("Tag", await organization.tag(`T${newId()}`));
  const field = await organization.customField({ slug: `f_${newId().replaceAll("-", "")}`, type: "TEXT" });
  const { survivor, old, mergeId } = await merged();
  const other = await organization.contact({ name: "Other", email: `${newId()}@example.com` });
  const lead = await organization.lead({ name: "L", email: `${newId()}@example.com` });
  const deal = await organization.deal({ contactId: survivor.id, leadId: lead.id });
  const call = await organization.activity({ kind: "CALL", contactId: survivor.id, dealId: deal.id });
  const [s, o, x] = [survivor.globalId, old.globalId, other.globalId];
  return {
    "an update by an old id": `contactUpdate(id: "${o}", input: { title: "T${newId()}" })`,
    "an update with a tag": `contactUpdate(id: "${s}", input: { tags: { add: ["${tagId}"] } })`,
    "an update with a field": `contactUpdate(id: "${x}", input: { customFields: [{ slug: "${field.slug}", value: "v" }] })`,
    "a merge": `contactMerge(input: { primaryId: "${x}", duplicateIds: ["${s}"] })`,
    "an unmerge": `contactUnmerge(mergeId: "${mergeId}")`,
    "a deal that moves": `dealUpdate(id: "${deal.globalId}", input: { contactId: "${o}", leadId: "${lead.globalId}" })`,
    "a deal that goes": `dealDelete(id: "${deal.globalId}")`,
    "a call": `activityCreate(input: { kind: CALL, contactId: "${o}", leadId: "${lead.globalId}", dealId: "${deal.globalId}" })`,
    "a call that changes": `activityUpdate(id: "${call.globalId}", input: { occurredAt: "2026-01-02T00:00:00Z" })`,
    "a call that goes": `activityDelete(id: "${call.globalId}")`,
    "a lead that is converted": `leadConvert(id: "${lead.globalId}", input: { createDeal: false, contactId: "${o}" })`,
    "a tag that goes": `tagDelete(id: "${tagId}")`,
    "a field that changes": `customFieldUpdate(id: "${encodeId("CustomField", field.id)}", input: { type: URL })`,
  };
}

test("a write that a merge overtook follows its contact to where it went", async ({ skip }) => {
  skip(single, "the embedded database has one connection");
  const { survivor, old } = await merged();
  const release = await holding("SELECT 1 FROM contact WHERE id = $1 FOR UPDATE", [survivor.id]);
  const update = mutate<{ contact: { id: string; title: string } }>(
    organization.key,
    `contactUpdate(id: "${old.globalId}", input: { title: "Followed" })`,
    "contact { id title }",
  );
  await expect.poll(waiting).toBe(1);
  // Whoever undoes or continues the merge does not wait for who waits for the survivor.
  const free = await holding("SELECT 1 FROM contact WHERE id = $1 FOR UPDATE NOWAIT", [old.id]);
  await free();
  const final = await organization.contact({ name: "F" });
  const { pool } = await testDatabase();
  await pool.query("UPDATE contact SET merged_into_id = $2 WHERE id = $1", [old.id, final.id]);
  await release();
  expect(await update).toMatchObject({ contact: { id: final.globalId, title: "Followed" }, errors: [] });
});

test("of all writes of the same records at once none is undone by another", async ({ skip }) => {
  skip(single, "the embedded database has one connection");
  const { pool } = await testDatabase();
  const deadlocks = async () => {
    const { rows } = await pool.query<{ deadlocks: string }>(
      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
    );
    return Number(rows[0]?.deadlocks);
  };
  const before = await deadlocks();
  for (let round = 0; round < 6; round += 1) {
    const mutations = Object.entries(await records());
    // Each round begins with others, and does every one of them twice.
    const turned = [...mutations.slice(round * 2), ...mutations.slice(0, round * 2)];
    const answers = await Promise.all(
      [...turned, ...turned.toReversed()].map(async ([name, mutation]) => {
        const { errors } = await sendText(
          organization.key,
          `mutation { m: ${mutation} { errors { code } } }`,
        );
        return errors.map(({ message }) => `${name}: ${message}`);
      }),
    );
    expect(answers.flat()).toEqual([]);
  }
  // What a connection has counted is told when it is idle, and after a second at most.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await deadlocks()).toBe(before);
});

test("a write that takes its locks in another order is a fault, whoever it meets", async () => {
  const contact = await organization.contact({ name: "C" });
  const tag = await organization.tag("ordered");
  const [low, high] = [await organization.contact({ name: "1" }), await organization.contact({ name: "2" })];
  const backwards: ((tx: Db) => Promise<unknown>)[] = [
    async (tx) => {
      await tx.lock.rows("tag", [tag], "update");
      await tx.lock.rows("contact", [contact.id], "update");
    },
    async (tx) => {
      await tx.lock.rows("contact", [high.id], "update");
      await tx.rows.read("contact", low.id);
    },
    async (tx) => {
      await tx.lock.rows("contact", [low.id], "share");
      await tx.lock.rows("contact", [low.id], "update");
    },
    async (tx) => {
      await tx.rows.read("contact", low.id);
      await tx.catalogue("CONTACT");
    },
  ];
  for (const work of backwards) await expect(db.transaction(work)).rejects.toThrow("in one order");
  await db.transaction(async (tx) => {
    await tx.catalogue("CONTACT");
    await tx.lock.rows("contact", [low.id, high.id], "update");
    await tx.rows.read("contact", low.id);
    await tx.lock.rows("tag", [tag], "share");
  });
});

test("the same import several times at once makes each contact once", async () => {
  const rows = Array.from(
    { length: 40 },
    (_, at) => `{ name: "R${at}", email: "same-${at}-${organization.id}@example.com" }`,
  );
  const forwards = rows.join(" ");
  const backwards = rows.toReversed().join(" ");
  const jobs = await Promise.all(
    [forwards, backwards, forwards, backwards, forwards, backwards].map((list) =>
      mutate<{ job: { created: number; skipped: number; failed: number } }>(
        organization.key,
        `contactImport(input: { rows: [${list}] })`,
        "job { created skipped failed }",
      ),
    ),
  );
  const sum = (name: "created" | "skipped" | "failed") =>
    jobs.reduce((total, { job }) => total + job[name], 0);
  expect([sum("created"), sum("skipped"), sum("failed")]).toEqual([40, 200, 0]);
});

test("callers who make contacts of an import's addresses meanwhile, make each once", async () => {
  const address = (at: number) => `meanwhile-${at}-${organization.id}@example.com`;
  const rows = Array.from({ length: 20 }, (_, at) => `{ name: "R${at}", email: "${address(at)}" }`);
  const [imported, ...created] = await Promise.all([
    mutate<{ job: { created: number; skipped: number } }>(
      organization.key,
      `contactImport(input: { rows: [${rows.join(" ")}] })`,
      "job { created skipped }",
    ),
    ...[19, 3, 11, 7, 0].map((at) =>
      mutate(
        organization.key,
        `contactCreate(input: { name: "C", email: "${address(at)}" })`,
        "contact { id }",
      ),
    ),
  ]);
  const made = created.filter(({ errors }) => errors.length === 0).length;
  expect(imported.job).toEqual({ created: 20 - made, skipped: made });
  for (const { errors } of created)
    expect(errors.map(({ code }) => code)).toEqual(errors.length ? ["EMAIL_TAKEN"] : []);
  expect(await ask(`contactCreate(input: { name: "C", email: "${address(5)}" })`)).toMatchObject({
    errors: [{ code: "EMAIL_TAKEN" }],
  });
});
