import type { Query } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import type { Statement } from "../prisma/statement.ts";
import type { RowSet } from "./row-set.ts";

/** Counts of rows by value. Several counts of one set read its rows once. */

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

/** The most frequent values of a set's rows are wanted, so many at most. */
export interface ValuesAsked {
  readonly set: RowSet;
  readonly bucket: Bucket;
  readonly limit: number;
}

/** Requests about one set, with the statement that finds its rows. */
interface Group {
  readonly rows: Statement;
  readonly asked: { readonly at: number; readonly bucket: Bucket; readonly limit: number }[];
}

/**
 * Counts by value, most frequent first, in the order of the requests. One statement for all requests about the same
 * rows, one statement after another: each may read a whole organization, and they would take all connections.
 *
 * @param statement makes the `SELECT` of some columns of a set
 */
export async function countValues(
  query: Query,
  asked: readonly ValuesAsked[],
  statement: (set: RowSet, select: readonly string[]) => Promise<Statement>,
): Promise<BucketCount[][]> {
  const counts: BucketCount[][] = asked.map(() => []);
  for (const { rows, asked: same } of await groupsOf(asked, statement)) {
    const { text, values } = countsOf(rows, same);
    for (const { at, value, count } of await query<BucketCount & { at: number }>(text, values))
      counts[at]?.push({ value, count });
  }
  return counts;
}

/** Sets are the same if their statements are. These select what any of the requests needs, for one model. */
async function groupsOf(
  asked: readonly ValuesAsked[],
  statement: (set: RowSet, select: readonly string[]) => Promise<Statement>,
): Promise<Iterable<Group>> {
  const columns = new Map<string, Set<string>>();
  for (const { set, bucket } of asked) {
    const known = columns.get(set.model) ?? new Set();
    columns.set(set.model, known);
    for (const column of columnsOf(bucket)) known.add(column);
  }
  const groups = new Map<string, Group>();
  for (const [at, { set, bucket, limit }] of asked.entries()) {
    const rows = await statement(set, [...(columns.get(set.model) ?? [])].sort());
    const key = JSON.stringify([rows.text, rows.values]);
    const group = groups.get(key) ?? { rows, asked: [] };
    groups.set(key, group);
    group.asked.push({ at, bucket, limit });
  }
  return groups.values();
}

function columnsOf(bucket: Bucket): string[] {
  if (bucket.kind === "array") return [bucket.column];
  return [
    bucket.kind === "column" ? bucket.column : "custom",
    ...(bucket.by === undefined ? [] : [bucket.by]),
  ];
}

/**
 * One statement for some counts of the same rows. The rows are kept for several counts, with no more of them than what
 * is counted; a single count goes through them as they are found.
 */
function countsOf(rows: Statement, asked: Group["asked"]): Statement {
  const values = [...rows.values];
  const kept: string[] = [];
  const keep = (sql: string): string => {
    kept.push(`${sql} AS c${kept.length}`);
    return `s.c${kept.length - 1}`;
  };
  const counts = asked.map(({ at, bucket, limit }) => {
    const slug = () => `$${values.push(bucket.kind === "custom" ? bucket.slug : "")}::text`;
    const { from, value, by } = bucketSql(bucket, keep, slug);
    return `(SELECT ${at}::int AS at, (${value})::text COLLATE "C" AS value, count(*)::int AS count
      FROM s ${from} GROUP BY ${by} ORDER BY count DESC, value LIMIT ${Math.trunc(limit)})`;
  });
  return {
    text: `WITH s AS ${counts.length === 1 ? "NOT " : ""}MATERIALIZED (SELECT ${kept.join(", ")} FROM (${rows.text}) AS r)
      SELECT * FROM (${counts.join("\nUNION ALL\n")}) AS f ORDER BY at, count DESC, value`,
    values,
  };
}

interface BucketSql {
  readonly from: string;
  readonly value: string;
  readonly by: string;
}

/**
 * @param keep keeps an expression over a row `r`, and returns how it is called later
 * @param slug the parameter with the custom field's slug
 */
function bucketSql(bucket: Bucket, keep: (sql: string) => string, slug: () => string): BucketSql {
  const items = (of: string) => ({
    from: `LEFT JOIN LATERAL ${of} AS item(value) ON true`,
    value: "item.value",
    by: "item.value",
  });
  switch (bucket.kind) {
    case "array":
      return items(`unnest(${keep(`r.${columnOf(bucket.column)}`)})`);
    case "column": {
      const value = keep(`r.${columnOf(bucket.column)}`);
      return bucket.by === undefined ? { from: "", value, by: value } : folded(value, bucket.by, keep);
    }
    case "custom": {
      if (bucket.many) return items(`jsonb_array_elements_text(${keep(`r.custom -> ${slug()}`)})`);
      const value = keep(`r.custom ->> ${slug()}`);
      return bucket.by === undefined ? { from: "", value, by: value } : folded(value, bucket.by, keep);
    }
  }
}

/** Texts that are counted together by a folded copy: one of them is shown. */
const folded = (value: string, by: string, keep: (sql: string) => string): BucketSql => ({
  from: "",
  value: `min(${value} COLLATE "C")`,
  by: keep(`r.${columnOf(by)}`),
});
