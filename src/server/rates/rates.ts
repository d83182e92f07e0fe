import type { Logger } from "pino";
import type { Viewer } from "../../auth/viewer.ts";
import { RequestError } from "../../lib/errors.ts";
import { type Bucket, type BucketStore, DRAIN, MemoryBuckets, type Verdict } from "./buckets.ts";

/** Rate limits, in cost per minute (docs/limits.md); 0 means no limit. */
export interface RateOptions {
  /** Limit of one API key, or of one user with a token. */
  readonly perCaller: number;
  /** Limit of all callers of one organization together. */
  readonly perOrganization: number;
  /** Milliseconds to wait for a store, after which the process counts for itself; 500 by default. */
  readonly timeout?: number;
}

/** What remains at this moment. */
export interface Allowance {
  /** Cost that remains: the caller's or the organization's, whichever is less. */
  readonly remaining: number;
  /** When the full limit is available again, if nothing else is sent. */
  readonly resetAt: Date;
}

/** Counts the cost of operations, and refuses operations over the limit. */
export interface Rates {
  /**
   * Counts an operation before it runs.
   *
   * @param cost as computed in `graphql/limits/cost.ts`
   * @returns null without any limit
   * @throws RequestError RATE_LIMITED, 429, if the cost exceeds what remains; a refused operation is not counted
   */
  take(viewer: Pick<Viewer, "credentialId" | "orgId">, cost: number): Promise<Allowance | null>;
}

interface Named extends Bucket {
  /** Whose it is, in messages. */
  readonly who: string;
}

/**
 * Rate limits by cost.
 *
 * @param store counts for all instances together; without it, or while it fails, each process counts for itself
 */
export function ratesOf(
  { perCaller, perOrganization, timeout = 500 }: RateOptions,
  store: BucketStore | null,
  logger: Logger,
): Rates {
  const take = counting(store, timeout, logger);
  return {
    async take({ credentialId, orgId }, cost) {
      const buckets: Named[] = [
        { holder: credentialId, capacity: perCaller, who: "This credential" },
        { holder: orgId, capacity: perOrganization, who: "This organization" },
      ].filter(({ capacity }) => capacity > 0);
      if (buckets.length === 0) return null;
      const { fits, levels } = await take(orgId, buckets, cost);
      const states = buckets.map((bucket, at) => ({ ...bucket, level: levels[at] ?? 0 }));
      if (!fits) throw refusalOf(states, cost);
      const [least = null] = states
        .map(({ level, capacity }) => allowanceOf(level + cost, capacity))
        .sort((a, b) => a.remaining - b.remaining);
      return least;
    },
  };
}

/** Counts in the store, or in memory while the store fails: no request fails because of it. */
function counting(store: BucketStore | null, timeout: number, logger: Logger): BucketStore["take"] {
  const memory = new MemoryBuckets();
  if (store === null) return memory.take.bind(memory);
  let fails = false;
  return async (...args) => {
    try {
      const verdict = await inTime(store.take(...args), timeout);
      if (fails) logger.info("costs are counted together with the other processes again");
      fails = false;
      return verdict;
    } catch (error) {
      if (!fails)
        logger.warn({ error: (error as Error).message }, "this process counts costs for itself for now");
      fails = true;
      return memory.take(...args);
    }
  };
}

/** @throws Error if the store does not answer in time; its late answer is ignored */
async function inTime(taken: Promise<Verdict>, timeout: number): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeout} ms`)), timeout);
  });
  try {
    return await Promise.race([taken, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Seconds in which so much leaks from a bucket. */
const drained = (level: number, capacity: number): number => (level / capacity) * DRAIN;

const allowanceOf = (level: number, capacity: number): Allowance => ({
  remaining: Math.max(0, Math.floor(capacity - level)),
  resetAt: new Date(Date.now() + drained(level, capacity) * 1000),
});

/** The refusal by the bucket in which there is room last. */
function refusalOf(states: readonly (Named & { readonly level: number })[], cost: number): RequestError {
  const waits = states
    .map((state) => ({ ...state, wait: drained(state.level + cost - state.capacity, state.capacity) }))
    .sort((a, b) => b.wait - a.wait);
  const [{ who, level, capacity: limit, wait } = { who: "", level: 0, capacity: 1, wait: 0 }] = waits;
  const { remaining } = allowanceOf(level, limit);
  // A cost of more than the limit would never fit; the settings do not allow such a limit.
  const retryAfter = Math.min(Math.max(Math.ceil(wait), 1), DRAIN);
  const message =
    `${who} may use a cost of ${limit.toLocaleString("en")} per minute; ${remaining.toLocaleString("en")} is left, ` +
    `and this operation costs ${cost.toLocaleString("en")}. ` +
    `Send it again in ${retryAfter} s.`;
  const resetAfter = Math.max(Math.ceil(drained(level, limit)), retryAfter);
  const details = { status: 429, retryAfter, resetAfter, limit, remaining, requested: cost };
  return new RequestError("RATE_LIMITED", message, details);
}
