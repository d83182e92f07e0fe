import { decodeId } from "../../../db/ids.ts";
import type { ContactRow } from "../../../db/prisma/rows.ts";
import { movedByMerge } from "../../../db/references.ts";
import type { Definition } from "../../../filter/registry/fields.ts";
import type { ContactMerge, ContactMergeSource } from "../../../generated/prisma/client.ts";
import type { Caller } from "../../../graphql/context.ts";
import { emailKeys } from "../../../lib/email.ts";
import { RefusalError, refuse } from "../../../lib/errors.ts";
import { alreadyMerged, merging } from "../../../records/lock-contact.ts";
import { isStillMember } from "../../../records/owner.ts";
import { fromSnapshot, toSnapshot } from "../../../records/write/snapshot.ts";
import { write } from "../../../records/write/write.ts";
import type { Writer } from "../../../records/write/writer.ts";
import { addressesOf, inherited, isAddressTaken } from "../contact.address.ts";
import { heldBy, restoreConflict } from "../contact.trash.ts";
import { countHanging, type Moves } from "./contact.merge.ts";
import { type PastMerge, type Without, withoutMerge } from "./merge.history.ts";
import type { WantedChoice } from "./merge.rules.ts";

/** Records and changes that are newer than the merge and stay with the primary contact. */
export interface LeftAlone {
  /** Number of records of each child entity, by its plural name. */
  readonly counts: Moves;
  /** Fields of the primary contact that were changed since the merge. */
  readonly fields: readonly string[];
}

export interface Unmerged {
  readonly contact: ContactRow;
  readonly restored: readonly ContactRow[];
  readonly leftAlone: LeftAlone;
}

/**
 * Undoes a merge in one transaction: the duplicates are restored with the records that moved from them, and the
 * primary's fields become what its other merges alone would have made of them. Records and changes newer than the
 * merge stay with the primary and are reported; a "do not contact" or "no phone calls" setting that is newer applies
 * to all of the contacts.
 *
 * @param mergeId global id of the merge
 * @throws RefusalError NOT_FOUND, MERGE_UNDONE, EXPIRED, IN_TRASH, ALREADY_MERGED, or EMAIL_TAKEN with the contact
 *   that has a duplicate's address now
 */
export async function unmergeContacts(caller: Caller, mergeId: string): Promise<Unmerged> {
  let keys: readonly string[] = [];
  let merged: string | null = null;
  try {
    return await write(
      caller,
      async (writer) => {
        const { definitions } = await writer.catalogue("CONTACT");
        const { merge, sources, primary, duplicates } = await lockMerge(writer, mergeId);
        await returnAll(writer, sources, primary.id);
        const past = await pastOf(writer, merge, primary, definitions);
        merged = primary.id;
        keys = [primary, { ...primary, ...past.columns }, ...duplicates].flatMap(emailKeys);
        const calls = await divideCalls(writer, primary, duplicates, past.columns.lastCallAt ?? null);
        const { ownerId } = past.columns;
        // The owner before the merge may have been removed since.
        const kept = ownerId == null || ownerId === primary.ownerId;
        const gone = !kept && !(await isStillMember(writer.tx, ownerId));
        const contact = await writer.update("contact", primary, {
          ...past.columns,
          ...(gone && { ownerId: primary.ownerId }),
          ...calls.get(primary.id),
        });
        for (const { id, before, after } of past.others) {
          const data = { before: toSnapshot(before) ?? {}, after: toSnapshot(after) ?? {} };
          await writer.tx.contactMerge.updateMany({ where: { id }, data });
        }
        const restored: ContactRow[] = [];
        for (const { contactId } of sources) {
          const duplicate = duplicates.find(({ id }) => id === contactId);
          if (!duplicate) continue;
          const { wishes } = await inherited(writer.tx, { ...duplicate, ...past.wishes }, primary.id);
          const changes = { deletedAt: null, mergedIntoId: null, ...past.wishes, ...wishes };
          restored.push(await writer.update("contact", duplicate, { ...changes, ...calls.get(contactId) }));
        }
        writer.trail.note("UNMERGED", "Contact", [primary.id]);
        await writer.update("contactMerge", merge, { undoneAt: caller.now });
        const leftAlone = { counts: await countSince(writer, merge), fields: past.left };
        return { contact, restored, leftAlone };
      },
      { timeout: 120_000 },
    );
  } catch (error) {
    if (!isAddressTaken(error)) throw error;
    const held = heldBy(await addressesOf(caller.db, [...new Set(keys)]));
    throw restoreConflict(held.filter(({ by }) => by === null || by !== merged));
  }
}

async function lockMerge({ tx }: Writer, mergeId: string) {
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
  await tx.lock.families(merging, [seen.primaryId]);
  // Read again under the lock, since another request may have undone it meanwhile.
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
 * The call count of each contact when all records have moved back: its logged calls. The counter may also include
 * calls that were never logged here; each duplicate takes back as many of those as it had.
 *
 * @param lastCallAt the primary's last call before the merge and in the other merges
 */
async function divideCalls(
  { tx }: Writer,
  primary: ContactRow,
  duplicates: readonly ContactRow[],
  lastCallAt: Date | null,
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
  const calls = new Map<string, Calls>();
  const give = (id: string, most: number, lastCallAt: Date | null) => {
    const { count, last } = logged.get(id) ?? { count: 0, last: null };
    const others = Math.max(0, Math.min(unlogged, most - count));
    unlogged -= others;
    // Of calls that were never logged, only the time of the latest is known.
    const latest = others > 0 && lastCallAt !== null && (last === null || lastCallAt > last);
    calls.set(id, { callCount: count + others, lastCallAt: latest ? lastCallAt : last });
  };
  for (const duplicate of duplicates) give(duplicate.id, duplicate.callCount, duplicate.lastCallAt);
  give(primary.id, Number.POSITIVE_INFINITY, lastCallAt);
  return calls;
}

/**
 * The primary contact as it would be without the merge; the stored states of the other merges are rewritten
 * accordingly.
 */
async function pastOf(
  { tx }: Writer,
  undone: ContactMerge,
  primary: ContactRow,
  definitions: readonly Definition[],
): Promise<Without> {
  const all = await tx.contactMerge.findMany({
    where: { primaryId: primary.id, undoneAt: null },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  // Merges whose duplicates were purged have no data left: they count as part of the initial state.
  const merges = all.slice(all.findLastIndex(isErased) + 1);
  const sources = await tx.contactMergeSource.findMany({
    where: { mergeId: { in: merges.map(({ id }) => id) } },
    orderBy: { position: "asc" },
  });
  const ids = sources.map(({ contactId }) => contactId);
  const rows = new Map(
    (await tx.contact.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]),
  );
  if (ids.some((id) => !rows.has(id))) {
    throw refuse("FORBIDDEN", ["mergeId"], "some of the merged contacts are assigned to others");
  }
  const past = merges.map(
    ({ id, before, after, choices }): PastMerge => ({
      id,
      before: fromSnapshot(before) as Partial<ContactRow>,
      after: fromSnapshot(after) as Partial<ContactRow>,
      choices: fromSnapshot(choices) as WantedChoice[],
      duplicates: sources.flatMap(({ mergeId, contactId }) =>
        mergeId === id ? (rows.get(contactId) ?? []) : [],
      ),
    }),
  );
  return withoutMerge(primary, past, undone.id, definitions);
}

/** Whether the merge's duplicates were purged. */
const isErased = ({ after }: ContactMerge): boolean => Object.keys(after as object).length === 0;

/** Entity by entity and not duplicate by duplicate, to keep the order of locks. */
async function returnAll(
  { tx, caller }: Writer,
  sources: readonly ContactMergeSource[],
  primaryId: string,
): Promise<void> {
  for (const reference of movedByMerge) {
    const rows = sources.flatMap((source) =>
      source[reference.ids].map((id) => ({ id, to: source.contactId })),
    );
    await tx.bulk.returnReferences(reference, rows, primaryId, caller.now);
  }
}

/** Number of child records that were added since the merge and stay with the primary contact. */
const countSince = (writer: Writer, { primaryId, createdAt }: ContactMerge): Promise<Moves> =>
  countHanging(writer, { contactId: primaryId, createdAt: { gt: createdAt } });
