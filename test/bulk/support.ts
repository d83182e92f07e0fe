import { type BulkMutation, done, runBulkJobs } from "../support/bulk.ts";
import { testDatabase } from "../support/database.ts";
import { killedAfter } from "../support/jobs.ts";
import type { Organization } from "../support/makers.ts";

/** Bulk jobs, for tests. */

/** The contacts of `plantMany`. */
export const filter = { company: { eq: "planted ltd" } };
/** A change of their source. */
export const toFair = { filter, input: { source: "Fair" } };

/** @param of the organization, which each test makes anew */
export function bulkJobsOf(of: () => Organization) {
  /** Asks for a change that becomes a job. */
  async function ordered(
    args: Record<string, unknown> = toFair,
    mutation: BulkMutation = "contactsBulkUpdate",
    as = of().key,
  ) {
    const result = await done(as, mutation, args);
    if (result.job === null) throw new Error(JSON.stringify(result));
    return { ...result, job: result.job };
  }

  const count = async (where: object = { source: "Fair" }): Promise<number> =>
    (await testDatabase()).prisma.contact.count({ where: { orgId: of().id, ...where } });

  const chunks = async (): Promise<number> =>
    (await testDatabase()).prisma.bulkChunk.count({ where: { orgId: of().id } });

  const query = async (sql: string, ...values: unknown[]) =>
    (await testDatabase()).pool.query(sql, [of().id, ...values]);

  const killedAfterSteps = (steps: number) => killedAfter(steps, (options) => runBulkJobs(of(), options));

  const expireLease = () =>
    query(
      "UPDATE bulk_job SET leased_until = now() - interval '1 second' WHERE org_id = $1 AND state = 'RUNNING'",
    );

  return { ordered, count, chunks, query, killedAfterSteps, expireLease };
}
