import { decodeId } from "../../../db/ids.ts";
import type { ContactRow } from "../../../db/prisma/rows.ts";
import { contactChildren, movedByMerge } from "../../../db/references.ts";
import { delegate } from "../../../db/scope/delegate.ts";
import type { Definition } from "../../../filter/registry/fields.ts";
import type { ContactMerge } from "../../../generated/prisma/client.ts";
import type { Caller } from "../../../graphql/context.ts";
import { type Refusal, RefusalError, refusal } from "../../../lib/errors.ts";
import { newId } from "../../../lib/typeid.ts";
import { alreadyMerged, leading, merging } from "../../../records/lock-contact.ts";
import { isStillMember } from "../../../records/owner.ts";
import { checkVersion } from "../../../records/version.ts";
import type { IdempotencyKey } from "../../../records/write/repeatable.ts";
import { toSnapshot } from "../../../records/write/snapshot.ts";
import { write } from "../../../records/write/write.ts";
import type { Writer } from "../../../records/write/writer.ts";
import {
  type Choice,
  type LeftOut,
  type MergeField,
  type MergePlan,
  planMerge,
  type WantedChoice,
} from "./merge.rules.ts";

/** Maximum number of duplicates in one merge. */
const MAX_DUPLICATES = 100;

export interface MergeInput {
  readonly primaryId: string;
  readonly duplicateIds: readonly string[];
  readonly fieldChoices?:
    | readonly {
        readonly field?: MergeField | null | undefined;
        readonly customField?: string | null | undefined;
        readonly fromId: string;
      }[]
    | null
    | undefined;
  readonly expectedVersions?: readonly { readonly id: string; readonly version: number }[] | null | undefined;
}

/**
 * Number of moved records of each child entity, by its plural name, and of `tags`. In a dry run, of records that
 * would move.
 */
export type Moves = Readonly<Record<string, number>>;

export interface Merged {
  readonly contact: ContactRow;
  readonly duplicates: readonly ContactRow[];
  /** Null in a dry run. */
  readonly merge: ContactMerge | null;
  readonly choices: readonly Choice[];
  readonly moves: Moves;
  readonly leftOut: LeftOut;
}

/**
 * Merges contacts into one, in one transaction: deals, activities, conversations, tags, addresses and phone numbers
 * move to the primary contact. The duplicates go to the trash, and their ids resolve to the primary contact from then
 * on.
 *
 * @param dryRun returns what would be chosen and moved, and writes nothing
 * @throws RefusalError with all reasons against the merge
 */
export function mergeContacts(
  caller: Caller,
  input: MergeInput,
  dryRun: boolean,
  idempotencyKey?: IdempotencyKey,
): Promise<Merged> {
  const ids = checkIds(input);
  return write(
    caller,
    async (writer) => {
      const { definitions } = await writer.catalogue("CONTACT");
      const contacts = await lockAll(writer, ids, input);
      const wanted = (input.fieldChoices ?? []).map((choice): WantedChoice => {
        const { field, customField, fromId } = choice;
        return { field, customField, fromId: decodeId(fromId)?.uuid ?? "" };
      });
      const plan = await planWithOwner(writer, contacts, wanted, definitions);
      if (plan.refusals.length > 0) throw new RefusalError(plan.refusals);
      const [primary, ...duplicates] = contacts;
      const tags = (plan.changes.tagIds?.length ?? 0) - primary.tagIds.length;
      if (dryRun) {
        const contact = { ...primary, ...plan.changes };
        const moves = {
          ...(await countHanging(writer, { contactId: { in: duplicates.map(({ id }) => id) } })),
          tags,
        };
        return { contact, duplicates, merge: null, choices: plan.choices, moves, leftOut: plan.leftOut };
      }
      const { merge, moved } = await moveAll(writer, primary, duplicates, plan.changes, wanted);
      // The duplicates release their addresses before the primary takes one, since addresses are unique.
      const trashed: ContactRow[] = [];
      for (const duplicate of duplicates) {
        const changes = { deletedAt: caller.now, mergedIntoId: primary.id };
        trashed.push(await writer.update("contact", duplicate, changes));
      }
      const contact = await writer.update("contact", primary, plan.changes);
      writer.trail.note("MERGED", "Contact", [primary.id]);
      const { choices, leftOut } = plan;
      return { contact, duplicates: trashed, merge, choices, moves: { ...moved, tags }, leftOut };
    },
    {
      timeout: 120_000,
      ...(!dryRun && {
        repeatable: {
          key: idempotencyKey,
          operation: "contactMerge",
          args: input,
          records: ({ contact, duplicates, merge }) => ({
            contact: [contact, ...duplicates],
            contactMerge: merge === null ? [] : [merge],
          }),
        },
      }),
    },
  );
}

/** Problems of the ids that can be found without the database. */
function checkIds({ primaryId, duplicateIds }: MergeInput): string[] {
  const path = ["input", "duplicateIds"];
  const found: Refusal[] = [];
  if (duplicateIds.length === 0) found.push(refusal("REQUIRED", path, "must name at least one contact"));
  if (duplicateIds.length > MAX_DUPLICATES) {
    const message = `has ${duplicateIds.length} contacts; the limit is ${MAX_DUPLICATES}`;
    throw new RefusalError([refusal("TOO_MANY_ITEMS", path, message)]);
  }
  duplicateIds.forEach((id, at) => {
    if (id === primaryId) {
      found.push(refusal("MERGE_SELF", [...path, at], "a contact cannot be merged with itself"));
    } else if (duplicateIds.indexOf(id) !== at) {
      found.push(refusal("INVALID_VALUE", [...path, at], "names a contact twice"));
    }
  });
  const ids = [primaryId, ...duplicateIds].map((id, at) => {
    const decoded = decodeId(id);
    if (decoded?.type === "Contact") return decoded.uuid;
    const place = at === 0 ? ["input", "primaryId"] : [...path, at - 1];
    found.push(refusal("BAD_ID", place, "is not the id of a contact"));
    return "";
  });
  if (found.length > 0) throw new RefusalError(found);
  return ids;
}

/** The contacts in the order of the ids, locked. Reports all contacts that cannot be merged. */
async function lockAll(
  { tx }: Writer,
  ids: readonly string[],
  { expectedVersions }: MergeInput,
): Promise<[ContactRow, ...ContactRow[]]> {
  await tx.lock.families(merging, ids);
  const rows = await tx.contact.findMany({ where: { id: { in: [...ids] }, ...leading } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found: Refusal[] = [];
  const contacts = ids.flatMap((id, at) => {
    const path = at === 0 ? ["input", "primaryId"] : ["input", "duplicateIds", String(at - 1)];
    const row = byId.get(id);
    if (!row) found.push(refusal("NOT_FOUND", path, "there is no such contact"));
    else if (row.mergedIntoId !== null) found.push(alreadyMerged(row.mergedIntoId, path));
    else if (row.deletedAt !== null) {
      found.push(refusal("IN_TRASH", path, "the contact is in the trash; restore it first"));
    } else return [row];
    return [];
  });
  if (found.length > 0) throw new RefusalError(found);
  for (const [at, { id, version }] of (expectedVersions ?? []).entries()) {
    const row = byId.get(decodeId(id)?.uuid ?? "");
    const path = ["input", "expectedVersions", String(at)];
    if (row) checkVersion(row, version, "Contact", path);
    else throw new RefusalError([refusal("INVALID_VALUE", path, "names none of the contacts to merge")]);
  }
  return contacts as [ContactRow, ...ContactRow[]];
}

/** Plans a merge. A duplicate whose owner was removed counts as unassigned, so that no such owner is passed on. */
async function planWithOwner(
  { tx }: Writer,
  contacts: readonly [ContactRow, ...ContactRow[]],
  wanted: readonly WantedChoice[],
  definitions: readonly Definition[],
): Promise<MergePlan> {
  const [primary, ...duplicates] = contacts;
  const gone = new Set<string | null>();
  for (;;) {
    const assigned = duplicates.map((each) => (gone.has(each.ownerId) ? { ...each, ownerId: null } : each));
    const plan = planMerge([primary, ...assigned], wanted, definitions);
    const ownerId = plan.changes.ownerId ?? null;
    if (plan.refusals.length > 0 || ownerId === null || ownerId === primary.ownerId) return plan;
    if (await isStillMember(tx, ownerId)) return plan;
    gone.add(ownerId);
  }
}

/**
 * Number of child records of contacts, by entity.
 *
 * @param where condition on the child records
 */
export async function countHanging({ tx }: Pick<Writer, "tx">, where: object): Promise<Moves> {
  const counts: Record<string, number> = {};
  for (const { name, model } of contactChildren) {
    counts[name] = await delegate(tx, model).count({ where });
  }
  return counts;
}

/** Moves the child records of the duplicates, and records which ones moved, so that the merge can be undone. */
async function moveAll(
  writer: Writer,
  primary: ContactRow,
  duplicates: readonly ContactRow[],
  changes: Partial<ContactRow>,
  choices: readonly WantedChoice[],
): Promise<{ merge: ContactMerge; moved: Moves }> {
  const { tx, caller } = writer;
  const from = duplicates.map(({ id }) => id);
  const rows = new Map<string, readonly { readonly id: string; readonly from: string }[]>();
  for (const reference of movedByMerge) {
    rows.set(reference.ids, await tx.bulk.moveReferences(reference, from, primary.id, caller.now));
  }
  const before = Object.fromEntries(
    Object.keys(changes).map((name) => [name, primary[name as keyof ContactRow]]),
  );
  const merge = await writer.insert("contactMerge", {
    id: newId(),
    primaryId: primary.id,
    mergedById: caller.viewer.memberId,
    before: toSnapshot(before) ?? {},
    after: toSnapshot(changes) ?? {},
    choices: toSnapshot(choices) ?? [],
  });
  const movedFrom = (contactId: string) =>
    Object.fromEntries(
      movedByMerge.map(({ ids }) => [
        ids,
        (rows.get(ids) ?? []).flatMap((row) => (row.from === contactId ? [row.id] : [])),
      ]),
    );
  await tx.contactMergeSource.createMany({
    data: duplicates.map(({ id }, position) => ({
      orgId: tx.orgId,
      mergeId: merge.id,
      contactId: id,
      position,
      ...movedFrom(id),
    })),
  });
  const moved = Object.fromEntries(
    contactChildren.map(({ name, ids }) => [name, rows.get(ids)?.length ?? 0]),
  );
  return { merge, moved };
}
