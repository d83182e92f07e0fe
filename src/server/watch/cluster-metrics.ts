import cluster, { type Worker } from "node:cluster";
import { AggregatorRegistry, type MetricObject, Registry } from "prom-client";
import type { Exposed } from "./metrics-listener.ts";

/** Metrics of several workers, told as one by the process that looks after them. */

/** Milliseconds that a worker has for its metrics; one that is busy for longer is told as it was. */
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

/** What `Registry.getMetricsAsJSON` gives, whose types leave out that it becomes values. */
type Json = MetricObject[];

/** In a worker: tells its metrics whenever it is asked for them. */
export function tellMetrics(registry: Registry): void {
  process.on("message", async (message: Partial<Asked> | null) => {
    if (message?.rolographMetrics !== "asked") return;
    const metrics = await registry.getMetricsAsJSON();
    process.send?.({ ...message, rolographMetrics: "told", metrics } as Told);
  });
}

/**
 * In the process that looks after workers: sums up what they tell. What a worker counted is kept when it dies, because
 * Prometheus would take a sum that falls for a process that began anew, and all of the sum for new.
 */
export class ClusterMetrics implements Exposed {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  /** What each living worker told last. */
  readonly #last = new Map<number, Json>();
  /** Counters and histograms of those that have died. */
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

  /** One after the other: of two that die together, the second adds to what the first left. */
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
      // One that has just died cannot be asked.
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
