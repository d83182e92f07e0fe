import type { Permission } from "../auth/rights.ts";
import type { Database } from "../db/database.ts";
import type { Db } from "../db/scope/db.ts";
import type { BulkJob, DuplicateSearch, ExportJob, ImportJob } from "../generated/prisma/client.ts";
import type { ModificationSource } from "../generated/prisma/enums.ts";
import type { Writer } from "../records/write/writer.ts";

/** A job in the organization that it belongs to. */
export interface JobKey {
  readonly orgId: string;
  readonly id: string;
}

/** The model of a kind's jobs, and the rows that are deleted when they end. */
export interface JobTables {
  readonly job: "import_job" | "bulk_job" | "export_job" | "duplicate_search";
  readonly chunk?: "import_chunk" | "bulk_chunk" | "export_batch";
  /** What a job makes, which is deleted where it fails. */
  readonly result?: "export_chunk" | "duplicate_group";
}

export interface JobRows {
  importJob: ImportJob;
  bulkJob: BulkJob;
  exportJob: ExportJob;
  duplicateSearch: DuplicateSearch;
}

/** A running job, as its kind uses it; see `Work`. */
export interface JobWork<Name extends keyof JobRows> {
  readonly database: Database;
  /** The job as the last step left it. */
  readonly job: JobRows[Name];
  /** The client, scoped to the member who requested the job. */
  db(): Promise<Db>;
  /** Does one step in one transaction; returns whether there was something to do. */
  step(change: (writer: Writer) => Promise<Partial<JobRows[Name]> | null>): Promise<boolean>;
  /** Renews the lease between steps. */
  keep(enough?: number): Promise<void>;
}

/** A kind of background job, done in steps that are each committed entirely or not at all. */
export interface JobKind<Name extends keyof JobRows> {
  readonly name: Name;
  readonly tables: JobTables;
  /** Noun for the log. */
  readonly noun: string;
  /** What the member who asked for one must be allowed to do, before each of its steps. */
  readonly permission: Permission;
  /** Source of its changes. */
  readonly source: (job: JobRows[Name]) => ModificationSource;
  /** Further errors after which the job is retried. */
  readonly isTransient?: (error: unknown) => boolean;
  /**
   * Does a job from its last step to its end, yielding after each step so that the runner may stop there.
   *
   * @throws RefusalError when the job fails, with a message for people
   */
  readonly steps: (work: JobWork<Name>) => AsyncGenerator<void, void>;
  /**
   * Whether a job of which all is done has changed so many contacts that the planner's statistics should be updated.
   */
  readonly needsAnalyze: (job: JobRows[Name]) => boolean;
}
