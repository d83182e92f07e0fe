import type { Logger } from "pino";
import { Gauge, type Registry } from "prom-client";
import type { Database } from "../../db/database.ts";
import { jobTables } from "../../jobs/jobs.ts";

/** Milliseconds for which the numbers of jobs are cached. */
const FRESH = 5_000;
/** Milliseconds that a scrape waits for the numbers. */
const PATIENCE = 1_000;

interface Row {
  readonly kind: string;
  readonly waiting: number;
  readonly running: number;
}

/**
 * Numbers of waiting and running background jobs of all processes. A scrape reads them, at most every five seconds and
 * by one statement at a time, and waits for them at most one second. While the database does not answer, the metric has
 * no values.
 */
export function jobsGauge(registry: Registry, { pool }: Pick<Database, "pool">, logger: Logger): void {
  const registers = [registry];
  let known: { readonly at: number; readonly rows: readonly Row[] } | null = null;
  let reading: Promise<void> | null = null;
  const read = async () => {
    try {
      const { rows } = await pool.query<Row>(statement);
      known = { at: performance.now(), rows };
    } catch (error) {
      known = null;
      logger.debug({ err: error }, "the numbers of jobs could not be read");
    } finally {
      reading = null;
    }
  };
  /** The rows, read again if they are too old; null if the database does not answer in time. */
  const current = async (): Promise<readonly Row[] | null> => {
    if (!known || performance.now() - known.at > FRESH) {
      reading ??= read();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          known = null;
          resolve();
        }, PATIENCE);
      });
      await Promise.race([reading, late]);
      clearTimeout(timer);
    }
    return known?.rows ?? null;
  };
  new Gauge({
    name: "rolograph_database_up",
    help: "Whether the database answers within a second, 1 or 0.",
    // Each worker checks the database; one failure makes the value 0.
    aggregator: "min",
    registers,
    async collect() {
      this.set((await current()) === null ? 0 : 1);
    },
  });
  new Gauge({
    name: "rolograph_jobs",
    help: "Waiting and running background jobs of all processes, by kind.",
    labelNames: ["kind", "state"],
    aggregator: "max",
    registers,
    async collect() {
      const rows = await current();
      this.reset();
      for (const { kind, waiting, running } of rows ?? []) {
        this.set({ kind, state: "waiting" }, waiting);
        this.set({ kind, state: "running" }, running);
      }
    },
  });
}

/** Counts the jobs that are not done, which are few. A job whose lease has expired counts as waiting. */
const statement = jobTables
  .map(
    (table) =>
      `SELECT '${table}' AS kind, count(*) FILTER (WHERE leased_until IS NULL OR leased_until < now())::int AS waiting,
         count(*) FILTER (WHERE leased_until >= now())::int AS running
       FROM ${table} WHERE state IN ('QUEUED', 'RUNNING')`,
  )
  .join(" UNION ALL ");
