import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * The data directory cannot be used: another process has opened it, or this process may not use it; the message says
 * which.
 */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
}

/**
 * Tries to lock an open file, without waiting.
 *
 * @returns whether the lock was acquired
 */
type TryLock = (descriptor: number) => boolean;

/**
 * Locks a directory for this process. PGlite does not detect that a directory is already open, and corrupts it.
 *
 * The kernel locks the file `lock` in the directory: atomically, until the process ends in any way, and visibly to
 * other containers on the same volume, unlike process ids and ports. The file is never deleted, since two processes
 * could then lock two files of the same name; its text only names the holder.
 *
 * @param directory created if missing
 * @returns a function that releases the lock
 * @throws DirectoryError if another process holds the lock, or the directory cannot be used
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
        `${directory} is in use by ${holderIn(path)}. Stop that process, or set DATA_DIR to another directory.`,
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
    // On some network file systems. Without a lock, a second server could corrupt data that the first has
    // acknowledged.
    throw new DirectoryError(
      `${directory} is on a file system that cannot lock files (${(error as Error).message}). Set DATA_DIR to a local directory, or DATABASE_URL to a PostgreSQL.`,
    );
  }
}

const holderIn = (path: string): string =>
  /^process \d+ on \S+\n$/.exec(readFileSync(path, "utf8"))?.[0].trim() ?? "another process";

/** Node.js has no file locks. The addon has binaries for Linux, macOS and Windows. */
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
