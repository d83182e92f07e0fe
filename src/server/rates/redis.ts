import { Redis } from "ioredis";
import type { Logger } from "pino";

/** Most milliseconds between two attempts to connect. */
const MOST_WAIT = 5_000;
/** Milliseconds to wait for Redis to answer a command; after that, the process counts for itself. */
const TIMEOUT = 500;
/** Milliseconds without an answer after which the connection is closed, and commands fail at once. */
const SILENCE = 1_000;

/**
 * Opens the Redis that all instances share. The client reconnects by itself. While Redis cannot be reached, commands
 * fail at once, so that no request waits for it; when it stops answering, commands of the first second wait half a
 * second each.
 */
export function openRedis(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: TIMEOUT,
    socketTimeout: SILENCE,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 10), MOST_WAIT),
  });
  let away = false;
  redis.on("error", (error: Error) => {
    if (!away)
      logger.warn(
        { error: error.message },
        "Redis does not answer: this process counts for itself until it does",
      );
    away = true;
  });
  redis.on("ready", () => {
    if (away) logger.info("Redis answers again");
    away = false;
  });
  // The client logs a failed attempt and tries again.
  redis.connect().catch(() => undefined);
  return redis;
}
