/**
 * Leaky buckets: each operation adds its cost to the level of a bucket, and the level falls continuously, by the whole
 * capacity in a minute. A store keeps the buckets, and decides about an operation in one atomic step.
 */

/** A bucket of one organization. */
export interface Bucket {
  /** UUID of the credential, or of the organization for the bucket of all its callers. */
  readonly holder: string;
  /** The cost that it holds, which is also the cost that leaks from it in a minute. */
  readonly capacity: number;
}

/** The decision about an operation. */
export interface Verdict {
  /** Whether its cost was added to the buckets: to all of them, or to none. */
  readonly fits: boolean;
  /** The levels in the order of the buckets, before the cost. */
  readonly levels: readonly number[];
}

/** Keeps buckets, in memory or for all instances together. */
export interface BucketStore {
  /** Adds a cost to all of the buckets if each has room for it. */
  take(orgId: string, buckets: readonly Bucket[], cost: number): Promise<Verdict>;
}

/** Seconds in which a full bucket runs empty. */
export const DRAIN = 60;

/** Number of buckets in memory from which on empty ones are removed. */
const MANY = 1_000;

/** Buckets of this process. */
export class MemoryBuckets implements BucketStore {
  readonly #clock: () => number;
  readonly #buckets = new Map<string, { level: number; at: number }>();
  #cleared = 0;

  /** @param clock seconds; by default of a clock that nobody can set */
  constructor(clock = () => performance.now() / 1000) {
    this.#clock = clock;
  }

  take(orgId: string, buckets: readonly Bucket[], cost: number): Promise<Verdict> {
    const now = this.#clock();
    this.#clear(now);
    const levels = buckets.map(({ holder, capacity }) => {
      const held = this.#buckets.get(`${orgId} ${holder}`);
      return held ? Math.max(0, held.level - ((now - held.at) * capacity) / DRAIN) : 0;
    });
    const fits = buckets.every(({ capacity }, at) => (levels[at] ?? 0) + cost <= capacity);
    for (const [at, { holder }] of fits ? buckets.entries() : []) {
      this.#buckets.set(`${orgId} ${holder}`, { level: (levels[at] ?? 0) + cost, at: now });
    }
    return Promise.resolve({ fits, levels });
  }

  /** Removes buckets that are empty by now, once in a while. */
  #clear(now: number): void {
    if (this.#buckets.size < MANY || now - this.#cleared < DRAIN) return;
    this.#cleared = now;
    for (const [key, { at }] of this.#buckets) if (now - at >= DRAIN) this.#buckets.delete(key);
  }
}
