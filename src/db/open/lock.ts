import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { hostname } from "node:os";
import { join } from "node:path";

/** The data directory cannot be used: another process has it open, or this one must not; the message says which. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
}

/** Tries to lock a whole open file, without waiting. @returns whether it holds the lock now */
type TryLock = (descriptor: number) => boolean;

/**
 * Locks a directory for this process. PGlite does not notice a directory that is open already, and corrupts it.
 *
 * The kernel locks the file `lock` in the directory: atomically, until the process ends in whatever way, and visibly to
 * other containers on the same volume, which process ids and ports are not. The file is never removed, since two
 * processes could then lock two files of one name; its text only names the holder.
 *
 * @param directory made when absent
 * @returns a function that gives the lock back
 * @throws DirectoryError when another process holds it, or the directory cannot be used
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const tryLock = loadLocking();
  const path = join(directory, "lock");
  let descriptor: number;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    descriptor = openSync(path, "a+", 0o600);
  } catch (error) {
    throw new DirectoryError(
      `${directory} cannot be written (${(error as Error).message}). Set DATA_DIR to a directory of this user's own.`,
    );
  }
  try {
    if (!lock(tryLock, descriptor, directory)) {
      throw new DirectoryError(
        `${directory} is in use by ${holderIn(path)}. Stop that one, or set DATA_DIR to another directory.`,
      );
    }
    ftruncateSync(descriptor);
    writeSync(descriptor, `process ${process.pid} on ${hostname()}\n`);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return () => closeSync(descriptor);
}

function lock(tryLock: TryLock, descriptor: number, directory: string): boolean {
  try {
    return tryLock(descriptor);
  } catch (error) {
    // Some network file systems. Without a lock, a second server would corrupt data that the first has acknowledged.
    throw new DirectoryError(
      `${directory} is on a file system that cannot lock files (${(error as Error).message}). Set DATA_DIR to a local directory, or DATABASE_URL to a PostgreSQL.`,
    );
  }
}

const holderIn = (path: string): string =>
  /^process \d+ on \S+\n$/.exec(readFileSync(path, "utf8"))?.[0].trim() ?? "another process";

/** Node has no file locks. The addon's package has binaries for Linux, macOS and Windows. */
function loadLocking(): TryLock {
  try {
    const { tryLock } = createRequire(import.meta.url)("fs-native-extensions") as { tryLock: TryLock };
    return tryLock;
  } catch (error) {
    throw new DirectoryError(
      `The embedded database cannot run on ${process.platform} ${process.arch}, where files cannot be locked ` +
        `(${(error as Error).message}). Set DATABASE_URL to a PostgreSQL.`,
    );
  }
}
