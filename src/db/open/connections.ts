import { AsyncResource } from "node:async_hooks";
import pg from "pg";
import { connectionAwaited } from "../../lib/events.ts";

/**
 * Pools, and connections taken out of them, always with an `error` listener. A connection that breaks rejects the
 * running statement and also emits `error`, which ends the process when there is no listener.
 */

/**
 * Makes a pool whose errors never end the process.
 *
 * @param onError called when an idle connection breaks; the pool replaces it
 */
export function makePool(config: pg.PoolConfig, onError: (error: Error) => void = ignore): pg.Pool {
  const pool = new WatchedPool(config);
  pool.on("error", onError);
  return pool;
}

type OnConnected = Parameters<pg.Pool["connect"]>[0];

/**
 * A pool that tells how long its connections are waited for. Who waits goes on in the asynchronous context in which
 * they asked: the driver would have them go on in that of whoever gave the connection back, and whose statement it
 * is would not be known any more.
 */
class WatchedPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: OnConnected): void;
  override connect(callback?: OnConnected): Promise<pg.PoolClient> | undefined {
    if (!callback) return super.connect();
    if (!connectionAwaited.watched) {
      super.connect(callback);
      return undefined;
    }
    const began = performance.now();
    super.connect(
      AsyncResource.bind((error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => {
        connectionAwaited.tell({ milliseconds: performance.now() - began, got: client !== undefined });
        callback(error, client, done);
      }),
    );
    return undefined;
  }
}

/** A connection that is taken out of its pool. */
export interface Connection {
  readonly client: pg.PoolClient;
  /**
   * Gives it back, once.
   *
   * @param sound false when it cannot be trusted any more: it is closed, and the pool makes another one
   */
  giveBack(sound: boolean): void;
}

/** Takes a connection out of a pool, for work that `pool.query` cannot do. Nothing else calls `pool.connect`. */
export const takeConnection = (pool: Pick<pg.Pool, "connect">): Promise<Connection> =>
  new Promise((resolve, reject) => {
    // In the callback, not after awaiting a promise: the connection may break in between.
    pool.connect((error, client) => {
      if (!client) return reject(error);
      client.on("error", ignore);
      resolve({
        client,
        giveBack(sound) {
          client.removeListener("error", ignore);
          client.release(!sound);
        },
      });
    });
  });

/**
 * Ends a connection's transaction and gives the connection back.
 *
 * @throws the database's error when it cannot be ended, or an Error when COMMIT was answered by ROLLBACK
 */
export async function endTransaction(
  { client, giveBack }: Connection,
  how: "COMMIT" | "ROLLBACK",
): Promise<void> {
  let ended = false;
  try {
    const { command } = await client.query(how);
    ended = true;
    if (command !== how) throw new Error("a transaction of which a statement had failed was to be committed");
  } finally {
    giveBack(ended);
  }
}

/**
 * Runs work on one connection in one transaction; a throw rolls all of it back.
 *
 * @param begin the statements that open it
 */
export async function withTransaction<Result>(
  pool: Pick<pg.Pool, "connect">,
  work: (client: pg.PoolClient) => Promise<Result>,
  begin = "BEGIN",
): Promise<Result> {
  const connection = await takeConnection(pool);
  let result: Result;
  try {
    await connection.client.query(begin);
    result = await work(connection.client);
  } catch (error) {
    // The error of a broken connection would hide the one that caused the rollback.
    await endTransaction(connection, "ROLLBACK").catch(ignore);
    throw error;
  }
  await endTransaction(connection, "COMMIT");
  return result;
}

const ignore = () => undefined;
