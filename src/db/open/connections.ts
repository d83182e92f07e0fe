import type pg from "pg";
import { isStale } from "../faults.ts";
import type { Turn } from "../turn.ts";
import { LanePool } from "./lane-pool.ts";

/**
 * Pools, and connections taken out of them, always with an `error` listener. A connection that breaks rejects the
 * running statement and also emits `error`, which ends the process when there is no listener.
 */

/**
 * Makes a pool whose errors never end the process, and whose connections are given by lanes.
 *
 * @param onError called when an idle connection breaks; the pool replaces it
 */
export function makePool(
  config: pg.PoolConfig,
  onError: (error: Error) => void = ignore,
  inOrder = false,
): LanePool {
  const pool = new LanePool(config, inOrder);
  pool.on("error", onError);
  return pool;
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

/** What takes connections: a pool. */
interface Pool {
  connect(
    taken: (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void,
    turn?: Turn,
  ): unknown;
}

/**
 * Takes a connection out of a pool, for work that `pool.query` cannot do. Nothing else calls `pool.connect`.
 *
 * @param turn whose turn it is, in a pool with lanes; nobody's in particular when left out
 */
export const takeConnection = (pool: Pool, turn?: Turn): Promise<Connection> =>
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
    }, turn);
  });

/**
 * Takes a connection that has worked since a moment, or is new. Others, which may have broken by then, are closed on
 * the way.
 *
 * @param since of `performance.now()`
 */
export async function takeWorking(pool: LanePool, turn: Turn, since: number): Promise<Connection> {
  for (;;) {
    const connection = await takeConnection(pool, turn);
    if (pool.hasWorked(connection.client, since)) return connection;
    connection.giveBack(false);
  }
}

/**
 * Ends a connection's transaction and gives the connection back.
 *
 * @param cause why it is rolled back: what the connection has prepared may be at fault, and then it is not used again
 * @throws the database's error when it cannot be ended, or an Error when COMMIT was answered by ROLLBACK
 */
export async function endTransaction(
  { client, giveBack }: Connection,
  how: "COMMIT" | "ROLLBACK",
  cause?: unknown,
): Promise<void> {
  let ended = false;
  try {
    const { command } = await client.query(how);
    ended = true;
    if (command !== how) throw new Error("a transaction of which a statement had failed was to be committed");
  } finally {
    giveBack(ended && !isStale(cause));
  }
}

/**
 * Runs work on one connection in one transaction; a throw rolls all of it back.
 *
 * @param begin the statements that open it
 */
export async function withTransaction<Result>(
  pool: Pool,
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
    await endTransaction(connection, "ROLLBACK", error).catch(ignore);
    throw error;
  }
  await endTransaction(connection, "COMMIT");
  return result;
}

const ignore = () => undefined;
