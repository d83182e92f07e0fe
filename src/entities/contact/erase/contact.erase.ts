import { decodeId } from "../../../db/ids.ts";
import type { ContactRow, DealRow, LeadRow } from "../../../db/prisma/rows.ts";
import type { Erased, ErasedCounts } from "../../../db/write/erase.ts";
import { ConcurrentChange } from "../../../db/write/locks.ts";
import type { Caller } from "../../../graphql/context.ts";
import { refuse } from "../../../lib/errors.ts";
import { momentOf } from "../../../lib/typeid.ts";
import { merging } from "../../../records/lock-contact.ts";
import type { IdempotencyKey } from "../../../records/write/repeatable.ts";
import { write } from "../../../records/write/write.ts";
import type { Writer } from "../../../records/write/writer.ts";

/** Erasing a person: every contact and lead that is them, what hangs on these, and every copy of their values. */

export interface EraseInput {
  /** As callers see it. */
  readonly id: string;
  /** Whether deals are deleted too; otherwise they stay, without the person. */
  readonly deleteDeals?: boolean | null | undefined;
}

/** What was erased: ids and numbers, and no value of the person. */
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

/** Milliseconds: files of imports that wait are looked through. */
const TIMEOUT = 120_000;

/** What a deal is called whose name had the person's. */
const NAMELESS = "Deal of an erased person";

/**
 * Erases a person right now, in one transaction: the contact, in the trash or not, all contacts merged into it or the
 * one that it was merged into, the leads that became it, and every copy of their values that is kept.
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
    // The receipt has ids alone.
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
  const names = namesOf([...contacts, ...leads]);
  const marks = marksOf(contacts, leads, names);
  const renamed = deals.filter(({ name }) => marks.texts.some((text) => name.toLowerCase().includes(text)));
  const changed = dealsDeleted ? deals : renamed;
  const dealIds = deals.map((deal) => deal.id);
  if (dealsDeleted && deals.length > 0) {
    for (const dealId of dealIds) await tx.bulk.forgetDeal(dealId, caller.now);
    await tx.bulk.eraseDeals(dealIds, caller.now);
    trail.note("DELETED", "Deal", dealIds);
  }
  for (const deal of dealsDeleted ? [] : deals) {
    const { contactId, leadId } = deal;
    await writer.update("deal", deal, {
      contactId: contactId !== null && contactIds.includes(contactId) ? null : contactId,
      leadId: leadId !== null && leadIds.includes(leadId) ? null : leadId,
      ...(renamed.includes(deal) && { name: NAMELESS }),
    });
  }
  const counts = await tx.bulk.eraseTraces({
    contactIds,
    leadIds,
    dealIds: changed.map((deal) => deal.id),
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

/** All contacts that are the person, locked; those in the trash too. @throws RefusalError NOT_FOUND */
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

/** Full names, as they may stand in other texts: those of two words at least, which are hardly anybody else's. */
function namesOf(
  people: readonly { name: string; firstName?: string | null; lastName?: string | null }[],
): string[] {
  const full = people.flatMap(({ name, firstName, lastName }) => [
    name,
    [firstName, lastName].filter(Boolean).join(" "),
  ]);
  return [...new Set(full.map((name) => name.trim().toLowerCase()))].filter((name) => /\S\s+\S/.test(name));
}

/** Digits of a phone number by which it is found, however its country code and area code are written. */
const LAST_DIGITS = 8;

const digitsOf = (phone: string): string =>
  phone
    .replace(/;ext=.*$/, "")
    .replace(/\D/g, "")
    .slice(-LAST_DIGITS);

/** Shortest text that is looked for as a whole value, and most of a text that is compared. */
const [SHORTEST, COMPARED] = [3, 40];

/** A LIKE pattern of a value in the text of JSON. */
function patternOf(text: string): string {
  const json = JSON.stringify(text).slice(0, -1).slice(0, COMPARED).toLowerCase();
  const end = json.length < COMPARED ? '"' : "";
  return `%${json.replace(/[\\%_]/g, "\\$&")}${end}%`;
}

/** By what copies of a person's values are found. */
function marksOf(
  contacts: readonly ContactRow[],
  leads: readonly LeadRow[],
  names: readonly string[],
): Pick<Erased, "texts" | "digits" | "inJson"> {
  const emails = [
    ...contacts.flatMap(({ email, otherEmails }) => [...(email === null ? [] : [email]), ...otherEmails]),
    ...leads.flatMap(({ email }) => email ?? []),
  ].map((email) => email.toLowerCase());
  const phones = [
    ...contacts.flatMap(({ phoneNumbers }) => phoneNumbers),
    ...leads.flatMap(({ phone }) => phone ?? []),
  ];
  const values = [...contacts, ...leads].flatMap(textsIn).filter((text) => text.trim().length >= SHORTEST);
  return {
    texts: [...new Set([...emails, ...names])],
    digits: [...new Set(phones.map(digitsOf).filter((digits) => digits.length === LAST_DIGITS))],
    inJson: [...new Set(values.map(patternOf))],
  };
}

/** Columns whose texts are words of this product, and say nothing of a person. */
const ownWords: ReadonlySet<string> = new Set(["lastModificationSource", "status", "dealCurrency"]);

function textsIn(row: object): string[] {
  const inside = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.flatMap(inside);
    const plain =
      typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return plain ? Object.values(value as object).flatMap(inside) : [];
  };
  return Object.entries(row).flatMap(([column, value]) =>
    ownWords.has(column) || /(^id|Id|Ids)$/.test(column) ? [] : inside(value),
  );
}
