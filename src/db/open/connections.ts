import pg from "pg";

/**
 * Pools and the connections taken out of them, listened to. A connection that breaks says so to the statement that is
 * under way, and in an `error` event besides; one that nobody hears ends the process.
 */

/**
 * @param onError told when an idle connection breaks; the pool replaces it
 */
export function makePool(config: pg.PoolConfig, onError: (error: Error) => void = ignore): pg.Pool {
  const pool = new pg.Pool(config);
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

/** Takes a connection out of a pool: the only way to one, for what takes more than `pool.query`. */
export const takeConnection = (pool: Pick<pg.Pool, "connect">): Promise<Connection> =>
  new Promise((resolve, reject) => {
    // Listened to at once: by the time that a promise of it is kept, it may have broken.
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
 * @throws what the database says when it does not end, or when it was undone in the place of being committed
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
    // What the database says of a connection that is gone would hide why.
    await endTransaction(connection, "ROLLBACK").catch(ignore);
    throw error;
  }
  await endTransaction(connection, "COMMIT");
  return result;
}

const ignore = () => undefined;
