import type { Lockable } from "../models.ts";
import type { Query } from "../open/query.ts";
import type { LockOrder, Strength } from "./lock-order.ts";

/** Children of a row, and their foreign key. */
type Children =
  | { readonly table: "deal"; readonly column: "lead_id" }
  | { readonly table: "activity"; readonly column: "lead_id" | "deal_id" }
  | { readonly table: "lead"; readonly column: "converted_deal_id" };

/** A foreign key to another row of the same table. */
export interface Pointing {
  readonly table: "contact";
  readonly column: "merged_into_id";
}

/** Locks rows until the transaction ends, waiting where needed, in the order of `LockOrder`. */
export interface Lock {
  /** Locks rows by id; ids without a row are ignored. */
  rows(table: Lockable, ids: readonly string[], strength: Strength): Promise<void>;
  /** Locks all children of a row, whoever may see them. */
  children(rows: Children, from: string): Promise<void>;
  /** Locks a row if this column of it is null. */
  rowWithout(column: Pointing, id: string, strength: Strength): Promise<void>;
  /**
   * Locks rows together with all rows of their table that point to them, whoever may see them.
   *
   * @throws ConcurrentChange if the rows that point to them changed while waiting
   */
  families(by: Pointing, ids: readonly string[]): Promise<void>;
  /** Locks out every write that reads the organization's custom fields. */
  fields(): Promise<void>;
  /** Waits for other writes that change the organization's members, or their roles and data scopes. */
  members(): Promise<void>;
  /**
   * Keeps a member from being removed until the transaction ends. Does not wait, since the transaction may have locked
   * records that a removal of the member waits for.
   *
   * @returns whether this is a current member
   * @throws MemberChanging if another write is changing or removing the member
   */
  member(id: string): Promise<boolean>;
  /** Waits for a write that is changing or removing a member. Only before records are locked. */
  memberChange(id: string): Promise<void>;
  /**
   * Keeps erasures of people and steps of jobs from running together: a step may hold values that an erasure cannot see
   * yet.
   *
   * @param strength "update" for an erasure, "share" for a step
   */
  erasure(strength: Strength): Promise<void>;
  /** Waits for the organization's other imports: two could create the same contact and conflict. */
  imports(): Promise<void>;
  /** Waits for other writes that count a member's waiting jobs. */
  jobsOf(memberId: string): Promise<void>;
  /** Waits for other writes that find a contact by one of these phone numbers or create it. */
  phones(numbers: readonly string[]): Promise<void>;
}

/**
 * The data by which a row was found had changed by the time it was locked: another contact was merged into it, or a tag
 * was added. Nothing was written, and the work must start again.
 */
export class ConcurrentChange extends Error {
  override readonly name = "ConcurrentChange";
}

/** Another write was changing or removing a member. The work must start again, after `Lock.memberChange`. */
export class MemberChanging extends ConcurrentChange {
  /** Row id. */
  readonly memberId: string;

  constructor(memberId: string) {
    super("a member was changed or removed meanwhile");
    this.memberId = memberId;
  }
}

const forStrength = (strength: Strength): string => `FOR ${strength === "update" ? "UPDATE" : "SHARE"}`;

/** @param query sends statements of constant text, whose plans are kept */
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
    async children({ table, column }, from) {
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
        throw new ConcurrentChange(`the rows that point by ${table}.${column} changed meanwhile`);
    },
    async fields() {
      order.take("fields", [""], "update");
      await lockFields(query, orgId, "update");
    },
    async members() {
      order.enter("members");
      // An advisory lock: foreign keys to a member share-lock its row, so every write of records would wait for a row
      // lock.
      await advisory("SELECT pg_advisory_xact_lock(hashtextextended($1, 7242007))", [`${orgId} members`]);
    },
    async member(id) {
      // Not in the order of locks, because nothing waits here.
      const [row] = await query<{ active: boolean }>(
        `SELECT removed_at IS NULL AS active FROM member WHERE org_id = $1::uuid AND id = $2::uuid
     FOR SHARE SKIP LOCKED`,
        [orgId, id],
      );
      if (row) return row.active;
      const there = "SELECT 1 AS there FROM member WHERE org_id = $1::uuid AND id = $2::uuid";
      if ((await query(there, [orgId, id])).length > 0) throw new MemberChanging(id);
      return false;
    },
    async memberChange(id) {
      await query("SELECT 1 AS locked FROM member WHERE org_id = $1::uuid AND id = $2::uuid FOR SHARE", [
        orgId,
        id,
      ]);
    },
    async erasure(strength) {
      order.enter("erasure");
      const shared = strength === "share" ? "_shared" : "";
      await advisory(`SELECT pg_advisory_xact_lock${shared}(hashtextextended($1, 7242008))`, [
        `${orgId} erasure`,
      ]);
    },
    async imports() {
      order.enter("imports");
      await advisory("SELECT pg_advisory_xact_lock(hashtextextended($1, 7242005))", [`${orgId} imports`]);
    },
    async jobsOf(memberId) {
      order.enter("jobs");
      await advisory("SELECT pg_advisory_xact_lock(hashtextextended($1, 7242006))", [
        `${orgId} jobs of ${memberId}`,
      ]);
    },
    async phones(numbers) {
      if (numbers.length === 0) return;
      order.enter("phones");
      // An advisory lock, because a contact that does not exist yet has no row. Taken in the order of the numbers.
      await advisory(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || key, 7242004)) FROM unnest($2::text[]) AS key",
        [`${orgId} phone `, [...new Set(numbers)].sort()],
      );
    },
  };
}

/**
 * Locks the organization's definitions of custom fields: "share" to read them, "update" to change them. An advisory
 * lock, because every write of a contact takes it: share locks on a row would write to that row each time.
 */
export async function lockFields(query: Query, orgId: string, strength: Strength): Promise<void> {
  const shared = strength === "share" ? "_shared" : "";
  await query(
    `SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock${shared}(hashtextextended($1, 7242002))) AS l`,
    [`${orgId} custom fields`],
  );
}
