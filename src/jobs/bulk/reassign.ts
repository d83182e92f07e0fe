import type { BulkJob } from "../../generated/prisma/client.ts";
import { refuse } from "../../lib/errors.ts";
import { requirePermission } from "../../records/permission.ts";
import { moveSome, type Reassignment } from "../../records/reassign.ts";
import type { Writer } from "../../records/write/writer.ts";

/**
 * One step of a reassignment. The remaining records are searched in each step instead of being queued, so that
 * records assigned to the member meanwhile are included.
 *
 * @returns the job's columns that the step changes; null if no record is left
 * @throws RefusalError if the member who started the job no longer has the permission, or one of the two members was
 *   removed or invited again meanwhile
 */
export async function reassignSome(writer: Writer, job: BulkJob): Promise<Partial<BulkJob> | null> {
  const { tx, caller } = writer;
  const { from, to, removal } = job.input as unknown as Reassignment;
  requirePermission(caller, "MEMBER_REASSIGN");
  await tx.lock.members();
  const members = new Map(
    (await tx.members([from, ...(to === null ? [] : [to])])).map((each) => [each.id, each]),
  );
  if (to !== null && members.get(to)?.removedAt !== null) {
    const message =
      "The member who was to get the records has been removed: reassign the rest to another one.";
    throw refuse("INVALID_STATE", [], message);
  }
  if (removal && members.get(from)?.removedAt === null) {
    throw refuse("INVALID_STATE", [], "The member has been invited again: the rest stays assigned to them.");
  }
  const moved = await moveSome(writer, from, to);
  if (moved === 0) return null;
  const done = job.done + moved;
  return { done, changed: job.changed + moved, total: Math.max(job.total, done) };
}
