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
import { currentAccount } from "./account.ts";

/** What Prometheus is told of the database, and of what is done with it. */

/** Keys that a loader reads at once; a page has 100 records at most. */
const KEYS = [1, 2, 5, 10, 25, 50, 100, 250, 1_000];
/** Seconds of a statement, which are shorter; and of waits for a connection, which are to be none. */
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];
/** @returns ends watching */
export function watchDatabase(registry: Registry, { pool, reads }: Database): () => void {
  const registers = [registry];
  const seconds = new Histogram({
    name: "rolograph_sql_statement_duration_seconds",
    help: "How long statements take from being sent to being answered, for requests and in the background. Its count is their number.",
    labelNames: ["for"],
    buckets: STATEMENT_SECONDS,
    registers,
  });
  const failures = new Counter({
    name: "rolograph_sql_failures_total",
    help: "Statements that failed, by SQLSTATE; 57014 was cancelled, by STATEMENT_TIMEOUT_MS or because its caller left. connection where there is none.",
    labelNames: ["sqlstate"],
    registers,
  });
  const waits = new Histogram({
    name: "rolograph_pool_wait_seconds",
    help: "How long connections to the database were waited for.",
    buckets: STATEMENT_SECONDS,
    registers,
  });
  const refused = new Counter({
    name: "rolograph_pool_refused_total",
    help: "Connections that were not to be had: all were busy for DATABASE_WAIT_MS, or the database did not answer.",
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
  gauge("rolograph_pool_connections", "Connections to the database that are open.", () => pool.totalCount);
  gauge("rolograph_pool_connections_idle", "Open connections that nobody uses.", () => pool.idleCount);
  gauge("rolograph_pool_connections_max", "Most connections that may be open.", () => pool.options.max);
  gauge(
    "rolograph_pool_waiting",
    "Statements and transactions that wait for a connection.",
    () => pool.queued + pool.waitingCount,
  );
  new Counter({
    name: "rolograph_reads_total",
    help: "Reads of records: replayed from a prepared statement, made by Prisma because their shape had not come often enough (first), or because it cannot be replayed (unreplayable), of which there should be next to none.",
    labelNames: ["how"],
    registers,
    collect() {
      this.reset();
      for (const [how, count] of Object.entries(reads.counts)) this.inc({ how }, count);
    },
  });
  const stops = [
    statementSent.watch((sent) => {
      const whose = currentAccount() ? "request" : "background";
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

/** @returns ends watching */
export function watchWork(registry: Registry): () => void {
  const registers = [registry];
  const keys = new Histogram({
    name: "rolograph_loader_batch_keys",
    help: "How much a loader reads at once. Its count is the number of batches.",
    labelNames: ["loader"],
    buckets: KEYS,
    registers,
  });
  const repeated = new Counter({
    name: "rolograph_writes_repeated_total",
    help: "Mutations that were answered with what they answered before under the same idempotency key.",
    labelNames: ["mutation"],
    registers,
  });
  const jobs = new Counter({
    name: "rolograph_jobs_ended_total",
    help: "Background jobs that came to their end here, by kind and state.",
    labelNames: ["kind", "state"],
    registers,
  });
  const purged = new Counter({
    name: "rolograph_records_purged_total",
    help: "Records that were erased because they had been in the trash for too long.",
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
