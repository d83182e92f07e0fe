import type pg from "pg";
import { isStale } from "../faults.ts";
import type { Turn } from "../turn.ts";
import { LanePool } from "./lane-pool.ts";

/**
 * Pools, and connections taken from them, always with an `error` listener. A connection that breaks rejects the running
 * statement and also emits `error`, which ends the process if there is no listener.
 */

/**
 * Makes a pool whose errors never end the process, and which gives connections by lanes.
 *
 * @param onError called when an idle connection breaks; the pool replaces it
 * @param inOrder whether to give connections in the order of asking instead
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

/** A connection taken from its pool. */
export interface Connection {
  readonly client: pg.PoolClient;
  /**
   * Gives it back, once.
   *
   * @param sound false if it cannot be trusted any more: it is closed, and the pool opens another
   */
  giveBack(sound: boolean): void;
}

/** The part of a pool that gives connections. */
interface Pool {
  connect(
    taken: (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void,
    turn?: Turn,
  ): unknown;
}

/**
 * Takes a connection from a pool, for work that `pool.query` cannot do. Nothing else calls `pool.connect`.
 *
 * @param turn the turn of a request or job, in a pool with lanes; if omitted, it belongs to none
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
 * Takes a connection that is new, or has worked since a moment. Other connections may be broken, and are closed.
 *
 * @param since a value of `performance.now()`
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
 * @param cause the error because of which it is rolled back; if prepared statements may be at fault, the connection is
 *   closed
 * @throws the database's error if the transaction cannot be ended, or an Error if COMMIT was answered by ROLLBACK
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
    if (command !== how) throw new Error("COMMIT was answered by ROLLBACK because a statement had failed");
  } finally {
    giveBack(ended && !isStale(cause));
  }
}

/**
 * Runs work on one connection in one transaction; a throw rolls all of it back.
 *
 * @param begin the statements that open the transaction
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
