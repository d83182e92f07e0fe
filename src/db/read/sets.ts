import { createHash } from "node:crypto";
import type { Query } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import { type Statement, shifted } from "../prisma/statement.ts";
import { type Principal, scope } from "../scope/scope.ts";

/** The rows of one model that match a `where`. */
export interface RowSet {
  readonly model: "contact" | "lead" | "deal" | "auditEvent";
  readonly where: object;
}

/** What to group rows by. */
export type Bucket =
  /** A column's values; grouped by the column `by` if given, such as a folded copy. */
  | { readonly kind: "column"; readonly column: string; readonly by?: string }
  /** The items of an array column. */
  | { readonly kind: "array"; readonly column: string }
  /** A custom field's values: one per row, or with `many` several; `by` as above. */
  | { readonly kind: "custom"; readonly slug: string; readonly many: boolean; readonly by?: string };

/** A value and the number of rows that have it; null for the rows without a value. */
export interface BucketCount {
  readonly value: string | null;
  readonly count: number;
}

/** Questions about sets of rows, one statement each. The sets are confined like every read. */
export interface SetReader {
  /** The most frequent values of a set's rows, most frequent first. */
  counts(set: RowSet, bucket: Bucket, limit: number): Promise<BucketCount[]>;
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

/**
 * One `SELECT` of these columns and the keys, for the rows of a set that the principal may see.
 *
 * @param statement makes the SQL of a read
 */
export function setStatement(
  principal: Principal,
  { model, where }: RowSet,
  select: readonly string[],
  statement: PreparedReads["statement"],
): Promise<Statement> {
  const chosen = Object.fromEntries(select.map((column) => [column, true]));
  const name = model.charAt(0).toUpperCase() + model.slice(1);
  return statement(model, scope(name, "findMany", { where, select: chosen }, principal));
}

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
    async counts(set, bucket, limit) {
      const { select, from, value, by, values } = bucketSql(bucket);
      const rows = await columns(set, select);
      // The bucket's own parameters come first, then those of the rows.
      return query<BucketCount>(
        `SELECT (${value})::text COLLATE "C" AS value, count(*)::int AS count
         FROM (${shifted(rows, values.length)}) AS r ${from}
         GROUP BY ${by} ORDER BY count DESC, value LIMIT ${Math.trunc(limit)}`,
        [...values, ...rows.values],
      );
    },
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

interface BucketSql {
  readonly select: readonly string[];
  readonly from: string;
  readonly value: string;
  readonly by: string;
  readonly values: readonly unknown[];
}

function bucketSql(bucket: Bucket): BucketSql {
  switch (bucket.kind) {
    case "column": {
      const { column, by = column } = bucket;
      return {
        select: by === column ? [column] : [column, by],
        from: "",
        value: by === column ? `r.${columnOf(column)}` : `min(r.${columnOf(column)} COLLATE "C")`,
        by: `r.${columnOf(by)}`,
        values: [],
      };
    }
    case "array":
      return {
        select: [bucket.column],
        from: `LEFT JOIN LATERAL unnest(r.${columnOf(bucket.column)}) AS item(value) ON true`,
        value: "item.value",
        by: "item.value",
        values: [],
      };
    case "custom": {
      const values = [bucket.slug];
      if (bucket.many) {
        const from =
          "LEFT JOIN LATERAL jsonb_array_elements_text(r.custom -> $1::text) AS item(value) ON true";
        return { select: ["custom"], from, value: "item.value", by: "item.value", values };
      }
      const value = "r.custom ->> $1::text";
      return bucket.by === undefined
        ? { select: ["custom"], from: "", value, by: "1", values }
        : {
            select: ["custom", bucket.by],
            from: "",
            value: `min((${value}) COLLATE "C")`,
            by: `r.${columnOf(bucket.by)}`,
            values,
          };
    }
  }
}
