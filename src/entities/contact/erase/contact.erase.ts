import { decodeId } from "../../../db/ids.ts";
import type { ContactRow, DealRow, LeadRow } from "../../../db/prisma/rows.ts";
import type { ErasedCounts } from "../../../db/write/erase.ts";
import { ConcurrentChange } from "../../../db/write/locks.ts";
import type { Caller } from "../../../graphql/context.ts";
import { refuse } from "../../../lib/errors.ts";
import { momentOf } from "../../../lib/typeid.ts";
import { merging } from "../../../records/lock-contact.ts";
import type { IdempotencyKey } from "../../../records/write/repeatable.ts";
import { toSnapshot } from "../../../records/write/snapshot.ts";
import { write } from "../../../records/write/write.ts";
import type { Writer } from "../../../records/write/writer.ts";
import { marksOf, namesPerson } from "./marks.ts";
import { cancelImportsWith } from "./waiting-files.ts";

/**
 * Erases a person: the contacts and leads of the person, records that belong to them, and every copy of their values.
 */

export interface EraseInput {
  /** The contact's global id. */
  readonly id: string;
  /** Whether deals are deleted too; otherwise they are kept without the person. */
  readonly deleteDeals?: boolean | null | undefined;
}

/** What was erased: ids and numbers, but no value of the person. */
export interface Receipt {
  /** Row id of the audit event. */
  readonly eventId: string;
  /** ISO 8601. */
  readonly erasedAt: string;
  readonly contactIds: readonly string[];
  readonly leadIds: readonly string[];
  readonly dealIds: readonly string[];
  readonly dealsDeleted: boolean;
  readonly counts: ErasedCounts;
}

/** Milliseconds. Long, because files of waiting imports are searched. */
const TIMEOUT = 120_000;

/** The new name of a deal whose name contained a value of the person. */
const NAMELESS = "Deal of an erased person";

/**
 * Erases a person at once, in one transaction: the contact, in the trash or not, all contacts merged into it or the
 * contact that it was merged into, the leads that were converted into it, and every stored copy of their values.
 *
 * @throws RefusalError NOT_FOUND
 */
export const eraseContact = (
  caller: Caller,
  input: EraseInput,
  idempotencyKey?: IdempotencyKey,
): Promise<Receipt> =>
  write(caller, (writer) => erase(writer, input), {
    timeout: TIMEOUT,
    // The receipt contains ids only.
    repeatable: { key: idempotencyKey, operation: "contactErase", args: input, records: () => ({}) },
  });

async function erase(writer: Writer, { id, deleteDeals }: EraseInput): Promise<Receipt> {
  const { tx, trail, caller } = writer;
  const dealsDeleted = deleteDeals === true;
  await tx.lock.erasure("update");
  await tx.lock.imports();
  const contacts = await lockPerson(writer, id);
  const contactIds = contacts.map((contact) => contact.id);
  const leads = await lockLeads(writer, contactIds);
  const leadIds = leads.map((lead) => lead.id);
  const deals = await lockDeals(writer, contactIds, leadIds);
  const marks = marksOf(contacts, leads);
  const named = namesPerson(contacts, leads);
  const renamed = deals.filter(({ name }) => named(name));
  const changed = dealsDeleted ? deals : renamed;
  const dealIds = deals.map((deal) => deal.id);
  if (dealsDeleted && deals.length > 0) {
    for (const dealId of dealIds) await tx.bulk.forgetDeal(dealId, caller.now);
    await tx.bulk.eraseDeals(dealIds, caller.now);
    trail.note("DELETED", "Deal", dealIds);
  }
  for (const deal of dealsDeleted ? [] : deals) {
    const { contactId, leadId } = deal;
    const kept = await writer.update("deal", deal, {
      contactId: contactId !== null && contactIds.includes(contactId) ? null : contactId,
      leadId: leadId !== null && leadIds.includes(leadId) ? null : leadId,
      ...(renamed.includes(deal) && { name: NAMELESS }),
    });
    await tx.bulk.renewAnswers(deal.id, toSnapshot(kept));
  }
  const cancelled = await cancelImportsWith(writer, marks);
  const counts = await tx.bulk.eraseTraces({
    contactIds,
    leadIds,
    dealIds: changed.map((deal) => deal.id),
    keptDealIds: dealsDeleted ? [] : dealIds,
    cancelled,
    ...marks,
  });
  await tx.bulk.erasePeople({ contactIds, leadIds });
  trail.note("ERASED", "Lead", leadIds);
  const eventId = trail.note("ERASED", "Contact", contactIds);
  return {
    eventId,
    erasedAt: momentOf(eventId).toISOString(),
    contactIds,
    leadIds,
    dealIds,
    dealsDeleted,
    counts,
  };
}

/** Locks all contacts that are the person, including those in the trash. @throws RefusalError NOT_FOUND */
async function lockPerson({ tx }: Writer, id: string): Promise<ContactRow[]> {
  const path = ["input", "id"];
  const decoded = decodeId(id);
  const seen =
    decoded?.type === "Contact" ? await tx.contact.findFirst({ where: { id: decoded.uuid } }) : null;
  if (seen === null || (seen.purgedAt !== null && seen.mergedIntoId === null)) {
    throw refuse("NOT_FOUND", path, "there is no such contact");
  }
  const root = seen.mergedIntoId ?? seen.id;
  await tx.lock.families(merging, [root]);
  const family = await tx.contact.findMany({
    where: { OR: [{ id: root }, { mergedIntoId: root }] },
    orderBy: { id: "asc" },
  });
  const now = family.find((contact) => contact.id === root);
  if (now?.mergedIntoId === null && family.some((contact) => contact.id === seen.id)) return family;
  throw new ConcurrentChange("the contact was merged, restored from a merge or erased meanwhile");
}

async function lockLeads({ tx }: Writer, contactIds: readonly string[]): Promise<LeadRow[]> {
  const where = { convertedContactId: { in: [...contactIds] } };
  const seen = await tx.lead.findMany({ where, select: { id: true } });
  await tx.lock.rows("lead", seen.map(({ id }) => id).sort(), "update");
  return tx.lead.findMany({ where, orderBy: { id: "asc" } });
}

async function lockDeals(
  { tx }: Writer,
  contactIds: readonly string[],
  leadIds: readonly string[],
): Promise<DealRow[]> {
  const where = { OR: [{ contactId: { in: [...contactIds] } }, { leadId: { in: [...leadIds] } }] };
  const seen = await tx.deal.findMany({ where, select: { id: true } });
  await tx.lock.rows("deal", seen.map(({ id }) => id).sort(), "update");
  return tx.deal.findMany({ where, orderBy: { id: "asc" } });
}
