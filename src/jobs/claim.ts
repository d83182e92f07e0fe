import type { Pool } from "pg";
import type { JobKey, JobTables } from "./kind.ts";

/**
 * Claims of jobs. A process claims a job for a limited time, its lease, and renews the lease as it makes progress; the
 * end of the lease identifies the claim. All times are the database's, so that clocks of processes may differ.
 */

/** Length of a lease, in milliseconds. */
export const LEASE = 60_000;

/**
 * How often a job may be claimed without progress: each time its process ended, or did not finish a step in time.
 */
const MOST_CLAIMS = 3;

/** The database's clock, extrapolated by this process's monotonic clock. */
class DatabaseClock {
  readonly #read = performance.now();

  constructor(readonly at: Date) {}

  now(): Date {
    return new Date(this.at.getTime() + performance.now() - this.#read);
  }

  /** The end of a lease that starts now. */
  lease(): Date {
    return new Date(this.now().getTime() + LEASE);
  }
}

/** A job that this process has claimed, or is about to claim. */
export interface Claim extends JobKey {
  readonly memberId: string;
  readonly apiKeyId: string | null;
  /** The end of the lease. There are two if the result of the statement that renewed it was lost. */
  readonly leases: readonly Date[];
  readonly clock: DatabaseClock;
  /** The state in which the job was found. */
  readonly found: { readonly state: string; readonly leasedUntil: Date | null };
}

interface Waiting extends JobKey {
  readonly memberId: string;
  readonly apiKeyId: string | null;
  readonly state: string;
  readonly leasedUntil: Date | null;
  readonly claims: number;
  readonly now: Date;
}

/**
 * Finds the job that has waited longest, or a certain job, without a lock. A job that was claimed too often fails.
 *
 * @returns null if there is no job, or every job is claimed
 */
export async function findJob(pool: Pool, tables: JobTables, key: JobKey | null): Promise<Claim | null> {
  for (;;) {
    const waiting = await findWaiting(pool, tables, key);
    if (!waiting) return null;
    const { orgId, id, memberId, apiKeyId, state, leasedUntil, claims, now } = waiting;
    const clock = new DatabaseClock(now);
    const found = { state, leasedUntil };
    if (claims < MOST_CLAIMS) return { orgId, id, memberId, apiKeyId, leases: [clock.lease()], clock, found };
    const end = { state: "FAILED", at: now, problem: stuck } as const;
    await endAs(pool, tables, asFound, [orgId, id, ...valuesOf(found)], end);
  }
}

const asFound = "state::text = $3 AND leased_until IS NOT DISTINCT FROM $4::timestamptz";
const valuesOf = ({ state, leasedUntil }: Claim["found"]) => [state, leasedUntil?.toISOString() ?? null];

/**
 * Claims a job if its state has not changed since it was found, so that only one of several processes claims it.
 *
 * @returns whether the job was claimed
 */
export async function takeJob(pool: Pool, { job }: JobTables, claim: Claim): Promise<boolean> {
  const { orgId, id, found, clock, leases } = claim;
  const { rowCount } = await pool.query(
    `UPDATE ${job} SET state = 'RUNNING', started_at = coalesce(started_at, $5::timestamptz),
       leased_until = $6::timestamptz, claims = claims + 1
     WHERE org_id = $1::uuid AND id = $2::uuid AND ${asFound}`,
    [orgId, id, ...valuesOf(found), clock.at.toISOString(), leases[0]?.toISOString()],
  );
  return rowCount === 1;
}

/** SQL condition: the claim still holds. */
const mine = "state = 'RUNNING' AND leased_until = ANY($3::timestamptz[])";
const leasesOf = ({ leases }: Claim): string[] => leases.map((lease) => lease.toISOString());

const stuck = `The job was started ${MOST_CLAIMS} times and made no progress: each time its process ended, or a step took too long. Request it again in smaller parts; the server's log may say more.`;

async function findWaiting(pool: Pool, { job }: JobTables, key: JobKey | null): Promise<Waiting | null> {
  const { rows } = await pool.query<Waiting>(
    `SELECT org_id AS "orgId", id, member_id AS "memberId", api_key_id AS "apiKeyId", state::text AS state,
       leased_until AS "leasedUntil", claims, now() AS now
     FROM ${job}
     WHERE state IN ('QUEUED', 'RUNNING') AND (leased_until IS NULL OR leased_until < now())
       AND ($1::uuid IS NULL OR (org_id = $1::uuid AND id = $2::uuid))
     ORDER BY created_at LIMIT 1`,
    [key?.orgId ?? null, key?.id ?? null],
  );
  return rows[0] ?? null;
}

/** The end of a job. */
export interface End {
  readonly state: "DONE" | "FAILED";
  readonly at: Date;
  /** Error message, if the job failed. */
  readonly problem: string | null;
}

/** Ends a claimed job, and deletes the data stored for it. Has no effect if the claim no longer holds. */
export const endJob = (pool: Pool, tables: JobTables, claim: Claim, end: End): Promise<void> =>
  endAs(pool, tables, mine, [claim.orgId, claim.id, leasesOf(claim)], end);

async function endAs(
  pool: Pool,
  { job, chunk, asked, result }: JobTables,
  still: string,
  values: readonly unknown[],
  { state, at, problem }: End,
): Promise<void> {
  const own = values.length;
  const dropped = [chunk, state === "FAILED" ? result : undefined].filter((table) => table !== undefined);
  const drops = dropped.map(
    (table) => `DELETE FROM ${table} AS c USING ended AS e WHERE c.org_id = e.org_id AND c.job_id = e.id`,
  );
  const emptied = asked === undefined ? "" : `, ${asked} = '{}'`;
  const [last, ...others] = drops.map((drop, at) => (at === 0 ? drop : `, dropped AS (${drop})`));
  await pool.query(
    `WITH ended AS (
       UPDATE ${job} SET state = '${state}', finished_at = $${own + 1}::timestamptz, problem = $${own + 2}, leased_until = NULL${emptied}
       WHERE org_id = $1::uuid AND id = $2::uuid AND ${still} RETURNING org_id, id)
     ${others.join("")} ${last ?? "SELECT"}`,
    [...values, at.toISOString(), problem],
  );
}

/**
 * Renews the lease.
 *
 * @returns whether the claim still held
 */
export async function extendLease(
  pool: Pool,
  { job }: JobTables,
  claim: Claim,
  next: Date,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE ${job} SET leased_until = $4::timestamptz WHERE org_id = $1::uuid AND id = $2::uuid AND ${mine}`,
    [claim.orgId, claim.id, leasesOf(claim), next.toISOString()],
  );
  return rowCount === 1;
}

/**
 * Releases the claim, so that any process can claim the job at once.
 *
 * @param counts whether the claim counts as an attempt without progress
 */
export async function releaseJob(
  pool: Pool,
  { job }: JobTables,
  claim: Claim,
  counts: boolean,
): Promise<void> {
  await pool.query(
    `UPDATE ${job} SET leased_until = NULL, claims = greatest(0, claims - $4::int)
     WHERE org_id = $1::uuid AND id = $2::uuid AND ${mine}`,
    [claim.orgId, claim.id, leasesOf(claim), counts ? 0 : 1],
  );
}
