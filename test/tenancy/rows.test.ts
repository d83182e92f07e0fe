import { expect, test } from "vitest";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { Rows } from "./rows.ts";

test("a walk notices each row that is new, changed or gone, and undoes it", async () => {
  const { pool } = await testDatabase();
  const [ours, theirs] = [await Organization.make(), await Organization.make()];
  const { id: changed } = await ours.contact({ tags: ["shared"] });
  const { id: gone } = await theirs.deal();
  const rows = await Rows.of([ours.id, theirs.id]);
  expect(await rows.changes()).toEqual([]);

  await pool.query("UPDATE contact SET title = 'Changed' WHERE org_id = $1 AND id = $2", [ours.id, changed]);
  await pool.query("DELETE FROM deal WHERE org_id = $1 AND id = $2", [theirs.id, gone]);
  await theirs.tag("new");
  const changes = await rows.changes();
  const told = changes.map(({ table, orgId, before, after }) => [
    table,
    orgId,
    before !== null,
    after !== null,
  ]);
  expect(told.sort()).toEqual([
    ["contact", ours.id, true, true],
    ["deal", theirs.id, true, false],
    ["tag", theirs.id, false, true],
  ]);

  await rows.undo(changes);
  expect(await rows.changes()).toEqual([]);
  const { rows: left } = await pool.query(
    `SELECT c.title, count(d.id)::int AS deals, (SELECT count(*)::int FROM tag WHERE org_id = $2) AS tags
     FROM contact AS c LEFT JOIN deal AS d ON d.org_id = $2 WHERE c.org_id = $1 AND c.id = $3 GROUP BY c.title`,
    [ours.id, theirs.id, changed],
  );
  expect(left).toEqual([{ title: null, deals: 1, tags: 0 }]);
});
