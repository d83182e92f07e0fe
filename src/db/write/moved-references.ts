import { entities } from "../entities.ts";
import type { Lockable } from "../models.ts";
import type { Query } from "../open/query.ts";
import type { MovedReference } from "../references.ts";
import type { Principal } from "../scope/scope.ts";
import type { LockOrder } from "./lock-order.ts";

/** Rows that point to contacts, moved by a merge and moved back when it is undone. */
export interface ReferenceStatements {
  /**
   * Moves the rows that point to some contacts to another contact.
   *
   * @returns the rows' ids, with the contact that each pointed to before
   */
  moveReferences(
    reference: MovedReference,
    from: readonly string[],
    to: string,
    now: Date,
  ): Promise<{ id: string; from: string }[]>;
  /**
   * Moves rows back, each to its own contact, if they still point to `from`.
   *
   * @param rows ids of rows, each with the contact that it must point to
   */
  returnReferences(
    reference: MovedReference,
    rows: readonly { readonly id: string; readonly to: string }[],
    from: string,
    now: Date,
  ): Promise<void>;
}

/**
 * The condition on the pointer is said again of the rows to change: by its index PostgreSQL finds these alone. By their
 * ids it read the whole table where they were many.
 *
 * @param order checks the order of the locks that these statements take
 */
export function referenceStatements(
  query: Query,
  { orgId }: Principal,
  order: LockOrder,
): ReferenceStatements {
  /** Contacts are not checked here: the merge has already locked them, with all contacts merged into them. */
  const enter = ({ row: { table }, column, versioned }: MovedReference) => {
    if (table !== entities.Contact.table) order.enter(table as Lockable);
    return { table, column, set: versioned ? "version = t.version + 1, " : "" };
  };
  return {
    async moveReferences(reference, from, to, now) {
      const { table, column, set } = enter(reference);
      return query<{ id: string; from: string }>(
        `WITH old AS (
           SELECT id, ${column} AS from_id FROM ${table}
           WHERE org_id = $1::uuid AND ${column} = ANY($2::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE ${table} AS t SET ${set}${column} = $3::uuid, updated_at = $4::timestamptz
         FROM old WHERE t.org_id = $1::uuid AND t.id = old.id AND t.${column} = ANY($2::uuid[])
         RETURNING t.id::text AS id, old.from_id::text AS "from"`,
        [orgId, from, to, now.toISOString()],
      );
    },
    async returnReferences(reference, rows, from, now) {
      if (rows.length === 0) return;
      const { table, column, set } = enter(reference);
      await query(
        `WITH locked AS (
           SELECT l.id, r.to_id FROM ${table} AS l JOIN unnest($2::uuid[], $3::uuid[]) AS r(id, to_id) ON r.id = l.id
           WHERE l.org_id = $1::uuid AND l.${column} = $4::uuid ORDER BY l.id FOR UPDATE OF l)
         UPDATE ${table} AS t SET ${set}${column} = locked.to_id, updated_at = $5::timestamptz
         FROM locked WHERE t.org_id = $1::uuid AND t.id = locked.id AND t.${column} = $4::uuid`,
        [orgId, rows.map(({ id }) => id), rows.map(({ to }) => to), from, now.toISOString()],
      );
    },
  };
}
