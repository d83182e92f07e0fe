import { violates } from "../../../db/open/faults.ts";
import type { ContactRow } from "../../../db/prisma/rows.ts";
import type { CustomValueJson } from "../../../filter/language/derive.ts";
import type { Definition } from "../../../filter/registry/fields.ts";
import type { ContactMerge, ContactMergeSource } from "../../../generated/prisma/client.ts";
import type { Caller } from "../../../graphql/context.ts";
import { RefusalError, refuse } from "../../../lib/errors.ts";
import { decodeId } from "../../../lib/typeid.ts";
import { type CustomValues, customValue } from "../../../records/custom.ts";
import { freeze, thaw } from "../../../records/snapshot.ts";
import { write } from "../../../records/write.ts";
import type { Writer } from "../../../records/writer.ts";
import { CustomValueError, readCustomValue } from "../../custom-field/values.ts";
import { alreadyMerged, holderOf } from "../contact.find.ts";
import { restoreConflict } from "../contact.trash.ts";

/** What stays on the primary because it came, or was changed, after the merge. */
export interface LeftAlone {
  readonly deals: number;
  readonly activities: number;
  readonly conversations: number;
  /** Fields of the primary that were changed since. */
  readonly fields: readonly string[];
}

export interface Unmerged {
  readonly contact: ContactRow;
  readonly restored: readonly ContactRow[];
  readonly leftAlone: LeftAlone;
}

/**
 * Undoes a merge in one transaction: the duplicates come back with what moved from them, and the primary's fields
 * become what they were. What was made or changed since stays with the primary, and is reported.
 *
 * @param mergeId a merge's id as callers see it
 * @throws RefusalError NOT_FOUND, MERGE_UNDONE, EXPIRED, IN_TRASH, ALREADY_MERGED, or EMAIL_TAKEN with the contact
 *   that has a duplicate's address now
 */
export async function unmergeContacts(caller: Caller, mergeId: string): Promise<Unmerged> {
  let emails: (string | null)[] = [];
  try {
    return await write(
      caller,
      async (writer) => {
        const { merge, sources, primary, duplicates } = await holdMerge(writer, mergeId);
        emails = duplicates.map(({ email }) => email);
        for (const source of sources) await returnAll(writer, source, primary.id);
        const calls = await divideCalls(writer, merge, primary, duplicates);
        const { contact, fields } = await revertPrimary(writer, merge, primary, calls.get(primary.id));
        const restored: ContactRow[] = [];
        for (const { contactId } of sources) {
          const duplicate = duplicates.find(({ id }) => id === contactId);
          if (!duplicate) continue;
          const changes = { deletedAt: null, mergedIntoId: null, ...calls.get(contactId) };
          restored.push(await writer.update("contact", duplicate, changes));
        }
        await writer.update("contactMerge", merge, { undoneAt: caller.now });
        const leftAlone = { ...(await countSince(writer, merge)), fields };
        return { contact, restored, leftAlone };
      },
      { timeout: 120_000 },
    );
  } catch (error) {
    if (!violates(error, "contact_email_live")) throw error;
    const holders = await Promise.all(emails.map((email) => holderOf(caller.db, email)));
    throw restoreConflict(holders.find((holder) => holder !== null) ?? null);
  }
}

async function holdMerge({ tx }: Writer, mergeId: string) {
  const path = ["mergeId"];
  const decoded = decodeId(mergeId);
  const find = () =>
    decoded?.type === "ContactMerge" ? tx.contactMerge.findFirst({ where: { id: decoded.uuid } }) : null;
  const seen = await find();
  if (!seen) throw refuse("NOT_FOUND", path, "there is no such merge");
  const sources = await tx.contactMergeSource.findMany({
    where: { mergeId: seen.id },
    orderBy: { position: "asc" },
  });
  const ids = [seen.primaryId, ...sources.map(({ contactId }) => contactId)];
  await tx.lock.rows("contact", ids, "update");
  // Read again: it may have been undone while this waited.
  const merge = await find();
  if (!merge) throw refuse("NOT_FOUND", path, "there is no such merge");
  if (merge.undoneAt !== null) throw refuse("MERGE_UNDONE", path, "the merge has been undone already");
  const rows = await tx.contact.findMany({ where: { id: { in: ids } } });
  const primary = rows.find(({ id }) => id === merge.primaryId);
  if (!primary) throw refuse("NOT_FOUND", path, "there is no such merge");
  if (primary.mergedIntoId !== null) {
    throw new RefusalError([alreadyMerged(primary.mergedIntoId, path)]);
  }
  if (primary.deletedAt !== null) throw refuse("IN_TRASH", path, "the merged contact is in the trash");
  const duplicates = rows.filter(({ id }) => id !== primary.id);
  if (duplicates.length < sources.length) {
    throw refuse("FORBIDDEN", path, "some of the merged contacts are assigned to others");
  }
  if (duplicates.some(({ purgedAt }) => purgedAt !== null)) {
    throw refuse("EXPIRED", path, "the data of the duplicates are no longer kept");
  }
  return { merge, sources, primary, duplicates };
}

type Calls = Pick<ContactRow, "callCount" | "lastCallAt">;

/**
 * The calls of each contact when all that had moved is back: those that are logged with it now. A count may also be
 * of calls that were never logged here; the duplicates take as many of those along as they came with.
 */
async function divideCalls(
  { tx }: Writer,
  merge: ContactMerge,
  primary: ContactRow,
  duplicates: readonly ContactRow[],
): Promise<ReadonlyMap<string, Calls>> {
  const ids = [primary, ...duplicates].map(({ id }) => id);
  const groups = await tx.activity.groupBy({
    by: ["contactId"],
    where: { contactId: { in: ids }, kind: "CALL" },
    _count: { _all: true },
    _max: { occurredAt: true },
  });
  const logged = new Map(
    groups.map(({ contactId, _count, _max }) => [contactId, { count: _count._all, last: _max.occurredAt }]),
  );
  let unlogged = primary.callCount - [...logged.values()].reduce((sum, { count }) => sum + count, 0);
  const before = thaw(merge.before) as Partial<ContactRow>;
  const calls = new Map<string, Calls>();
  const give = (id: string, most: number, lastCallAt: Date | null) => {
    const { count, last } = logged.get(id) ?? { count: 0, last: null };
    const others = Math.max(0, Math.min(unlogged, most - count));
    unlogged -= others;
    // Of calls that were never logged only the latest is known.
    const latest = others > 0 && lastCallAt !== null && (last === null || lastCallAt > last);
    calls.set(id, { callCount: count + others, lastCallAt: latest ? lastCallAt : last });
  };
  for (const { id, callCount, lastCallAt } of duplicates) give(id, callCount, lastCallAt);
  give(primary.id, Number.POSITIVE_INFINITY, before.lastCallAt ?? null);
  return calls;
}

/** The primary's fields become what they were, but for those that were changed since. */
async function revertPrimary(
  writer: Writer,
  merge: ContactMerge,
  primary: ContactRow,
  calls: Calls | undefined,
): Promise<{ contact: ContactRow; fields: string[] }> {
  const before = thaw(merge.before) as Partial<ContactRow>;
  const after = thaw(merge.after) as Partial<ContactRow>;
  const text = (value: unknown) => JSON.stringify(freeze(value));
  const changes: Record<string, unknown> = {};
  const fields: string[] = [];
  const { tagIds: tagsBefore = [], custom: customBefore, callCount: _, lastCallAt: __, ...plain } = before;
  for (const [name, value] of Object.entries(plain)) {
    const set = after[name as keyof ContactRow];
    if (text(set) === text(value)) continue;
    if (text(primary[name as keyof ContactRow]) === text(set)) changes[name] = value;
    else fields.push(name);
  }
  const { definitions } = await writer.catalogue("CONTACT");
  const custom = revertCustom(
    [primary.custom, customBefore, after.custom].map((values) => (values ?? {}) as CustomValues),
    definitions,
    fields,
  );
  const came = new Set((after.tagIds ?? []).filter((tag) => !tagsBefore.includes(tag)));
  const contact = await writer.update("contact", primary, {
    ...changes,
    custom,
    tagIds: primary.tagIds.filter((tag) => !came.has(tag)),
    ...calls,
  });
  return { contact, fields };
}

/** Only fields that are there still, with values that fit them still: they may have changed since. */
function revertCustom(
  [now = {}, before = {}, after = {}]: readonly CustomValues[],
  definitions: readonly Definition[],
  fields: string[],
): CustomValues {
  const custom: Record<string, CustomValueJson> = { ...now };
  const text = (value: unknown) => JSON.stringify(value) ?? "";
  for (const definition of definitions) {
    const { slug } = definition;
    const [is, was, set] = [now, before, after].map((values) => customValue(values, slug));
    if (text(was) === text(set)) continue;
    const old = was === undefined ? null : fitting(was, definition);
    if (text(is) !== text(set) || old === undefined) fields.push(`custom.${slug}`);
    else if (old === null) delete custom[slug];
    else custom[slug] = old;
  }
  return custom;
}

/** A value as its field keeps it now; undefined when it no longer fits. */
function fitting(value: CustomValueJson, definition: Definition): CustomValueJson | null | undefined {
  try {
    return readCustomValue(value, definition);
  } catch (error) {
    if (error instanceof CustomValueError) return undefined;
    throw error;
  }
}

async function returnAll(
  { tx, caller }: Writer,
  source: ContactMergeSource,
  primaryId: string,
): Promise<void> {
  const { contactId, dealIds, activityIds, conversationIds, leadIds, mergedIds } = source;
  const back = (reference: Parameters<typeof tx.bulk.returnReferences>[0], ids: readonly string[]) =>
    tx.bulk.returnReferences(reference, ids, primaryId, contactId, caller.now);
  await back("deal", dealIds);
  await back("activity", activityIds);
  await back("conversation", conversationIds);
  await back("convertedLead", leadIds);
  await back("mergedContact", mergedIds);
}

/** What came to the primary since the merge, and is still there when all that had moved is back. */
async function countSince(
  { tx }: Writer,
  { primaryId, createdAt }: ContactMerge,
): Promise<Omit<LeftAlone, "fields">> {
  const where = { contactId: primaryId, createdAt: { gt: createdAt } };
  return {
    deals: await tx.deal.count({ where }),
    activities: await tx.activity.count({ where }),
    conversations: await tx.conversation.count({ where }),
  };
}
