import type { Permission } from "../auth/rights.ts";
import type { Database } from "../db/database.ts";
import type { Db } from "../db/scope/db.ts";
import type { AnalyzedTable } from "../db/write/analyze.ts";
import type { BulkJob, DuplicateSearch, ExportJob, ImportJob } from "../generated/prisma/client.ts";
import type { ModificationSource } from "../generated/prisma/enums.ts";
import type { Writer } from "../records/write/writer.ts";

/** A job in the organization that it belongs to. */
export interface JobKey {
  readonly orgId: string;
  readonly id: string;
}

/** Tables of a kind of job, and of data that is deleted when a job ends. */
export interface JobTables {
  readonly job: "import_job" | "bulk_job" | "export_job" | "duplicate_search";
  readonly chunk?: "import_chunk" | "bulk_chunk" | "export_batch";
  /** Column of values that only the job reads, emptied when it ends. */
  readonly asked?: "input";
  /** Table of a job's result, which is deleted if the job fails. */
  readonly result?: "export_chunk" | "duplicate_group";
}

export interface JobRows {
  importJob: ImportJob;
  bulkJob: BulkJob;
  exportJob: ExportJob;
  duplicateSearch: DuplicateSearch;
}

/** A running job, for its kind; implemented by `Work`. */
export interface JobWork<Name extends keyof JobRows> {
  readonly database: Database;
  /** The job's row after the last step. */
  readonly job: JobRows[Name];
  /** A client scoped to the member who started the job. */
  db(): Promise<Db>;
  /** Runs one step in one transaction; returns whether there was something to do. */
  step(change: (writer: Writer) => Promise<Partial<JobRows[Name]> | null>): Promise<boolean>;
  /** Renews the lease between steps. */
  keep(enough?: number): Promise<void>;
}

/** A kind of background job, done in steps that are each committed entirely or not at all. */
export interface JobKind<Name extends keyof JobRows> {
  readonly name: Name;
  readonly tables: JobTables;
  /** Noun for log messages. */
  readonly noun: string;
  /** Permission that the member who started the job needs before each step. */
  readonly permission: Permission;
  /** Source of its changes. */
  readonly source: (job: JobRows[Name]) => ModificationSource;
  /** Further errors after which the job is retried. */
  readonly isTransient?: (error: unknown) => boolean;
  /**
   * Runs a job from its last step to the end, yielding after each step so that the runner can stop there.
   *
   * @throws RefusalError when the job fails, whose message becomes the job's `problem`
   */
  readonly steps: (work: JobWork<Name>) => AsyncGenerator<void, void>;
  /** Tables of which a finished job has changed so many rows that the planner's statistics should be updated. */
  readonly toAnalyze: (job: JobRows[Name]) => readonly AnalyzedTable[];
}
