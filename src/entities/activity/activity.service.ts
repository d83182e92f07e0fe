import { decodeId } from "../../db/ids.ts";
import { ConcurrentChange } from "../../db/write/locks.ts";
import type { Activity } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { lockParents } from "../../records/parents.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { ActivityCreate, ActivityUpdate } from "./activity.inputs.ts";

/**
 * Logs an activity. A CALL updates its contact's callCount and lastCallAt in the same transaction.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export function createActivity(
  caller: Caller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<Activity> {
  const { contactId, leadId, dealId, occurredAt, ...plain } = readInput(ActivityCreate, raw);
  if (contactId == null && leadId == null && dealId == null) {
    throw refuse("REQUIRED", ["input"], "an activity needs a contactId, a leadId or a dealId");
  }
  return write(
    caller,
    async (writer) => {
      const { parents, refusals } = await lockParents(
        writer,
        { contactId, leadId, dealId },
        plain.kind === "CALL" ? "update" : "share",
      );
      if (refusals.length > 0) throw new RefusalError(refusals);
      const activity = await writer.insert("activity", {
        ...plain,
        ...parents,
        occurredAt: occurredAt ?? caller.now,
        authorId: caller.viewer.memberId,
      });
      await countCalls(writer, activity.contactId, null, activity);
      return activity;
    },
    {
      repeatable: repeatable("activity", "activityCreate", raw, idempotencyKey),
    },
  );
}

/** Changes an activity, and its contact's callCount and lastCallAt if they depend on it. */
export function updateActivity(caller: Caller, id: string, raw: unknown): Promise<Activity> {
  const input = readInput(ActivityUpdate, raw);
  return write(caller, async (writer) => {
    const before = await lockActivity(writer, id);
    const after = await writer.update("activity", before, input);
    await countCalls(writer, before.contactId, before, after);
    return after;
  });
}

/**
 * Permanently deletes an activity.
 *
 * @returns the activity as it was
 */
export const deleteActivity = (caller: Caller, id: string): Promise<Activity> =>
  write(caller, async (writer) => {
    const before = await lockActivity(writer, id);
    await writer.tx.activity.deleteMany({ where: { id: before.id } });
    writer.trail.note("DELETED", "Activity", [before.id]);
    await countCalls(writer, before.contactId, before, null);
    return before;
  });

/**
 * Locks an activity, and before it its contact, whose callCount and lastCallAt may change.
 *
 * @throws RefusalError NOT_FOUND
 */
async function lockActivity(writer: Writer, id: string): Promise<Activity> {
  const { tx } = writer;
  const decoded = decodeId(id);
  const seen =
    decoded?.type === "Activity" ? await tx.activity.findFirst({ where: { id: decoded.uuid } }) : null;
  if (seen?.contactId) await tx.lock.rows("contact", [seen.contactId], "update");
  const before = await lockRow(writer, "activity", id);
  if (before.contactId === seen?.contactId) return before;
  throw new ConcurrentChange("the activity moved to another contact meanwhile");
}

type Counted = Pick<Activity, "kind" | "occurredAt"> | null;

/**
 * Updates a contact's callCount and lastCallAt after a change of an activity. The caller has locked the contact, and
 * need not be allowed to see it.
 */
async function countCalls(
  { tx, caller }: Writer,
  contactId: string | null,
  before: Counted,
  after: Counted,
): Promise<void> {
  const was = before?.kind === "CALL" ? before.occurredAt : null;
  const is = after?.kind === "CALL" ? after.occurredAt : null;
  if (contactId === null || was?.getTime() === is?.getTime()) return;
  const { now, viewer } = caller;
  await tx.bulk.countCall(contactId, was, is, { now, source: viewer.source });
}
