import cluster from "node:cluster";
import { createRequire } from "node:module";
import type { Logger } from "pino";
import type { Config } from "../../config.ts";
import type { Database } from "../../db/database.ts";
import type { Observer, Tracer } from "./watch.ts";

/** Metrics and traces of one process. Their libraries are loaded where they are asked for, and nowhere else. */
export interface Telemetry {
  readonly observer: Observer | null;
  readonly tracer: Tracer | null;
  /** Stops telling, and sends what is left of traces as far as somebody takes it. */
  stop(): Promise<void>;
}

/**
 * Begins what is asked for. In a worker, metrics are told by the process that looks after it.
 *
 * @throws MetricsPortError where METRICS_PORT cannot be had
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

/** In the process that looks after workers: opens the port at which the metrics of all of them are told. */
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
  logger.info({ port: await listener.listen(port, host), host }, "metrics are told at /metrics");
}

/** The product's version. */
const version = (): string =>
  (createRequire(import.meta.url)("../../../package.json") as { readonly version: string }).version;
