import type { AuditedName } from "../db/models.ts";
import { changedBy } from "../db/write/bulk.ts";
import { newId } from "../lib/typeid.ts";
import type { Writer } from "./write/writer.ts";

/** Assigning everything of a member's to somebody else: few records at once, many by a bulk job. */

/** What is to be assigned, as a bulk job keeps it. */
export interface Reassignment {
  /** Row id of the member to whom it is assigned. */
  readonly from: string;
  /** Row id of the member to whom it is to be; null for nobody. */
  readonly to: string | null;
  /** Whether it is because the member was removed: it ends when they are invited again. */
  readonly removal: boolean;
}

export interface Reassigned {
  /** How many records were reassigned; null when a job does it. */
  readonly moved: number | null;
  /** Row id of the job. */
  readonly jobId: string | null;
}

/** Most records that are reassigned in one transaction: by a request, or by a step of a job. */
export const MOVED_AT_ONCE = 500;

/**
 * Assigns some records of a member to another one, or to nobody.
 *
 * @returns how many; 0 when none is left
 */
export async function moveSome(
  { tx, stamp, trail }: Writer,
  from: string,
  to: string | null,
): Promise<number> {
  const moved = await tx.bulk.moveOwned(from, to, MOVED_AT_ONCE, stamp);
  for (const model of changedBy.moveOwned) trail.note("REASSIGNED", model, []);
  for (const { model, ids } of moved) trail.note("REASSIGNED", model as AuditedName, ids);
  return moved.reduce((sum, { ids }) => sum + ids.length, 0);
}

/** Reassigns records now, or queues the job that does. The members are locked. */
export async function reassign(writer: Writer, reassignment: Reassignment): Promise<Reassigned> {
  const { tx, caller } = writer;
  const { from, to } = reassignment;
  const total = await tx.bulk.countOwned(from);
  if (total <= MOVED_AT_ONCE) {
    return { moved: await moveSome(writer, from, to), jobId: null };
  }
  const { memberId, apiKeyId, source } = caller.viewer;
  const jobId = newId();
  const input = { ...reassignment };
  await writer.insert("bulkJob", { id: jobId, memberId, apiKeyId, source, kind: "REASSIGN", input, total });
  return { moved: null, jobId };
}
