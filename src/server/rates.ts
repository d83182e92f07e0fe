import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Viewer } from "../auth/viewer.ts";
import { RequestError } from "../lib/errors.ts";

/** Rate limits, in cost per minute (docs/limits.md); 0 means no limit. */
export interface RateOptions {
  /** Limit of one API key, or of one user with a token. */
  readonly perCaller: number;
  /** Limit of all callers of one organization together. */
  readonly perOrganization: number;
}

/** What remains of the current minute. */
export interface Allowance {
  /** Cost that remains: the caller's or the organization's, whichever is less. */
  readonly remaining: number;
  /** When the full limit is available again. */
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

/** Seconds over which costs are added up. */
const WINDOW = 60;

/** The counter of this process, or the one in Redis. */
type Counter = Pick<RateLimiterMemory, "consume" | "reward" | "points">;

/**
 * Rate limits by cost.
 *
 * @param redis counts for all instances together; without it, or while it does not answer, each process counts for
 *   itself
 */
export function ratesOf({ perCaller, perOrganization }: RateOptions, redis: Redis | null): Rates {
  const caller = counterOf("caller", perCaller, redis);
  const organization = counterOf("organization", perOrganization, redis);
  return {
    async take({ credentialId, orgId }, cost) {
      const own = caller && (await consume(caller, credentialId, cost, "This credential"));
      const all =
        organization &&
        (await consume(organization, orgId, cost, "This organization").catch(async (error: unknown) => {
          await caller?.reward(credentialId, cost);
          throw error;
        }));
      if (!own || !all) return own ?? all;
      return own.remaining <= all.remaining ? own : all;
    },
  };
}

function counterOf(name: string, points: number, redis: Redis | null): Counter | null {
  if (points === 0) return null;
  const options = { keyPrefix: `rolograph:cost:${name}`, points, duration: WINDOW };
  const memory = new RateLimiterMemory(options);
  if (redis === null) return memory;
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
  });
}

async function consume(counter: Counter, key: string, cost: number, who: string): Promise<Allowance> {
  try {
    const { remainingPoints, msBeforeNext } = await counter.consume(key, cost);
    return { remaining: remainingPoints, resetAt: new Date(Date.now() + msBeforeNext) };
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw thrown;
    const { consumedPoints } = await counter.reward(key, cost);
    const retryAfter = Math.min(Math.max(Math.ceil(thrown.msBeforeNext / 1000), 1), WINDOW);
    const limit = counter.points;
    const remaining = Math.max(limit - consumedPoints, 0);
    const message =
      `${who} may use a cost of ${limit.toLocaleString("en")} per minute; ${remaining.toLocaleString("en")} is left, ` +
      `and this operation costs ${cost.toLocaleString("en")}. ` +
      `Send it again in ${retryAfter} s.`;
    throw new RequestError("RATE_LIMITED", message, {
      status: 429,
      retryAfter,
      limit,
      remaining,
      requested: cost,
    });
  }
}
