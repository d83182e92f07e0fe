import { beforeAll, expect, test } from "vitest";
import { entities } from "../../src/db/entities.ts";
import type { AnyOwned } from "../../src/db/entity.ts";
import { allModels, delegateOf, type OwnedName, ownedModels } from "../../src/db/models.ts";
import { columnOf } from "../../src/db/prisma/columns.ts";
import { contactChildren, pointerColumn, pointersTo } from "../../src/db/references.ts";
import { ModelName } from "../../src/generated/prisma/internal/prismaNamespaceBrowser.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { plant } from "../support/plant.ts";
import { purgeAlone } from "../support/purge.ts";

/** The table of models takes its word: each row is put to the proof against the database and through the door. */

type Maker = Organization & { key: string };

let attacker: Maker;
let victim: Maker;
beforeAll(async () => {
  [attacker, victim] = [await Organization.make(), await Organization.make()];
});

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const { pool } = await testDatabase();
  return (await pool.query<Row>(text, values)).rows;
}

test("every model has a row, and every row's pointers are the foreign keys of its table", async () => {
  expect(Object.keys(entities).sort()).toEqual(Object.keys(ModelName).sort());
  const keys = await query<{ key: string }>(
    `SELECT c.conrelid::regclass::text || '.' || a.attname || ' ' || c.confrelid::regclass::text AS key
     FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[cardinality(c.conkey)]
     WHERE c.contype = 'f' AND c.confrelid <> 'organization'::regclass AND c.conrelid <> 'user_identity'::regclass`,
  );
  const pointers = ownedModels.flatMap(([, { table, pointers }]) =>
    Object.entries(pointers).map(
      ([pointer, { to }]) => `${table}.${pointerColumn(pointer)} ${entities[to].table}`,
    ),
  );
  expect(pointers.sort()).toEqual(keys.map(({ key }) => key).sort());
  for (const [name, { table }] of allModels) {
    const found = await query(`SELECT to_regclass($1) IS NOT NULL AS there`, [table]);
    expect(found, name).toEqual([{ there: true }]);
  }
});

const known = ownedModels.filter(([, { ids }]) => ids).map(([name]) => name);

test.each(known)("a record of %s is found by its id, and null for another organization", async (model) => {
  const { globalId } = await plant(model, victim);
  const found = async ({ key }: Maker) => {
    const { data, errors } = await sendText(key, `{ node(id: "${globalId}") { __typename id } }`);
    expect(errors).toEqual([]);
    return data;
  };
  expect(await found(victim)).toEqual({ node: { __typename: model, id: globalId } });
  expect(await found(attacker)).toEqual({ node: null });
});

/** Records that lead to a contact; a merge alone stays with its survivor, and is undone with it. */
const leading = pointersTo("Contact").filter(({ model, row }) => row.ids && model !== "ContactMerge");

test.each(leading)(
  "a $model follows its contact through a merge by $column, and comes back when that is undone",
  async ({ model, row: { table }, column, merge: ids }) => {
    const primary = await plant("Contact", victim);
    const duplicate = await plant("Contact", victim);
    const { id } = await plant(model, victim, { [column]: duplicate.id });
    const pointed = () => query(`SELECT ${column}::text AS "to" FROM ${table} WHERE id = $1`, [id]);
    const names = contactChildren.map(({ name }) => name);
    const { merge, moves } = await mutate<{ merge: { id: string }; moves: Record<string, number> }>(
      victim.key,
      `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] })`,
      `merge { id } moves { ${names.join(" ")} }`,
    );
    expect(await pointed()).toEqual([{ to: primary.id }]);
    expect(
      await query(
        `SELECT ${columnOf(String(ids))} AS moved FROM contact_merge_source WHERE contact_id = $1`,
        [duplicate.id],
      ),
    ).toEqual([{ moved: [id] }]);
    for (const child of contactChildren) expect(moves[child.name]).toBe(child.ids === ids ? 1 : 0);
    await mutate(victim.key, `contactUnmerge(mergeId: "${merge.id}")`, "contact { id }");
    expect(await pointed()).toEqual([{ to: duplicate.id }]);
  },
);

/** Every column of every table that holds text somehow in which a mark is found. */
async function marked(mark: string): Promise<string[]> {
  const columns = await query<{ table: string; column: string }>(
    `SELECT c.oid::regclass::text AS table, quote_ident(a.attname) AS column
     FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type AS t ON t.oid = a.atttypid
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
       AND format_type(a.atttypid, NULL) IN ('text', 'text[]', 'jsonb', 'json', 'character varying', 'character')`,
  );
  const parts = columns.map(
    ({ table, column }) =>
      `SELECT '${table}.${column}' AS place WHERE EXISTS (SELECT FROM ${table} WHERE ${column}::text LIKE '%' || $1 || '%')`,
  );
  return (await query<{ place: string }>(parts.join(" UNION ALL "), [mark])).map(({ place }) => place);
}

const DAY = 86_400_000;
const long = new Date(Date.now() - 31 * DAY);

/** Plants what points to a record: with the mark where a purge is to erase it. */
async function plantPointing(to: "Contact" | "Lead", id: string, mark: string, kept: boolean): Promise<void> {
  for (const { model, row, column, purge: rule } of pointersTo(to)) {
    if (rule === undefined) continue;
    if (rule === "keep") {
      if (kept) await plant(model, victim, { [column]: id });
    } else if (rule === "delete" || rule === "deleteUnlessShared") {
      await plant(model, victim, { [column]: id }, mark);
    } else {
      // A merge's choices name fields and contacts, and say nothing of anybody.
      const end = row.pointers[rule.of]?.to as OwnedName;
      const { id: copy } = await plant(end, victim, { choices: [] }, mark);
      await plant(model, victim, { [column]: id, [pointerColumn(rule.of)]: copy });
    }
  }
}

test.each(["Contact", "Lead"] as const)("of a purged %s nothing is left in any table", async (model) => {
  const { pool, prisma } = await testDatabase();
  const mark = `secret_${model.toLowerCase()}`;
  const trashed = { deleted_at: long, tag_ids: [] };
  const stub = await plant(model, victim, { ...trashed, ...currency(model) }, mark);
  const alone = await plant(model, victim, { ...trashed, ...currency(model) }, mark);
  await plantPointing(model, stub.id, mark, true);
  await plantPointing(model, alone.id, mark, false);
  const job = await plant("ImportJob", victim, { state: "DONE", finished_at: long });
  await plant("ImportError", victim, { job_id: job.id }, mark);
  await plant("IdempotencyKey", victim, { created_at: new Date(0) }, mark);
  const { table }: AnyOwned = entities[model];
  expect(await marked(mark)).toEqual(
    expect.arrayContaining([`${table}.name`, `${table}.notes`, `${table}.custom`]),
  );

  const done = await purgeAlone({ pool }, new Date(Date.now() - 30 * DAY), new Date(DAY));
  expect(done.ran).toBe(true);
  expect(await marked(mark)).toEqual([]);
  const where = { id: { in: [stub.id, alone.id] } };
  const left = await (prisma[delegateOf(model)] as typeof prisma.contact).findMany({
    where,
    select: { id: true },
  });
  expect(left).toEqual([{ id: stub.id }]);
});

/** A lead's value has both or neither. */
const currency = (model: "Contact" | "Lead") =>
  model === "Lead" ? { deal_value: 5, deal_currency: "EUR" } : {};
