import { columnsOf, type Lockable, type OwnedName, ownedModels } from "../models.ts";
import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import type { LockOrder } from "./lock-order.ts";
import type { Stamp } from "./stamp.ts";

/**
 * The records assigned to a member: rows of every model that has an owner, including those in the trash. Other pointers
 * to a member say who did something; they stay.
 */
export interface OwnerStatements {
  /** Number of records assigned to a member. */
  countOwned(memberId: string): Promise<number>;
  /**
   * Assigns at most `limit` records of one member to another member or to nobody, one model after the other.
   *
   * @returns their ids, by model; none if none is left
   */
  moveOwned(from: string, to: string | null, limit: number, stamp: Stamp): Promise<readonly Moved[]>;
}

/** Records of one model that were reassigned. */
interface Moved {
  readonly model: OwnedName;
  readonly ids: readonly string[];
}

interface OwnedTable {
  readonly name: OwnedName;
  readonly table: Lockable;
}

/** The tables of the models that have an owner, in the order of locks. */
const ownedTables: readonly OwnedTable[] = ownedModels.flatMap(([name, { table, pointers }]) =>
  pointers.owner?.to === "Member" ? [{ name, table: table as Lockable }] : [],
);

/** @param order checks the order of the locks that these statements take */
export function ownerStatements(query: Query, { orgId }: Principal, order: LockOrder): OwnerStatements {
  const move = async (
    { name, table }: OwnedTable,
    from: string,
    to: string | null,
    limit: number,
    { now, source }: Stamp,
  ): Promise<string[]> => {
    order.enter(table);
    const stamped = "lastModificationSource" in columnsOf(name);
    // Found in the order of an index, and locked in the order of ids, as every write locks them. IS TRUE keeps the
    // owner's index out of the join: without statistics the planner expects one row per owner, and compares all rows of
    // the owner with all chosen ones (500 of 34,500: 2.9 s; by the primary key 0.03 s).
    const rows = await query<{ id: string }>(
      `WITH chosen AS MATERIALIZED (
         SELECT id FROM ${table} WHERE org_id = $1::uuid AND owner_id = $2::uuid ORDER BY created_at, id LIMIT $4),
       held AS MATERIALIZED (
         SELECT l.id FROM ${table} AS l JOIN chosen ON chosen.id = l.id
         WHERE l.org_id = $1::uuid AND (l.owner_id = $2::uuid) IS TRUE ORDER BY l.id FOR UPDATE OF l)
       UPDATE ${table} AS t SET owner_id = $3::uuid, version = t.version + 1, updated_at = $5::timestamptz
         ${stamped ? ', last_modification_source = $6::"ModificationSource"' : ""}
       FROM held WHERE t.org_id = $1::uuid AND t.id = held.id
       RETURNING t.id::text AS id`,
      [orgId, from, to, limit, now.toISOString(), ...(stamped ? [source] : [])],
    );
    return rows.map(({ id }) => id);
  };
  return {
    async countOwned(memberId) {
      const counts = ownedTables.map(
        ({ table }) => `(SELECT count(*) FROM ${table} WHERE org_id = $1::uuid AND owner_id = $2::uuid)`,
      );
      const [row] = await query<{ count: number }>(`SELECT (${counts.join(" + ")})::int AS count`, [
        orgId,
        memberId,
      ]);
      return row?.count ?? 0;
    },
    async moveOwned(from, to, limit, stamp) {
      const moved: Moved[] = [];
      let left = limit;
      for (const owned of ownedTables) {
        if (left === 0) break;
        const ids = await move(owned, from, to, left, stamp);
        moved.push({ model: owned.name, ids });
        left -= ids.length;
      }
      return moved;
    },
  };
}
