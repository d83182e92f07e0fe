import { refuse } from "../../lib/errors.ts";

/** Bytes at the start of a file from which its format is detected. */
export const HEAD = 1_048_576;

/**
 * The bytes of a file in chunks of equal size, except the last one.
 *
 * @param limit most bytes of the file
 * @throws RefusalError TOO_LONG
 */
export async function* piecesOf(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Buffer, undefined> {
  let kept: Uint8Array[] = [];
  let size = 0;
  let total = 0;
  for await (const chunk of stream) {
    kept.push(chunk);
    size += chunk.length;
    total += chunk.length;
    if (total > limit) {
      throw refuse(
        "TOO_LONG",
        ["input", "file"],
        `the file is larger than ${limit} bytes; import it in parts`,
      );
    }
    if (size < HEAD) continue;
    yield Buffer.concat(kept);
    kept = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(kept);
  return undefined;
}
