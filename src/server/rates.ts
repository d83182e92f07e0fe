import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Viewer } from "../auth/viewer.ts";
import { RequestError } from "../lib/errors.ts";

/** How much callers may ask for in a minute, as docs/limits.md counts it; 0 for any amount. */
export interface RateOptions {
  /** Of one API key, or one user with a token. */
  readonly perCaller: number;
  /** Of all callers of one organization. */
  readonly perOrganization: number;
}

/** What is left of a caller's minute. */
export interface Allowance {
  /** Cost that may still be asked for: of the caller, or of the organization where that is less. */
  readonly remaining: number;
  /** When all of it may be asked for again. */
  readonly resetAt: Date;
}

/** Counts what callers ask for; refuses what is too much. */
export interface Rates {
  /**
   * Counts an operation before it runs.
   *
   * @param cost as `limits/cost.ts` counts it
   * @returns null where neither of the two has a limit
   * @throws RequestError RATE_LIMITED, 429, where it is more than is left of the minute; then it counts nothing
   */
  take(viewer: Pick<Viewer, "credentialId" | "orgId">, cost: number): Promise<Allowance | null>;
}

/** Seconds over which costs are summed up. */
const WINDOW = 60;

/** Each process counts for itself, by the clock of its machine, unless there is a Redis. */
type Counter = Pick<RateLimiterMemory, "consume" | "reward" | "points">;

/**
 * Rate limits by what operations cost.
 *
 * @param redis where all instances count together; where it does not answer, each counts for itself until it does
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
      `${who} may ask for a cost of ${limit.toLocaleString("en")} in a minute, of which ` +
      `${remaining.toLocaleString("en")} is left; this operation costs ${cost.toLocaleString("en")}. ` +
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
