import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Database } from "../../db/database.ts";
import {
  batchLoaded,
  connectionAwaited,
  jobEnded,
  statementSent,
  trashPurged,
  writeRepeated,
} from "../../lib/events.ts";

/** Metrics of the database, the pool, loaders, writes and jobs. */

/** Buckets for the number of keys that a loader reads at once; a page has at most 100 records. */
const KEYS = [1, 2, 5, 10, 25, 50, 100, 250, 1_000];
/** Buckets in seconds, for statements and for waits for a connection, which should be close to zero. */
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];
/** Counts statements, waits for connections, and reads. @returns stops counting */
export function watchDatabase(registry: Registry, { pool, reads }: Database): () => void {
  const registers = [registry];
  const seconds = new Histogram({
    name: "rolograph_sql_statement_duration_seconds",
    help: "Time from sending a statement to its answer, for requests and in the background. The histogram's count is the number of statements.",
    labelNames: ["for"],
    buckets: STATEMENT_SECONDS,
    registers,
  });
  const failures = new Counter({
    name: "rolograph_sql_failures_total",
    help: "Failed statements by SQLSTATE, or connection if there is none. 57014 was cancelled: by STATEMENT_TIMEOUT_MS, or because its caller hung up.",
    labelNames: ["sqlstate"],
    registers,
  });
  const waits = new Histogram({
    name: "rolograph_pool_wait_seconds",
    help: "Time spent waiting for a connection to the database.",
    buckets: STATEMENT_SECONDS,
    registers,
  });
  const refused = new Counter({
    name: "rolograph_pool_refused_total",
    help: "Failed attempts to get a connection: all were busy for DATABASE_WAIT_MS, or the database did not answer.",
    registers,
  });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge("rolograph_pool_connections", "Open connections to the database.", () => pool.totalCount);
  gauge("rolograph_pool_connections_idle", "Open connections that nobody uses.", () => pool.idleCount);
  gauge("rolograph_pool_connections_max", "Maximum number of open connections.", () => pool.options.max);
  gauge(
    "rolograph_pool_waiting",
    "Statements and transactions that wait for a connection.",
    () => pool.queued + pool.waitingCount,
  );
  new Counter({
    name: "rolograph_reads_total",
    help: "Reads of records: sent from a prepared statement (replayed), or executed by Prisma because the shape was not seen often enough (first) or cannot be prepared (unreplayable, which should be rare).",
    labelNames: ["how"],
    registers,
    collect() {
      this.reset();
      for (const [how, count] of Object.entries(reads.counts)) this.inc({ how }, count);
    },
  });
  const stops = [
    statementSent.watch((sent) => {
      const whose = sent.request ? "request" : "background";
      sent.whenDone((milliseconds, failure) => {
        seconds.observe({ for: whose }, milliseconds / 1000);
        if (failure !== null) failures.inc({ sqlstate: sqlstateOf(failure) });
      });
    }),
    connectionAwaited.watch(({ milliseconds, got }) => {
      waits.observe(milliseconds / 1000);
      if (!got) refused.inc();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function sqlstateOf(failure: unknown): string {
  const { code } = failure as { readonly code?: unknown };
  return typeof code === "string" && /^[\dA-Z]{5}$/.test(code) ? code : "connection";
}

/** Counts batches of loaders, repeated writes, ended jobs and purged records. @returns stops counting */
export function watchWork(registry: Registry): () => void {
  const registers = [registry];
  const keys = new Histogram({
    name: "rolograph_loader_batch_keys",
    help: "Number of keys that a loader reads at once. The histogram's count is the number of batches.",
    labelNames: ["loader"],
    buckets: KEYS,
    registers,
  });
  const repeated = new Counter({
    name: "rolograph_writes_repeated_total",
    help: "Mutations that were sent again with the same idempotency key and got their first answer again.",
    labelNames: ["mutation"],
    registers,
  });
  const jobs = new Counter({
    name: "rolograph_jobs_ended_total",
    help: "Background jobs that ended in this process, by kind and state.",
    labelNames: ["kind", "state"],
    registers,
  });
  const purged = new Counter({
    name: "rolograph_records_purged_total",
    help: "Records that were erased because their time in the trash had expired.",
    labelNames: ["entity"],
    registers,
  });
  const stops = [
    batchLoaded.watch(({ loader, keys: count }) => keys.observe({ loader }, count)),
    writeRepeated.watch(({ mutation }) => repeated.inc({ mutation })),
    jobEnded.watch(({ kind, state }) => jobs.inc({ kind, state })),
    trashPurged.watch(({ contacts, leads }) => {
      purged.inc({ entity: "contact" }, contacts);
      purged.inc({ entity: "lead" }, leads);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
