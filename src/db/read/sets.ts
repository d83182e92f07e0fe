import { createHash } from "node:crypto";
import type { Query } from "../open/query.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import { shifted } from "../prisma/statement.ts";
import type { Principal } from "../scope/scope.ts";
import { type RowSet, setStatement } from "./row-set.ts";
import { type BucketCount, countValues, type ValuesAsked } from "./value-counts.ts";

/** Questions about sets of rows, one statement each if not said otherwise. The sets are confined like every read. */
export interface SetReader {
  /** The most frequent values of sets' rows: one statement for each set, one after another. */
  counts(asked: readonly ValuesAsked[]): Promise<BucketCount[][]>;
  /** For each of these rows, the positions in `sets` of the sets that contain it. */
  memberships(sets: readonly RowSet[], ids: readonly string[]): Promise<Map<string, number[]>>;
  /** Number of live rows with a tag, or without it, regardless of their owner. */
  countTagged(model: "contact" | "lead", tagId: string, negated: boolean): Promise<number>;
  /** How many rows of `all` are not in `part`, which must be a subset of it. */
  countOthers(all: RowSet, part: RowSet): Promise<number>;
  /** The number of rows and a hash of their ids; it does not change when only the rows' other columns do. */
  fingerprint(set: RowSet): Promise<Fingerprint>;
}

/** The number of a set's rows and the MD5 of their sorted ids. */
export interface Fingerprint {
  readonly count: number;
  readonly fingerprint: string;
}

/** The fingerprint of the empty set. */
export const nothing: Fingerprint = { count: 0, fingerprint: "" };

/**
 * SQL of a fingerprint.
 *
 * @param rows a FROM item with the column `id`, each id once
 */
export const fingerprintSql = (rows: string): string =>
  `SELECT count(*)::int AS count, coalesce(md5(string_agg(r.id::text, ',' ORDER BY r.id)), '') AS fingerprint
   FROM ${rows} AS r`;

/** The same fingerprint, computed here from the ids. */
export const fingerprintOf = (ids: readonly string[]): Fingerprint =>
  ids.length === 0
    ? nothing
    : {
        count: ids.length,
        fingerprint: createHash("md5")
          .update([...ids].sort().join())
          .digest("hex"),
      };

/** Up to this many rows with a tag are found faster by the tag's index than by reading the trash. */
const RARE = 2_000;

/** @param statement makes the SQL of a read */
export function setReader(
  query: Query,
  principal: Principal,
  statement: PreparedReads["statement"],
): SetReader {
  const columns = (set: RowSet, select: readonly string[]) => setStatement(principal, set, select, statement);
  return {
    counts: (asked) => countValues(query, asked, columns),
    async memberships(sets, ids) {
      const found = new Map<string, number[]>(ids.map((id) => [id, []]));
      if (sets.length === 0 || ids.length === 0) return found;
      const values: unknown[] = [];
      const texts: string[] = [];
      for (const [at, set] of sets.entries()) {
        const within = { ...set, where: { AND: [{ id: { in: [...ids] } }, set.where] } };
        const statement = await columns(within, ["id"]);
        texts.push(`SELECT ${at}::int AS at, r.id FROM (${shifted(statement, values.length)}) AS r`);
        values.push(...statement.values);
      }
      const rows = await query<{ at: number; id: string }>(
        `${texts.join("\nUNION ALL\n")}\nORDER BY at`,
        values,
      );
      for (const { at, id } of rows) found.get(id)?.push(at);
      return found;
    },
    async countTagged(model, tagId, negated) {
      const trashed = (tags: string) =>
        `(SELECT count(*) FROM ${model} WHERE org_id = $1::uuid AND deleted_at IS NOT NULL
          AND ${tags} @> ARRAY[$2::uuid])`;
      // The few rows with a rare tag are found by the index on tag_ids. For other tags reading the trash is cheaper:
      // the expression `tag_ids || '{}'` keeps the planner from using that index.
      const tagged = `(SELECT t.n - CASE WHEN t.n < ${RARE} THEN ${trashed("tag_ids")} ELSE ${trashed("(tag_ids || '{}')")} END
        FROM (SELECT count(*) AS n FROM ${model}_tag WHERE org_id = $1::uuid AND tag_id = $2::uuid) AS t)`;
      const live = `(SELECT count(*) FROM ${model} WHERE org_id = $1::uuid AND deleted_at IS NULL)`;
      const [row] = await query<{ count: number }>(
        `SELECT (${negated ? `${live} - ${tagged}` : tagged})::int AS count`,
        [principal.orgId, tagId],
      );
      return row?.count ?? 0;
    },
    async countOthers(all, part) {
      const [first, second] = [await columns(all, ["id"]), await columns(part, ["id"])];
      const [row] = await query<{ count: number }>(
        `SELECT ((SELECT count(*) FROM (${first.text}) AS r)
          - (SELECT count(*) FROM (${shifted(second, first.values.length)}) AS r))::int AS count`,
        [...first.values, ...second.values],
      );
      return row?.count ?? 0;
    },
    async fingerprint(set) {
      const { text, values } = await columns(set, ["id"]);
      const [row] = await query<Fingerprint>(fingerprintSql(`(${text})`), values);
      return row ?? nothing;
    },
  };
}
