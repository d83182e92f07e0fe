import { randomBytes } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { access, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CommandError } from "./run.ts";

/** Files that a command writes completely or not at all. */

/**
 * Checks before any work that a file can be written.
 *
 * @throws CommandError if it cannot
 */
export async function checkWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new CommandError(`${path} is a directory: give the path of a file in it`);
  // A regular file is replaced, which needs write access to its directory; a device or a pipe is written to.
  const written = found && !found.isFile() ? path : dirname(found ? await realpath(path) : path);
  await access(written, constants.W_OK).catch(() => {
    throw new CommandError(`${path} cannot be written: there is no such directory, or it does not allow it`);
  });
}

/**
 * Writes a temporary file and then renames it, so that an incomplete or older file is never mistaken for the result.
 *
 * @param signal cancels writing; then the previous file stays, if there was one
 */
export async function writeWhole(path: string, source: Readable, signal: AbortSignal): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found && !found.isFile()) return pipeline(source, createWriteStream(path), { signal });
  const place = found ? await realpath(path) : path;
  const beside = join(dirname(place), `.${basename(place)}.${randomBytes(6).toString("hex")}.part`);
  try {
    await pipeline(
      source,
      createWriteStream(beside, { flags: "wx", mode: found?.mode ?? 0o666, flush: true }),
      {
        signal,
      },
    );
    signal.throwIfAborted();
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
