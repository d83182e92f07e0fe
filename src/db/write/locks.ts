import type { Lockable } from "../entities.ts";
import type { Query } from "../open/query.ts";
import type { LockOrder, Strength } from "./lock-order.ts";

/** Rows that hang from another one, and the column that says from which. */
type Hanging =
  | { readonly table: "deal"; readonly column: "lead_id" }
  | { readonly table: "activity"; readonly column: "lead_id" | "deal_id" }
  | { readonly table: "lead"; readonly column: "converted_deal_id" };

/** A column by which rows of a table point to others of the same. */
export interface Pointing {
  readonly table: "contact";
  readonly column: "merged_into_id";
}

/** Waits for rows and locks them until the transaction ends: all of it in the order of `LockOrder`. */
export interface Lock {
  /** Ids that name no row are passed over. */
  rows(table: Lockable, ids: readonly string[], strength: Strength): Promise<void>;
  /** Every row that hangs from one, whoever may see it. */
  hanging(rows: Hanging, from: string): Promise<void>;
  /** A row, if a column of it has no value. */
  rowWithout(column: Pointing, id: string, strength: Strength): Promise<void>;
  /**
   * Rows, and every one of their table that points to them, whoever may see it.
   *
   * @throws Displaced when others point to them by then
   */
  families(by: Pointing, ids: readonly string[]): Promise<void>;
  /** Keeps every write that reads the organization's custom fields out. */
  fields(): Promise<void>;
  /** Waits for the organization's other imports: rows of the same new contact would refuse each other. */
  imports(): Promise<void>;
  /** Waits for whoever looks for a contact with one of these phone numbers, to make it when there is none. */
  phones(numbers: readonly string[]): Promise<void>;
}

/**
 * What was to be locked was no longer what had led to it, once it was: nothing was written, and the work has to begin
 * anew.
 */
export class Displaced extends Error {
  override readonly name = "Displaced";
}

const forStrength = (strength: Strength): string => `FOR ${strength === "update" ? "UPDATE" : "SHARE"}`;

/** @param query sends texts that are always the same */
export function locksOf(query: Query, orgId: string, order: LockOrder): Lock {
  const advisory = (text: string, values: unknown[]) =>
    query(`SELECT 1 AS locked FROM (${text}) AS l`, values);
  return {
    async rows(table, ids, strength) {
      if (ids.length === 0) return;
      order.take(table, ids, strength);
      await query(
        `SELECT 1 AS locked FROM ${table} WHERE org_id = $1::uuid AND id = ANY($2::uuid[]) ORDER BY id
     ${forStrength(strength)}`,
        [orgId, ids],
      );
    },
    async hanging({ table, column }, from) {
      order.enter(table);
      await query(
        `SELECT 1 AS locked FROM ${table} WHERE org_id = $1::uuid AND ${column} = $2::uuid ORDER BY id FOR UPDATE`,
        [orgId, from],
      );
    },
    async rowWithout({ table, column }, id, strength) {
      order.check(table, [id], strength);
      const rows = await query(
        `SELECT 1 AS locked FROM ${table} WHERE org_id = $1::uuid AND id = $2::uuid AND ${column} IS NULL
     ${forStrength(strength)}`,
        [orgId, id],
      );
      if (rows.length > 0) order.take(table, [id], strength);
    },
    async families({ table, column }, ids) {
      order.check(table, ids, "update");
      const members = `SELECT id::text AS id FROM ${table}
     WHERE org_id = $1::uuid AND (id = ANY($2::uuid[]) OR ${column} = ANY($2::uuid[])) ORDER BY id`;
      const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
      const locked = idsOf(await query<{ id: string }>(`${members} FOR UPDATE`, [orgId, ids]));
      order.take(table, locked, "update");
      const now = idsOf(await query<{ id: string }>(members, [orgId, ids]));
      if (now.join() !== locked.join())
        throw new Displaced(`what points by ${table}.${column} has changed meanwhile`);
    },
    async fields() {
      order.take("fields", [""], "update");
      await lockFields(query, orgId, "update");
    },
    async imports() {
      order.enter("imports");
      await advisory("SELECT pg_advisory_xact_lock(hashtextextended($1, 7242005))", [`${orgId} imports`]);
    },
    async phones(numbers) {
      if (numbers.length === 0) return;
      order.enter("phones");
      // Advisory, because a contact that is not there yet has no row to lock. Taken in the order of the numbers.
      await advisory(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || key, 7242004)) FROM unnest($2::text[]) AS key",
        [`${orgId} phone `, [...new Set(numbers)].sort()],
      );
    },
  };
}

/**
 * An advisory lock and not a row's: every write of a contact shares it, and shared row locks would write to the
 * organization's row each time.
 */
export async function lockFields(query: Query, orgId: string, strength: Strength): Promise<void> {
  const shared = strength === "share" ? "_shared" : "";
  await query(
    `SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock${shared}(hashtextextended($1, 7242002))) AS l`,
    [`${orgId} custom fields`],
  );
}
