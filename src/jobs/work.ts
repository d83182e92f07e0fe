import type { Rights } from "../auth/rights.ts";
import { standingOf } from "../auth/standing.ts";
import type { Database } from "../db/database.ts";
import type { Db } from "../db/scope/db.ts";
import { models } from "../db/scope/models.ts";
import { scopedDb } from "../db/scope/scoped.ts";
import { type Turn, turnOf } from "../db/turn.ts";
import type { Caller } from "../graphql/context.ts";
import { jobEnded } from "../lib/events.ts";
import { write } from "../records/write/write.ts";
import type { Writer } from "../records/write/writer.ts";
import { type Claim, type End, endJob, extendLease, LEASE, releaseJob, takeJob } from "./claim.ts";
import type { JobKind, JobRows, JobWork } from "./kind.ts";

/** The claim is lost: the job was cancelled, or another process has claimed it. */
export class JobLost extends Error {
  override readonly name = "JobLost";
}

/** Most milliseconds of one step: shorter than a lease, so that two processes never run the same step. */
const STEP_TIMEOUT = LEASE - 10_000;

/** The methods of a scoped job model. */
interface Delegate<Job> {
  findFirst(args: { where: object }): Promise<Job | null>;
  updateManyAndReturn(args: { where: object; data: object }): Promise<Job[]>;
}

/** A job that this process has claimed. */
export class Work<Name extends keyof JobRows> implements JobWork<Name> {
  readonly database: Database;
  readonly #kind: JobKind<Name>;
  readonly #turn: Turn;
  #claim: Claim;
  #job: JobRows[Name] | undefined;

  constructor(database: Database, kind: JobKind<Name>, claim: Claim) {
    this.database = database;
    this.#kind = kind;
    this.#claim = claim;
    this.#turn = turnOf(claim.orgId, "job");
  }

  /** The job's row after the last step. */
  get job(): JobRows[Name] {
    if (!this.#job) throw new Error("the job has not been read yet");
    return this.#job;
  }

  /** Whether the lease still holds. */
  get holds(): boolean {
    const { leases, clock } = this.#claim;
    return leases.some((lease) => lease > clock.now());
  }

  /**
   * Claims the job.
   *
   * @returns false if another process has claimed it meanwhile
   */
  take(): Promise<boolean> {
    return takeJob(this.database.pool, this.#kind.tables, this.#claim);
  }

  /**
   * Reads the job.
   *
   * @throws RefusalError if the member who started the job no longer has the permission
   */
  async open(): Promise<void> {
    const { db } = await this.#requester();
    const jobs = db[this.#kind.name] as unknown as Delegate<JobRows[Name]>;
    const job = await jobs.findFirst({ where: { id: this.#claim.id } });
    if (!job) throw new JobLost();
    this.#job = job;
  }

  /** A client scoped to the current rights of the member who started the job. */
  async db(): Promise<Db> {
    return (await this.#requester()).db;
  }

  /**
   * Runs one step in one transaction, which also stores the job's progress: if the process dies, the step is rolled
   * back, and another process continues after the last complete step. Each step checks the rights of the member who
   * started the job again.
   *
   * @param change runs the step, possibly several times; returns the columns of the job to update, null if nothing is
   *   left
   * @returns whether there was something to do
   * @throws RefusalError if the member who started the job no longer has the permission
   */
  async step(change: (writer: Writer) => Promise<Partial<JobRows[Name]> | null>): Promise<boolean> {
    const { name, isTransient } = this.#kind;
    await this.keep(STEP_TIMEOUT);
    const { id, leases } = this.#claim;
    const moved = await write(
      await this.#caller(),
      async (writer) => {
        await writer.tx.lock.erasure("share");
        const columns = await change(writer);
        if (columns === null) return null;
        const jobs = writer.tx[name] as unknown as Delegate<JobRows[Name]>;
        const [job] = await jobs.updateManyAndReturn({
          where: { id, state: "RUNNING", leasedUntil: { in: [...leases] } },
          data: { claims: 0, ...columns, leasedUntil: this.#extend() },
        });
        if (!job) throw new JobLost();
        return job;
      },
      { timeout: STEP_TIMEOUT, ...(isTransient && { retry: isTransient }) },
    );
    if (moved === null) return false;
    this.#job = moved;
    this.#claim = { ...this.#claim, leases: this.#claim.leases.slice(-1) };
    return true;
  }

  /**
   * Renews the lease between steps, unless enough of it is left. Not by a timer, so that a process that hangs loses
   * the lease.
   *
   * @param enough milliseconds of the lease that must be left
   */
  async keep(enough = LEASE / 2): Promise<void> {
    const { clock, leases } = this.#claim;
    if (leases.every((lease) => lease.getTime() - clock.now().getTime() > enough)) return;
    const before = this.#claim;
    const next = this.#extend();
    if (!(await extendLease(this.database.pool, this.#kind.tables, before, next))) throw new JobLost();
    this.#claim = { ...before, leases: [next] };
  }

  /** Extends the lease: until the statement has succeeded, the job may be held under the old lease or the new one. */
  #extend(): Date {
    const next = this.#claim.clock.lease();
    this.#claim = { ...this.#claim, leases: [...this.#claim.leases, next] };
    return next;
  }

  async end(state: End["state"], problem: string | null): Promise<void> {
    const at = this.#claim.clock.now();
    await endJob(this.database.pool, this.#kind.tables, this.#claim, { state, at, problem });
    jobEnded.tell({ kind: this.#kind.tables.job, state });
  }

  /** @param counts whether the claim counts as a failed attempt of the job */
  release(counts: boolean): Promise<void> {
    return releaseJob(this.database.pool, this.#kind.tables, this.#claim, counts);
  }

  async #requester(): Promise<{ db: Db; rights: Rights }> {
    const { orgId, memberId } = this.#claim;
    const rights = await standingOf(this.database, this.#claim, this.#kind.permission);
    return {
      db: scopedDb(this.database, { orgId, memberId, dataScope: rights.dataScope }, this.#turn),
      rights,
    };
  }

  async #caller(): Promise<Caller> {
    const { id, memberId, apiKeyId } = this.#claim;
    const { db, rights } = await this.#requester();
    const source = this.#kind.source(this.job);
    const viewer = { memberId, ...rights, apiKeyId, credentialId: apiKeyId ?? memberId, source };
    const job = { type: models[this.#kind.name], id };
    const operator = "byOperator" in this.job && this.job.byOperator;
    const origin = { requestId: null, address: null, job, operator };
    return { db, viewer, origin, now: new Date(), warnings: [], progress: { writes: 0 } };
  }
}
