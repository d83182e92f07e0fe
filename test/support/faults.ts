import { connect, createServer, type Socket } from "node:net";
import type pg from "pg";
import { inject, onTestFinished } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { testDatabase } from "./database.ts";

/** Databases whose connections break, for tests. */

/** How a connection breaks: the network resets it before a statement arrives or after it ran, or the server ends it. */
export type Cut = "reset" | "reset before the answer" | "terminated";

/** The ways to break a connection on this database: PGlite has no processes that could be terminated. */
export const cuts = (): Cut[] => [
  "reset",
  "reset before the answer",
  ...(inject("databaseUrl") === null ? [] : ["terminated" as const]),
];

export interface Breakable {
  readonly database: Database;
  /**
   * Breaks the connections as a statement is sent.
   *
   * @param when the number of the statement, from 1, or a pattern that the first such statement matches
   * @param times how many consecutive statements that match the pattern break; a read is sent twice
   * @returns whether the connections were broken
   */
  cutAt(how: Cut, when: number | RegExp, times?: number): () => boolean;
}

/** The test database, through connections that can be broken; a separate PGlite, since it has only one connection. */
export async function breakable(): Promise<Breakable> {
  const url = inject("databaseUrl");
  return url === null ? breakableEmbedded() : breakablePostgres(url);
}

async function breakablePostgres(url: string): Promise<Breakable> {
  const proxy = await startProxy(url);
  const name = `breakable ${crypto.randomUUID()}`;
  const through = new URL(proxy.url);
  through.searchParams.set("application_name", name);
  const database = await openDatabase({
    kind: "postgres",
    url: through.toString(),
    poolSize: 3,
    wait: 30_000,
    statementTimeout: 20_000,
  });
  onTestFinished(async () => {
    await database.close();
    proxy.stop();
  });
  const watched = watching(database, async (how) => {
    if (how === "reset") return proxy.reset();
    if (how === "reset before the answer") return proxy.resetAfterNext();
    const { pool } = await testDatabase();
    await pool.query(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1",
      [name],
    );
  });
  await closeIdle(database.pool);
  return watched;
}

async function breakableEmbedded(): Promise<Breakable> {
  const database = await testDatabase();
  const { pool } = database;
  const streams = new Set<Socket>();
  const watch = (client: object) => {
    const { stream } = (client as { connection: { stream: Socket } }).connection;
    streams.add(stream);
    stream.once("close", () => streams.delete(stream));
  };
  pool.on("connect", watch);
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  const made = watching(database, async (how) => {
    for (const stream of streams) {
      if (how === "reset") stream.destroy(reset);
      else stream.removeAllListeners("data").once("data", () => stream.destroy(reset));
    }
  });
  await closeIdle(pool);
  onTestFinished(async () => {
    pool.off("connect", watch);
    await closeIdle(pool);
  });
  return made;
}

/** Closes the connection that is not watched yet; the next one will be watched. */
const closeIdle = async (pool: pg.Pool): Promise<void> => (await pool.connect()).release(true);

type Query = (...args: unknown[]) => unknown;

/** Watches the statements of a database's connections, and holds a statement back while connections are broken. */
function watching(database: Database, cut: (how: Cut) => Promise<void>): Breakable {
  let watch: (sql: string) => Promise<void> | null = () => null;
  const onConnect = (client: pg.PoolClient) => {
    const query = client.query.bind(client) as Query;
    let waiting: Promise<void> | null = null;
    const watched: Query = (...args) => {
      const [statement] = args as [string | { readonly text: string }];
      waiting = watch(typeof statement === "string" ? statement : statement.text) ?? waiting;
      return waiting ? waiting.then(() => query(...args)) : query(...args);
    };
    Object.assign(client, { query: watched });
  };
  database.pool.on("connect", onConnect);
  onTestFinished(() => void database.pool.off("connect", onConnect));
  return {
    database,
    cutAt(how, when, times = 1) {
      let sent = 0;
      let done = 0;
      watch = (sql) => {
        sent += 1;
        if (done === times || !(typeof when === "number" ? sent >= when : when.test(sql))) return null;
        done += 1;
        return cut(how);
      };
      return () => done > 0;
    },
  };
}

/** Starts a proxy in front of PostgreSQL, whose connections can be reset. */
async function startProxy(target: string) {
  const pairs = new Set<readonly [Socket, Socket]>();
  const { hostname, port } = new URL(target);
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as { port: number };
  const reset = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  };
  return {
    url: Object.assign(new URL(target), { hostname: "127.0.0.1", port: String(own) }).toString(),
    reset,
    /** Resets the connections when the server answers next, and does not forward that answer. */
    resetAfterNext: () => {
      for (const [near, far] of pairs) {
        far.unpipe(near);
        far.once("data", () => {
          near.resetAndDestroy();
          far.resetAndDestroy();
        });
        far.resume();
      }
    },
    stop: () => {
      reset();
      server.close();
    },
  };
}
