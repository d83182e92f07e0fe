import cluster from "node:cluster";
import { createRequire } from "node:module";
import type { Logger } from "pino";
import type { Config } from "../../config.ts";
import type { Database } from "../../db/database.ts";
import { root } from "../../root.ts";
import type { Observer, Tracer } from "./watch.ts";

/** Metrics and traces of one process. Their libraries are loaded only if the settings turn them on. */
export interface Telemetry {
  readonly observer: Observer | null;
  readonly tracer: Tracer | null;
  /** Stops metrics and traces, and tries to send the remaining spans. */
  stop(): Promise<void>;
}

/**
 * Starts metrics and traces as set. The metrics of a worker are served by the supervising process.
 *
 * @throws MetricsPortError if METRICS_PORT cannot be opened
 */
export async function startTelemetry(
  { metrics: asked, traces }: Pick<Config, "metrics" | "traces">,
  database: Database,
  logger: Logger,
): Promise<Telemetry> {
  const metrics = asked && (await import("./metrics.ts")).startMetrics(database, logger, version());
  let stopListening = () => {};
  if (metrics && cluster.isWorker) {
    (await import("./cluster-metrics.ts")).tellMetrics(metrics.registry);
  } else if (metrics) {
    const { MetricsListener } = await import("./metrics-listener.ts");
    const { contentType } = metrics.registry;
    const listener = new MetricsListener({ contentType, metrics: () => metrics.registry.metrics() });
    await listen(listener, asked, logger);
    stopListening = () => listener.stop();
  }
  const tracing = traces ? (await import("./tracing.ts")).startTracing(logger, version()) : null;
  return {
    observer: metrics,
    tracer: tracing,
    async stop() {
      stopListening();
      metrics?.stop();
      await tracing?.stop();
    },
  };
}

/** In the supervising process: opens the port that serves the metrics of all workers. */
export async function tellOfWorkers({ metrics }: Pick<Config, "metrics">, logger: Logger): Promise<void> {
  if (!metrics) return;
  const [{ MetricsListener }, { ClusterMetrics }] = await Promise.all([
    import("./metrics-listener.ts"),
    import("./cluster-metrics.ts"),
  ]);
  await listen(new MetricsListener(new ClusterMetrics()), metrics, logger);
}

interface Listens {
  listen(port: number, host: string): Promise<number>;
}

async function listen(listener: Listens, { port, host }: NonNullable<Config["metrics"]>, logger: Logger) {
  logger.info({ port: await listener.listen(port, host), host }, "metrics are served at /metrics");
}

/** The product's version. */
const version = (): string => (createRequire(root)("./package.json") as { readonly version: string }).version;
