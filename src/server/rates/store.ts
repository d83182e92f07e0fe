import type { Redis } from "ioredis";
import type { Config } from "../../config.ts";
import type { Database } from "../../db/database.ts";
import { takeFromBuckets } from "../../db/write/rate-buckets.ts";
import { type BucketStore, DRAIN } from "./buckets.ts";
import { RedisBuckets } from "./redis-buckets.ts";

/**
 * The store in which all instances count together; null if each process counts for itself.
 *
 * @param redis null unless the costs are counted in it
 */
export function storeOf(
  kind: Config["rateStore"],
  database: Pick<Database, "pool" | "statementName">,
  redis: Redis | null,
): BucketStore | null {
  if (kind === "postgres")
    return { take: (orgId, buckets, cost) => takeFromBuckets(database, orgId, buckets, cost, DRAIN) };
  return kind === "redis" && redis !== null ? new RedisBuckets(redis) : null;
}
