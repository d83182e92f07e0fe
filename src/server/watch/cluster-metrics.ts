import cluster, { type Worker } from "node:cluster";
import { AggregatorRegistry, type MetricObject, Registry } from "prom-client";
import type { Exposed } from "./metrics-listener.ts";

/** Metrics of several workers, added up by the supervising process. */

/** Milliseconds that a worker has to report its metrics; after that, its last report is used. */
const PATIENCE = 2_000;

interface Asked {
  readonly rolographMetrics: "asked";
  readonly id: number;
}

interface Told {
  readonly rolographMetrics: "told";
  readonly id: number;
  readonly metrics: Json;
}

/** The result of `Registry.getMetricsAsJSON`; its own types omit the values. */
type Json = MetricObject[];

/** In a worker: reports its metrics whenever the supervising process asks for them. */
export function tellMetrics(registry: Registry): void {
  process.on("message", async (message: Partial<Asked> | null) => {
    if (message?.rolographMetrics !== "asked") return;
    const metrics = await registry.getMetricsAsJSON();
    process.send?.({ ...message, rolographMetrics: "told", metrics } as Told);
  });
}

/**
 * In the supervising process: adds up the metrics of all workers. The counts of a worker that dies are kept: if a sum
 * fell, Prometheus would assume a restart and count the whole sum as new.
 */
export class ClusterMetrics implements Exposed {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  /** The last report of each living worker. */
  readonly #last = new Map<number, Json>();
  /** Counters and histograms of dead workers. */
  #dead: Json = [];
  #buried = Promise.resolve();
  readonly #answers = new Map<number, (metrics: Json) => void>();
  #asked = 0;

  constructor() {
    cluster.on("message", (_worker, message: Partial<Told> | null) => {
      if (message?.rolographMetrics !== "told" || !message.metrics) return;
      this.#answers.get(message.id ?? 0)?.(message.metrics);
    });
    cluster.on("exit", ({ id }) => {
      const last = this.#last.get(id);
      if (last) this.#buried = this.#buried.then(() => this.#bury(id, last));
    });
  }

  /** Runs one at a time: if two workers die together, the second is added to the result of the first. */
  async #bury(id: number, last: Json): Promise<void> {
    this.#dead = await summed([this.#dead, last.filter(isCumulative)]);
    this.#last.delete(id);
  }

  async metrics(): Promise<string> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    await Promise.all(workers.map((worker) => this.#ask(worker)));
    await this.#buried;
    return AggregatorRegistry.aggregate([...this.#last.values(), this.#dead]).metrics();
  }

  async #ask(worker: Worker): Promise<void> {
    this.#asked += 1;
    const id = this.#asked;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      this.#answers.set(id, (metrics) => {
        clearTimeout(timer);
        if (!worker.isDead()) this.#last.set(worker.id, metrics);
        resolve();
      });
      const asked: Asked = { rolographMetrics: "asked", id };
      // A worker that has just died cannot be asked.
      if (worker.isConnected()) worker.send(asked, (error) => error && resolve());
      else resolve();
    });
    this.#answers.delete(id);
  }
}

const isCumulative = ({ type }: MetricObject): boolean =>
  ["counter", "histogram"].includes(String(type).toLowerCase());

const summed = (metrics: Json[]): Promise<Json> =>
  AggregatorRegistry.aggregate(metrics).getMetricsAsJSON() as Promise<Json>;
