import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { PoolConfig } from "pg";
import { lockDirectory } from "./lock.ts";

/** A running PGlite and how `pg` reaches it. */
export interface Embedded {
  readonly connection: PoolConfig;
  /** The whole database as a file, to be loaded by `startEmbedded`. Connections must be closed before. */
  dump(): Promise<Blob>;
  close(): Promise<void>;
}

/**
 * Starts PGlite behind its socket server, so that one driver and one code path serve both databases.
 *
 * @param source a directory on disk (locked while open), or a dump to load into memory; an empty database in
 *   memory when neither is given
 * @throws DirectoryError when another process has the directory open
 */
export async function startEmbedded(source: { directory?: string; dump?: Blob }): Promise<Embedded> {
  const unlock = source.directory ? await lockDirectory(source.directory) : () => {};
  try {
    const database = await PGlite.create({
      ...(source.directory && { dataDir: join(source.directory, "pglite") }),
      ...(source.dump && { loadDataDir: source.dump }),
      extensions: { pg_trgm },
    });
    const address = await listenAddress();
    const server = new PGLiteSocketServer({ db: database, maxConnections: 20, ...address.listen });
    await server.start();
    listenToSockets(server);
    return {
      connection: {
        ...address.connection(server.getServerConn()),
        user: "postgres",
        database: "postgres",
        // PGlite's socket server interleaves the messages of several connections when one of them sends more
        // than a packet, and then runs one connection's statement with the other's values. PGlite runs one statement
        // at a time anyway.
        max: 1,
      },
      dump: () => database.dumpDataDir("none"),
      async close() {
        await server.stop();
        await database.close();
        await address.remove();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Adds `error` listeners to accepted sockets: one that its client resets before the library listens to it would end the
 * process. The library's server is private, hence the cast.
 */
function listenToSockets(server: PGLiteSocketServer): void {
  const { server: accepting } = server as unknown as { readonly server: Server };
  accepting.on("connection", (socket) => socket.on("error", () => undefined));
}

/** A Unix socket in a directory that only this user can enter; a loopback port where there are none. */
async function listenAddress() {
  if (process.platform === "win32") {
    return {
      listen: { host: "127.0.0.1", port: 0 },
      connection: (address: string) => ({ host: "127.0.0.1", port: Number(address.split(":").pop()) }),
      remove: async () => {},
    };
  }
  // The temporary directory, because a Unix socket's path has to be shorter than 108 bytes.
  const directory = await mkdtemp(join(tmpdir(), "rolograph-"));
  return {
    listen: { path: join(directory, ".s.PGSQL.5432") },
    connection: () => ({ host: directory, port: 5432 }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
