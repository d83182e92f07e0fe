import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { z } from "zod";

/** The data directory is in use by another process. */
export class DirectoryInUseError extends Error {
  override readonly name = "DirectoryInUseError";
}

const Holder = z.object({ pid: z.int(), port: z.int() });
type Holder = z.infer<typeof Holder>;

/**
 * Locks a directory for this process. PGlite would open a directory twice without a word and ruin it.
 *
 * The lock is a file naming a process and a port on which that process listens for as long as it lives. A
 * file whose process or port is gone was left behind by a crash and is taken over; the port makes the check
 * hold where process ids repeat, as in containers.
 *
 * @param directory made when absent
 * @returns a function that gives the lock back
 * @throws DirectoryInUseError when another process holds it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "lock");
  const server = await listen();
  const own = JSON.stringify({ pid: process.pid, port: (server.address() as AddressInfo).port });
  try {
    while (!(await create(path, own))) await takeOver(path, directory);
  } catch (error) {
    server.close();
    throw error;
  }
  return async () => {
    server.close();
    await rm(path, { force: true });
  };
}

function listen(): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve(server));
  });
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; refuses while it lives. */
async function takeOver(path: string, directory: string): Promise<void> {
  const seen = await readFile(path, "utf8").catch(() => null);
  if (seen === null) return;
  const holder = parse(seen);
  if (holder && (await isAlive(holder))) {
    throw new DirectoryInUseError(
      `${directory} is in use by process ${holder.pid}. Stop that one, or set DATA_DIR to another directory.`,
    );
  }
  // Two processes may both find the same stale file. Renaming is atomic, so only one gets it; whoever
  // finds a newer lock in its hands puts it back.
  const aside = `${path}.${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, "utf8").catch(() => null);
  if (taken !== null && taken !== seen) await create(path, taken);
  await rm(aside, { force: true });
}

function parse(content: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(content));
  } catch {
    return null;
  }
}

async function isAlive({ pid, port }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 1000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}
