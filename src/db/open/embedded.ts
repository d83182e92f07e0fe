import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { btree_gin } from "@electric-sql/pglite/contrib/btree_gin";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { PoolConfig } from "pg";
import { lockDirectory } from "./lock.ts";
import { readTemplate } from "./template.ts";

/**
 * How long WebAssembly runs before V8 optimizes a function of it: the default of Node.js 22. With that of 20,
 * optimizing what a start runs once took a second of CPU.
 */
setFlagsFromString("--wasm-tiering-budget=13000000");

/** A running PGlite, and the address under which `pg` reaches it. */
export interface Embedded {
  readonly connection: PoolConfig;
  /** The whole database as a file, for `startEmbedded`. Close all connections first. */
  dump(): Promise<Blob>;
  close(): Promise<void>;
}

/**
 * Starts PGlite behind its socket server, so that one driver and one code path serve both databases.
 *
 * @param source a directory on disk (locked while open), or a dump to load into memory; without both, an empty
 *   database in memory
 * @throws DirectoryError if another process has opened the directory
 */
export async function startEmbedded(source: { directory?: string; dump?: Blob }): Promise<Embedded> {
  const unlock = source.directory ? await lockDirectory(source.directory) : () => {};
  try {
    const dataDir = source.directory && join(source.directory, "pglite");
    if (dataDir) await createFiles(dataDir);
    const dump = source.dump ?? (dataDir ? undefined : await readTemplate());
    const database = await PGlite.create({
      ...(dataDir && { dataDir }),
      ...(dump && { loadDataDir: dump }),
      extensions: { btree_gin, pg_trgm },
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
        // PGlite's socket server mixes up the messages of several connections if one of them sends more than a
        // packet, and then runs one connection's statement with another's values. PGlite runs one statement at a time
        // anyway.
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
 * Creates a database's files, unless they are there. Under another name first: if the process dies meanwhile, the next
 * start begins anew and does not open half a database.
 */
async function createFiles(dataDir: string): Promise<void> {
  if (existsSync(dataDir)) return;
  const unfinished = `${dataDir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const template = await readTemplate();
  const database = await PGlite.create({
    dataDir: unfinished,
    ...(template && { loadDataDir: template }),
  });
  await database.close();
  await rename(unfinished, dataDir);
}

/**
 * Adds `error` listeners to accepted sockets: a socket that the client resets before the library listens would end
 * the process. The library's server is private, hence the cast.
 */
function listenToSockets(server: PGLiteSocketServer): void {
  const { server: accepting } = server as unknown as { readonly server: Server };
  accepting.on("connection", (socket) => socket.on("error", () => undefined));
}

/** A Unix socket in a directory that only this user can enter; a loopback port on systems without Unix sockets. */
async function listenAddress() {
  if (process.platform === "win32") {
    return {
      listen: { host: "127.0.0.1", port: 0 },
      connection: (address: string) => ({ host: "127.0.0.1", port: Number(address.split(":").pop()) }),
      remove: async () => {},
    };
  }
  // In the temporary directory, because the path of a Unix socket must be shorter than 108 bytes.
  const directory = await mkdtemp(join(tmpdir(), "rolograph-"));
  return {
    listen: { path: join(directory, ".s.PGSQL.5432") },
    connection: () => ({ host: directory, port: 5432 }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
