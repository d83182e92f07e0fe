import type { Redis } from "ioredis";
import { type Bucket, type BucketStore, DRAIN, type Verdict } from "./buckets.ts";

/**
 * One script, so that no other command runs between reading and writing. It counts by Redis' clock, which all instances
 * share. Numbers are returned as text: as numbers, Redis would cut off their fractions.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local cost = tonumber(ARGV[1])
local fits, levels = true, {}
for i, key in ipairs(KEYS) do
  local capacity = tonumber(ARGV[i + 1])
  local held = redis.call('HMGET', key, 'level', 'at')
  local elapsed = math.max(0, now - (tonumber(held[2] or nil) or now))
  levels[i] = math.max(0, (tonumber(held[1] or nil) or 0) - elapsed * capacity / ${DRAIN})
  fits = fits and levels[i] + cost <= capacity
end
local answer = { fits and '1' or '0' }
for i, key in ipairs(KEYS) do
  answer[i + 1] = string.format('%.17g', levels[i])
  local level = string.format('%.17g', fits and levels[i] + cost or levels[i])
  redis.call('HSET', key, 'level', level, 'at', string.format('%.17g', now))
  redis.call('EXPIRE', key, ${2 * DRAIN})
end
return answer
`;

/** Redis with the script as a command: it is sent once, and then called by its digest. */
type Scripted = Redis & {
  rolographTake(keys: number, ...keysAndArguments: (string | number)[]): Promise<string[]>;
};

/** Buckets in Redis. The organization in braces keeps all its buckets in one slot of a Redis cluster. */
export class RedisBuckets implements BucketStore {
  readonly #redis: Scripted;

  constructor(redis: Redis) {
    redis.defineCommand("rolographTake", { lua: SCRIPT });
    this.#redis = redis as Scripted;
  }

  async take(orgId: string, buckets: readonly Bucket[], cost: number): Promise<Verdict> {
    const keys = buckets.map(({ holder }) => `rolograph:cost:{${orgId}}:${holder}`);
    const capacities = buckets.map(({ capacity }) => capacity);
    const [fits, ...levels] = await this.#redis.rolographTake(keys.length, ...keys, cost, ...capacities);
    return { fits: fits === "1", levels: levels.map(Number) };
  }
}
