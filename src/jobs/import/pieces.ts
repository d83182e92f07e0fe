import { refuse } from "../../lib/errors.ts";

/** Bytes by which is found out how a file is written. */
export const HEAD = 1_048_576;

/**
 * The bytes of a file in pieces of one size, the last one apart.
 *
 * @param limit most bytes of all
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
