import type { WaitingImport } from "../../../db/write/waiting-files.ts";
import { type Encoding, fileDecoder } from "../../../lib/decoders.ts";
import { fold } from "../../../lib/fold.ts";
import type { Writer } from "../../../records/write/writer.ts";
import { digitsIn, type Marks } from "./marks.ts";

/** Waiting imports whose file may contain a person who is erased. */

/** Maximum number of bytes that one erasure searches in files: the organization's jobs have to wait meanwhile. */
const SEARCHED = 20_000_000;

/** Characters that are read again with the next piece, for a value that is cut in two. */
const OVERLAP = 1_000;

const FOUND =
  "Its file contained a person who has been erased, so the file was deleted. Send the file again without this person.";
const UNSEARCHED =
  "A person was erased while this import waited. Its file was too large to be searched for the person, so it was deleted. Send the file again without this person.";

/**
 * Cancels imports whose file contains a value of the person, and those whose files are too large to be searched.
 *
 * @returns ids of the cancelled imports
 */
export async function cancelImportsWith({ tx, trail }: Writer, marks: Marks): Promise<string[]> {
  const [found, unsearched]: [string[], string[]] = [[], []];
  let left = SEARCHED;
  for (const job of await tx.bulk.waitingImports()) {
    if (job.bytes > left) {
      unsearched.push(job.id);
      continue;
    }
    left -= job.bytes;
    if (await hasPerson((position) => tx.bulk.importPiece(job.id, position), job, marks)) found.push(job.id);
  }
  const cancelled: string[] = [];
  for (const [ids, problem] of [
    [found, FOUND],
    [unsearched, UNSEARCHED],
  ] as const) {
    if (ids.length > 0) cancelled.push(...(await tx.bulk.cancelImports(ids, problem)));
  }
  trail.note("CANCELLED", "ImportJob", cancelled);
  return cancelled;
}

async function hasPerson(
  pieceAt: (position: number) => Promise<Uint8Array | null>,
  { encoding, byLine }: WaitingImport,
  { texts, digits }: Marks,
): Promise<boolean> {
  const decoder = fileDecoder({ encoding: encoding as Encoding, byLine });
  let before = "";
  for (let position = 0; ; position += 1) {
    const piece = await pieceAt(position);
    const read = before + (piece === null ? decoder.decode() : decoder.decode(piece));
    const text = fold(read);
    if (texts.some((value) => text.includes(value))) return true;
    const numbers = digitsIn(text);
    if (digits.some((value) => numbers.includes(value))) return true;
    if (piece === null) return false;
    before = read.slice(-OVERLAP);
  }
}
