import type { AuditedName } from "../db/models.ts";
import { changedBy } from "../db/write/bulk.ts";
import { newId } from "../lib/typeid.ts";
import type { Writer } from "./write/writer.ts";

/** Reassigns all of a member's records: few of them at once, many of them by a bulk job. */

/** What to reassign, as a bulk job stores it. */
export interface Reassignment {
  /** Row id of the current owner. */
  readonly from: string;
  /** Row id of the new owner; null for nobody. */
  readonly to: string | null;
  /** Whether the member was removed. The job then ends if the member is invited again. */
  readonly removal: boolean;
}

export interface Reassigned {
  /** Number of records reassigned; null if a job does it. */
  readonly moved: number | null;
  /** Row id of the job; null if none is needed. */
  readonly jobId: string | null;
}

/** Maximum number of records reassigned in one transaction, by a request or by one step of a job. */
export const MOVED_AT_ONCE = 500;

/**
 * Assigns some of a member's records to another member, or to nobody.
 *
 * @returns how many; 0 if none is left
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

/** Reassigns records now, or queues a job that does. The caller has locked the members. */
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
