import { createKey } from "../../src/auth/key.ts";
import { ownedModels } from "../../src/db/models.ts";
import { newId, suffixOf } from "../../src/lib/typeid.ts";
import { testDatabase } from "../support/database.ts";
import type { Asker } from "./secrets.ts";
import { ruleOf } from "./visible.ts";

/**
 * A copy of an organization with only the rows that a caller may see. Every operation must answer the same bytes in the
 * copy and in the organization itself: counts, facets, pages, errors.
 */

export interface Twin extends Asker {
  readonly key: string;
  /** Replaces the copy's ids in an answer by those of the original. */
  readonly restored: (text: string) => string;
}

const both = (id: string) => [id, suffixOf(id)] as const;

export async function plantTwin(asker: Asker): Promise<Twin> {
  const { pool } = await testDatabase();
  const orgId = newId();
  const { rows: keys } = await pool.query<{ id: string }>("SELECT id FROM api_key WHERE org_id = $1", [
    asker.orgId,
  ]);
  const { key, hash, prefix, id: credentialId } = createKey("LIVE");
  // A key is found only by its id, so the copy's keys have other ids.
  const names = new Map([[asker.orgId, orgId], ...keys.map(({ id }) => [id, newId()] as const)]);
  names.set(asker.credentialId, credentialId);
  const renamed = [...names].reduce(
    (sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`,
    "to_jsonb(r)::text",
  );
  const client = await pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL session_replication_role = replica");
    const copy = (table: string, condition: string, values: readonly string[]) =>
      client.query(
        `INSERT INTO ${table} SELECT copy.* FROM ${table} AS r,
           jsonb_populate_record(NULL::${table}, (${renamed})::jsonb) AS copy WHERE ${condition}`,
        [...values],
      );
    await copy("organization", "r.id = $1", [asker.orgId]);
    for (const [model, { table }] of ownedModels) {
      const rule = ruleOf(model, asker.dataScope, true);
      await copy(table, `r.org_id = $1 AND $2::uuid IS NOT NULL AND $3::uuid IS NOT NULL AND (${rule})`, [
        asker.orgId,
        asker.memberId,
        asker.credentialId,
      ]);
    }
    await client.query("UPDATE api_key SET hash = $3, prefix = $4 WHERE org_id = $1 AND id = $2", [
      orgId,
      credentialId,
      hash,
      prefix,
    ]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  const back = [...names].flatMap(([from, to]) => {
    const [ours, theirs] = [both(from), both(to)];
    return ours.map((id, at) => [theirs[at] ?? "", id] as const);
  });
  const restored = (text: string) => back.reduce((said, [from, to]) => said.replaceAll(from, to), text);
  return { ...asker, orgId, credentialId, key, restored };
}
