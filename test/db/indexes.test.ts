import { expect, test } from "vitest";
import { ownedModels } from "../../src/db/models.ts";
import { testDatabase } from "../support/database.ts";

/** Indexes of tables in which every organization has its rows. */

interface Index {
  readonly table: string;
  readonly name: string;
  readonly method: string;
  readonly first: string;
}

async function indexes(): Promise<Index[]> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<Index>(
    `SELECT t.relname AS table, i.relname AS name, m.amname AS method,
       pg_get_indexdef(x.indexrelid, 1, true) AS first
     FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
       JOIN pg_am AS m ON m.oid = i.relam
     WHERE t.relnamespace = 'public'::regnamespace ORDER BY 1, 2`,
  );
  return rows;
}

/** Indexes that do without the organization: what they find is searched for in all of them. */
const ofAll: Readonly<Record<string, string>> = {
  api_key_id_idx: "a key is looked up before its organization is known",
  bulk_job_waiting_idx: "jobs of all organizations are taken in turn",
  import_job_pending_idx: "jobs of all organizations are taken in turn",
  contact_purge_idx: "a purge goes through all organizations",
  lead_purge_idx: "a purge goes through all organizations",
  idempotency_key_created_at_idx: "a purge goes through all organizations",
  audit_event_record_ids_idx: "no other organization has these ids",
  contact_tag_ids_idx: "no other organization has these ids",
  lead_tag_ids_idx: "no other organization has these ids",
  contact_phone_numbers_idx: "hardly any number is known to many organizations",
  member_user_id_idx: "a user's organizations are looked up",
};

test("an index begins with the organization: nobody's search reads the entries of others", async () => {
  const tables = new Set<string>(ownedModels.map(([, { table }]) => table));
  const found = (await indexes()).filter(({ table }) => tables.has(table));
  expect(found.map(({ method }) => method)).toContain("gin");
  expect(found.filter(({ name, first }) => first !== "org_id" && !Object.hasOwn(ofAll, name))).toEqual([]);
});
