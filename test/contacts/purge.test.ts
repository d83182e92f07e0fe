import type pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { isTransient } from "../../src/db/faults.ts";
import { decodeId, encodeId } from "../../src/db/ids.ts";
import type { LanePool } from "../../src/db/open/lane-pool.ts";
import { purge } from "../../src/jobs/purge.ts";
import { mutate, sendText } from "../support/client.ts";
import { cases, createWith, makeWorld, updateWith, valueFor } from "../support/columns.ts";
import { oneConnection, testDatabase } from "../support/database.ts";
import { breakable, cuts } from "../support/faults.ts";
import { Organization } from "../support/makers.ts";
import { purgeAlone } from "../support/purge.ts";

/** Erasing what has been in the trash for 30 days. All of it in one file: one process purges at a time. */

const DAY = 86_400_000;
const long = new Date(Date.now() - 31 * DAY);

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

/** Erases what was trashed more than 30 days ago, the contacts of these ids among it. */
async function erase(...ids: readonly string[]) {
  const { prisma, pool } = await testDatabase();
  await prisma.contact.updateMany({ where: { id: { in: [...ids] } }, data: { deletedAt: long } });
  expect((await purgeAlone({ pool }, new Date(Date.now() - 30 * DAY), new Date(0))).ran).toBe(true);
}

const merge = async (primary: { globalId: string }, duplicate: { globalId: string }) => {
  const input = `{ primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] }`;
  const merged = await mutate<{ merge: { id: string } }>(
    key,
    `contactMerge(input: ${input})`,
    "merge { id }",
  );
  expect(merged.errors).toEqual([]);
  return merged.merge.id;
};

test("after 30 days a contact is erased: a stub is left where something points to it, and nothing elsewhere", async () => {
  const { prisma, pool } = await testDatabase();
  const old = { email: "secret@example.com", company: "Secret", notes: "secret", deletedAt: long };
  const pointed = await organization.contact({ ...old, tags: ["secret"] });
  const deal = await organization.deal({ contactId: pointed.id });
  const alone = await organization.contact({ ...old });
  const call = await organization.activity({ contactId: alone.id, kind: "CALL" });
  const recent = await organization.contact({ deletedAt: new Date(Date.now() - 29 * DAY) });
  const lead = await organization.lead({ name: "Old lead", deletedAt: long });

  const purged = await purgeAlone({ pool }, new Date(Date.now() - 30 * DAY), new Date(0));
  expect(purged.ran).toBe(true);
  expect(purged.contacts).toBeGreaterThanOrEqual(2);
  const { data } = await sendText(
    key,
    `{ gone: contact(id: "${alone.globalId}") { id } stub: contact(id: "${pointed.globalId}") { id }
       recent: contact(id: "${recent.globalId}") { id } lead(id: "${lead.globalId}") { id }
       node(id: "${pointed.globalId}") { id } activity(id: "${call.globalId}") { id }
       deal(id: "${deal.globalId}") { contact { id name email company notes removed tags { id } } }
       trashed: contacts(trash: ONLY) { nodes { id } } }`,
  );
  expect(data).toMatchObject({
    gone: null,
    stub: null,
    node: null,
    lead: null,
    activity: null,
    recent: { id: recent.globalId },
    deal: {
      contact: {
        id: pointed.globalId,
        name: "Removed contact",
        email: null,
        company: null,
        notes: null,
        removed: true,
        tags: [],
      },
    },
  });
  const ids = (data as unknown as { trashed: { nodes: { id: string }[] } }).trashed.nodes.map(({ id }) => id);
  expect(ids).not.toContain(pointed.globalId);
  const rows = await prisma.contact.findMany({ where: { id: { in: [pointed.id, alone.id] } } });
  expect(rows).toHaveLength(1);
  expect(
    JSON.stringify(await pool.query("SELECT * FROM contact WHERE id = $1", [pointed.id]).then((r) => r.rows)),
  ).not.toMatch(/secret/i);
  expect(await mutate(key, `contactRestore(id: "${pointed.globalId}")`, "contact { id }")).toMatchObject({
    contact: null,
    errors: [{ code: "NOT_FOUND" }],
  });
});

test.each(["contact", "lead"] as const)(
  "of a purged %s, every column that says something of a person is as in one of whom nothing is known",
  async (noun) => {
    const { prisma, pool } = await testDatabase();
    const world = await makeWorld();
    const all = cases.filter((one) => one.noun === noun);
    const [first] = all;
    if (!first) throw new Error("no columns");
    const { id } = await createWith(world, first, valueFor(world, first));
    for (const one of all.filter(({ row }) => row.update !== null)) {
      await updateWith(world, one, id, valueFor(world, one));
    }
    const uuid = decodeId(id)?.uuid ?? "";
    await world.organization.deal({ [`${noun}Id`]: uuid });
    const table: {
      updateMany(args: object): Promise<unknown>;
      findFirstOrThrow(args: object): Promise<object>;
    } = prisma[noun] as never;
    const where = { orgId: world.organization.id, id: uuid };
    const before = (await table.findFirstOrThrow({ where })) as Record<string, unknown>;
    await table.updateMany({ where, data: { deletedAt: long } });
    expect((await purgeAlone({ pool }, new Date(Date.now() - 30 * DAY), new Date(0))).ran).toBe(true);
    const after = (await table.findFirstOrThrow({ where })) as Record<string, unknown>;
    for (const { name, row } of all) {
      const left = name === "name" ? `Removed ${noun}` : row.personal ? row.blank : before[name];
      expect(after[name], name).toEqual(left);
      if (row.personal) expect(before[name], `${name} before`).not.toEqual(left);
    }
    const texts = all.filter(({ row }) => row.personal).map(({ name }) => String([before[name]].flat()[0]));
    const { rows } = await pool.query(`SELECT to_jsonb(t)::text AS row FROM ${noun} AS t WHERE id = $1`, [
      uuid,
    ]);
    for (const text of texts.filter((text) => text.length > 3)) {
      expect(rows[0].row.toLowerCase()).not.toContain(text.toLowerCase());
    }
  },
);

test("what stays with an erased contact keeps what it says: its conversations, and activities that are a deal's as well", async () => {
  const { id: contactId } = await organization.contact({ name: "Erased" });
  const url = "https://mail.example.com/threads/7";
  const thread = await organization.conversation({ contactId, subject: "Prices of 2026", url });
  const { id: dealId } = await organization.deal({ contactId });
  const said = { subject: "Prices", body: "Ten per cent off" };
  const shared = await organization.activity({ contactId, dealId, ...said });
  const own = await organization.activity({ contactId, ...said });
  await erase(contactId);
  const { data } = await sendText(
    key,
    `{ thread: conversation(id: "${thread.globalId}") { subject url contact { name removed } }
       shared: activity(id: "${shared.globalId}") { subject body contact { name removed } }
       own: activity(id: "${own.globalId}") { id } }`,
  );
  const contact = { name: "Removed contact", removed: true };
  expect(data).toEqual({
    thread: { subject: "Prices of 2026", url, contact },
    shared: { ...said, contact },
    own: null,
  });
});

test.skipIf(oneConnection)("another process that purges is left alone", async () => {
  const { pool } = await testDatabase();
  const other = await pool.connect();
  try {
    await other.query("BEGIN; SELECT pg_advisory_xact_lock(7242003)");
    expect(await purge({ pool }, new Date(0), new Date(0))).toMatchObject({ ran: false });
  } finally {
    await other.query("ROLLBACK");
    other.release();
  }
});

test("the old id of an erased duplicate still leads to the contact that it was merged into", async () => {
  const survivor = await organization.contact({ name: "Survivor" });
  const duplicate = await organization.contact({ name: "Duplicate" });
  await merge(survivor, duplicate);
  await erase(duplicate.id);
  const old = duplicate.globalId;
  const shown = { contact: { id: survivor.globalId } };
  expect(await mutate(key, `contactUpdate(id: "${old}", input: { title: "CTO" })`, "contact { id }")).toEqual(
    {
      ...shown,
      errors: [],
    },
  );
  const on = `contactId: "${old}"`;
  for (const [noun, input] of [
    ["deal", `name: "D", value: { amount: 1, currency: "EUR" }, ${on}`],
    ["activity", `kind: CALL, ${on}`],
    ["conversation", `channel: EMAIL, ${on}`],
  ]) {
    const made = await mutate(key, `${noun}Create(input: { ${input} })`, `${noun} { contact { id } }`);
    expect(made).toEqual({ [noun ?? ""]: shown, errors: [] });
  }
  const other = await organization.contact({ name: "Other" });
  const again = `contactMerge(input: { primaryId: "${other.globalId}", duplicateIds: ["${old}"] })`;
  expect((await mutate(key, again, "contact { id }")).errors).toMatchObject([
    { code: "ALREADY_MERGED", path: ["input", "duplicateIds", "0"] },
  ]);
});

test("an erased duplicate's data are in no record of its merges, undone or not", async () => {
  const { pool } = await testDatabase();
  const kept = async () =>
    JSON.stringify(
      (await pool.query("SELECT before, after FROM contact_merge WHERE org_id = $1", [organization.id])).rows,
    );
  const pairs = await Promise.all(
    [1, 2].map(async (at) => ({
      primary: await organization.contact({ name: "P" }),
      duplicate: await organization.contact({ name: "D", notes: `hidden note ${at}` }),
    })),
  );
  const [undone, merged] = pairs;
  if (!undone || !merged) throw new Error("no pairs");
  const mergeId = await merge(undone.primary, undone.duplicate);
  expect(await mutate(key, `contactUnmerge(mergeId: "${mergeId}")`, "contact { id }")).toMatchObject({
    errors: [],
  });
  const last = await merge(merged.primary, merged.duplicate);
  for (const at of [1, 2]) expect(await kept()).toContain(`hidden note ${at}`);
  await erase(undone.duplicate.id, merged.duplicate.id);
  expect(await kept()).not.toMatch(/hidden note/);
  expect((await mutate(key, `contactUnmerge(mergeId: "${last}")`, "contact { id }")).errors).toMatchObject([
    { code: "EXPIRED" },
  ]);
});

/** A pool whose purge waits before its work is final. */
function slowPool(pool: pg.Pool) {
  let commit = () => {};
  const free = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const connect = (use: (error: undefined, client: pg.PoolClient) => void) =>
    pool.connect((error, client) => {
      if (!client) throw error;
      const query = async (text: string, values?: unknown[]) => {
        if (text === "COMMIT") await free;
        return client.query(text, values);
      };
      use(undefined, Object.assign(Object.create(client), { query }));
    });
  return { pool: { connect } as unknown as LanePool, commit };
}

test.skipIf(oneConnection)(
  "a field that changes its type while a contact is erased does not bring its data back",
  async () => {
    const { pool, prisma } = await testDatabase();
    const years = await organization.customField({ slug: "years", type: "TEXT", slot: "text1" });
    const contact = await organization.contact({ name: "Hidden", custom: { years: "12" }, deletedAt: long });
    await organization.deal({ contactId: contact.id });
    const slow = slowPool(pool);
    const purging = purge(slow, new Date(Date.now() - 30 * DAY), new Date(0));
    const waiting = async (statement: string) => {
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND state <> 'idle' AND query ~ $1 AND pid <> pg_backend_pid()
         AND (wait_event_type = 'Lock' OR state = 'idle in transaction')`,
        [statement],
      );
      return rows[0]?.count;
    };
    const soon = { timeout: 20_000 };
    await expect.poll(() => waiting("^DELETE FROM import_error"), soon).toBe(1);
    const field = `customFieldUpdate(id: "${encodeId("CustomField", years.id)}", input: { type: NUMBER })`;
    const changing = mutate(key, field, "valueCount");
    await expect.poll(() => waiting("^SELECT 1 AS locked FROM contact"), soon).toBe(1);
    slow.commit();
    await purging;
    expect(await changing).toMatchObject({ errors: [] });
    const row = await prisma.contact.findFirst({ where: { id: contact.id }, omit: { searchText: false } });
    expect(row).toMatchObject({ name: "Removed contact", custom: {}, searchText: "removed contact" });
  },
);

test.for(cuts())(
  "connections that are %s interrupt a purge, and nothing else: the next one goes on",
  async (how) => {
    const { database, cutAt } = await breakable();
    const limits = [new Date(Date.now() - 30 * DAY), new Date(0)] as const;
    let statement = 1;
    for (let whole = false; !whole; ) {
      await organization.contact({ name: "Long gone", deletedAt: long });
      const wasCut = cutAt(how, statement);
      const purged = await purge(database, ...limits).catch((error: unknown) => {
        if (!isTransient(error)) throw error;
        return null;
      });
      whole = purged?.ran === true && !wasCut();
      // The server may take a moment to notice that the one before is gone, which keeps others out meanwhile.
      if (wasCut()) statement += 1;
    }
    expect(statement).toBeGreaterThan(10);
    // On the embedded database all use the one connection, whose next cut has not come.
    cutAt(how, Number.POSITIVE_INFINITY);
    const { prisma } = await testDatabase();
    const left = { orgId: organization.id, name: "Long gone" };
    expect(await prisma.contact.count({ where: left })).toBe(0);
  },
);
