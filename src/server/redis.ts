import { Redis } from "ioredis";
import type { Logger } from "pino";

/** Milliseconds between two attempts to connect, at most. */
const MOST_WAIT = 5_000;
/** Milliseconds for an answer of Redis to a command, after which the process counts for itself. */
const TIMEOUT = 500;
/** Milliseconds without an answer after which the connection is given up, and commands are refused at once. */
const SILENCE = 1_000;

/**
 * The Redis that instances share. It reconnects by itself. While it is away, commands are refused at once, so that no
 * request waits for it; where it stops answering, those of the first second wait half a second each.
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
  // What fails here is tried again, and was logged.
  redis.connect().catch(() => undefined);
  return redis;
}
