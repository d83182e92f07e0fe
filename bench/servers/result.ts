import type { Range } from "./figures.ts";

/**
 * What a run has found, as `results/latest.json` and `results/small.json` keep it. Nothing but types: the product's
 * tests read it too.
 */

/** One server in one workload. */
export interface Row {
  readonly workload: string;
  readonly server: string;
  /** Requests a second; of an import, rows a second. */
  readonly throughput: number | null;
  /** Milliseconds; of a start, until the first answer. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Milliseconds of the server's CPU a request. */
  readonly cpuMs: number | null;
  /** Statements a request. */
  readonly statements: number | null;
  readonly rssMiB: number | null;
  /** Throughput as a share of the floor's, and of PostGraphile's, round by round: the middle. */
  readonly ofFloor: number | null;
  readonly ofPeer: number | null;
  /** The least and the greatest over the rounds. */
  readonly spread: Readonly<Record<"throughput" | "ofFloor" | "ofPeer", Range | null>>;
  /** How much of one core the load generator took. */
  readonly loadShare: number | null;
  /** Why there are no figures, or not those of all rounds. */
  readonly failure?: string;
}

/** A goal of the project for its speed, and what became of it. */
export interface Goal {
  readonly workload: string;
  readonly goal: string;
  /** What was found; null where it was not measured. */
  readonly value: number | null;
  readonly met: boolean | null;
}

/** Memory of the product under 80 % of its peak load. */
export interface Soak {
  readonly minutes: number;
  /** Requests a second that were asked for, and that were answered. */
  readonly rate: number;
  readonly throughput: number;
  /** MiB of the process, by a tenth of the time: the middle of each. */
  readonly rssMiB: readonly number[];
  /** MiB of the heap after a collection, before and at the end. */
  readonly heapMiB: readonly number[];
  /** The share by which a line through the process's memory rises over the last half of the time. */
  readonly growth: number;
  readonly heapGrowth: number;
}

/** One workload's statements, as a summary. */
export interface PlanSummary {
  readonly workload: string;
  /** A request, transaction control included. */
  readonly statements: number;
  /** Statements that differ in their text or are prepared under another name. */
  readonly distinct: number;
  /** Rows that these take from tables, each run once. */
  readonly rowsRead: number;
  /** Large tables that one of these reads from the beginning to the end. */
  readonly sequentialScans: readonly string[];
}

/** What there is to know of the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
}

/** `results/latest.json` of a full run, `results/small.json` of a small one. */
export interface Report {
  readonly date: string;
  /** The product's commit; with a `+` where its files had changed since. */
  readonly revision: string;
  readonly machine: Machine;
  readonly data: Readonly<Record<"contacts" | "deals" | "activities" | "conversations", number>>;
  /** Contacts of an import. */
  readonly importRows: number;
  /** Callers at once. */
  readonly connections: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
  readonly plans: readonly PlanSummary[];
  readonly soak: Soak | null;
}
