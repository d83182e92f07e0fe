import type { Database } from "../database.ts";

/** Leaky buckets of costs in PostgreSQL, for all instances together: `server/rates` says what they are. */

interface Row {
  readonly fits: boolean;
  readonly level: number;
}

/**
 * The rows are locked in one order, and the time is taken after that. Rows that nobody could lock yet, because they did
 * not exist, are only made: then nothing is counted and no row returned, and the statement is sent again. `$4` is the
 * cost, `$5` the seconds in which a bucket runs empty.
 */
const TAKE = `
  WITH asked AS (SELECT * FROM unnest($2::uuid[], $3::float8[]) AS a(holder, capacity)),
  held AS MATERIALIZED (
    SELECT holder_id, level, at FROM rate_bucket WHERE org_id = $1::uuid AND holder_id = ANY ($2::uuid[])
    ORDER BY holder_id FOR UPDATE),
  timed AS MATERIALIZED (
    SELECT a.holder, a.capacity, h.level, h.at, clock_timestamp() AS now
    FROM held AS h JOIN asked AS a ON a.holder = h.holder_id
    WHERE (SELECT count(*) FROM held) = cardinality($2::uuid[])),
  leaked AS MATERIALIZED (
    SELECT holder, capacity, now,
      greatest(0, level - greatest(0, extract(epoch FROM now - at))::float8 * capacity / $5::float8) AS level
    FROM timed),
  verdict AS (SELECT bool_and(level + $4::float8 <= capacity) AS fits FROM leaked),
  kept AS (
    UPDATE rate_bucket AS b SET level = l.level + CASE WHEN fits THEN $4::float8 ELSE 0 END, at = l.now
    FROM leaked AS l CROSS JOIN verdict WHERE b.org_id = $1::uuid AND b.holder_id = l.holder),
  made AS (
    INSERT INTO rate_bucket (org_id, holder_id, level, at)
    SELECT $1::uuid, holder, 0, now() FROM asked WHERE NOT EXISTS (SELECT FROM leaked) ORDER BY holder
    ON CONFLICT DO NOTHING)
  SELECT fits, level FROM leaked CROSS JOIN verdict ORDER BY array_position($2::uuid[], holder)`;

/** Times that the statement is sent: rows that it made may be gone again, by a purge. */
const ATTEMPTS = 3;

/**
 * Adds a cost to all of these buckets of an organization if each has room for it. One statement, and a second one for
 * the first operation of a holder.
 *
 * @param drain seconds in which a full bucket runs empty
 * @returns whether each had room, and their levels before, in the order of the buckets
 */
export async function takeFromBuckets(
  { pool, statementName }: Pick<Database, "pool" | "statementName">,
  orgId: string,
  buckets: readonly { readonly holder: string; readonly capacity: number }[],
  cost: number,
  drain: number,
): Promise<{ fits: boolean; levels: number[] }> {
  const holders = buckets.map(({ holder }) => holder);
  const capacities = buckets.map(({ capacity }) => capacity);
  const values = [orgId, holders, capacities, cost, drain];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { rows } = await pool.query<Row>({ name: statementName(TAKE), text: TAKE, values });
    const [first] = rows;
    if (first) return { fits: first.fits, levels: rows.map(({ level }) => level) };
  }
  throw new Error("the buckets of costs were deleted again and again");
}

/** Deletes buckets that have been empty for a while. Runs in the transaction of a purge. */
export const DROP_EMPTY_BUCKETS = "DELETE FROM rate_bucket WHERE at < now() - interval '10 minutes'";
