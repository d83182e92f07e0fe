import { randomBytes } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { access, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CommandError } from "./run.ts";

/** Files that a command writes, which are there whole or not at all. */

/**
 * Checks, before anything is done, that a file can be written.
 *
 * @throws CommandError when it cannot
 */
export async function checkWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new CommandError(`${path} is a directory: give the path of a file in it`);
  // A file is replaced, which its directory has to allow; a device or a pipe is written to.
  const written = found && !found.isFile() ? path : dirname(found ? await realpath(path) : path);
  await access(written, constants.W_OK).catch(() => {
    throw new CommandError(`${path} cannot be written: there is no such directory, or it does not allow it`);
  });
}

/**
 * Writes a file beside its place and then puts it there, so that a broken or older one is never taken for it.
 *
 * @param signal stops it; then there is no file, or the one that was there before
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
