import { decodeId, encodeId } from "../../db/ids.ts";
import type { ContactRow, DealRow, LeadRow } from "../../db/prisma/rows.ts";
import { ConcurrentChange } from "../../db/write/locks.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { emailKey } from "../../lib/email.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { newId } from "../../lib/typeid.ts";
import { type CustomValues, customValue } from "../../records/custom.ts";
import { readCustomValue } from "../../records/custom-values.ts";
import { readInput } from "../../records/inputs.ts";
import { lockLiveContact } from "../../records/lock-contact.ts";
import { currencyOf, type MoneyCaller } from "../../records/money.inputs.ts";
import { passOwner } from "../../records/owner.ts";
import { checkVersion } from "../../records/version.ts";
import type { IdempotencyKey } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import {
  type Address,
  addressOf,
  keptWishes,
  redirected,
  trashWarnings,
} from "../contact/contact.address.ts";
import { emailTaken } from "../contact/contact.find.ts";
import { type ContactColumns, emptyContact } from "../contact/contact.row.ts";
import { orTaken } from "../contact/contact.service.ts";
import { leadTable } from "./lead.columns.ts";
import { LeadConvert } from "./lead.inputs.ts";
import { lockLiveLead } from "./lead.service.ts";

export interface Converted {
  readonly lead: LeadRow;
  readonly contact: ContactRow;
  readonly contactOutcome: "CREATED" | "MATCHED";
  readonly deal: DealRow | null;
}

/**
 * Converts a lead into a contact and a deal, in one transaction. The contact is the one that the input names, else the
 * live contact that the lead's e-mail address leads to, else a new one. Empty fields of an existing contact are filled
 * from the lead. The lead's activities and deals then belong to the contact too.
 *
 * @throws RefusalError with the reasons against the conversion
 */
export async function convertLead(
  caller: MoneyCaller,
  id: string,
  raw: unknown,
  expectedVersion?: number | null,
  idempotencyKey?: IdempotencyKey,
): Promise<Converted> {
  const input = readInput(LeadConvert, raw ?? {});
  let email: string | null = null;
  return orTaken(
    caller,
    () => (email === null ? [] : [{ key: emailKey(email) ?? email, path: ["input", "email"] }]),
    () =>
      write(
        caller,
        async (writer) => {
          const { definitions } = await writer.catalogue("CONTACT");
          const locked = await lockBoth(writer, id, input.contactId, (lead) => {
            checkVersion(lead, expectedVersion, "Lead");
            if (lead.status === "CONVERTED") {
              throw refuse("INVALID_STATE", ["id"], "the lead has been converted already");
            }
          });
          const { lead } = locked;
          email = lead.email;
          const value = input.createDeal === false ? null : (input.deal?.value ?? valueOfLead(lead));
          const money =
            value &&
            currencyOf(value, lead.dealCurrency, caller.viewer.defaultCurrency, ["input", "deal", "value"]);
          if (input.createDeal !== false && value === null) {
            const message = "the lead has no value: give deal.value, or createDeal: false";
            throw refuse("REQUIRED", ["input", "deal", "value"], message);
          }
          if (money && money.refusals.length > 0) throw new RefusalError(money.refusals);
          await writer.tx.lock.children({ table: "deal", column: "lead_id" }, lead.id);
          await writer.tx.lock.children({ table: "activity", column: "lead_id" }, lead.id);
          const ownerId = await passOwner(caller, writer.tx, lead.ownerId);
          const { contact, contactOutcome } = await becomeContact(writer, locked, ownerId, definitions);
          const deal =
            value === null || !money || !("currency" in money)
              ? null
              : await writer.insert("deal", {
                  id: newId(),
                  name: input.deal?.name ?? [lead.name, lead.company].filter(Boolean).join(", "),
                  value: value.amount,
                  currency: money.currency,
                  stage: input.deal?.stage ?? "New",
                  expectedCloseOn: input.deal?.expectedCloseOn ? new Date(input.deal.expectedCloseOn) : null,
                  contactId: contact.id,
                  leadId: lead.id,
                  ownerId,
                });
          const converted = await writer.update("lead", lead, {
            status: "CONVERTED",
            convertedAt: caller.now,
            convertedContactId: contact.id,
            convertedDealId: deal?.id ?? null,
          });
          return { lead: converted, contact: await takeOver(writer, lead, contact), contactOutcome, deal };
        },
        {
          repeatable: {
            key: idempotencyKey,
            operation: "leadConvert",
            args: [id, raw],
            records: ({ lead, contact, deal }) => ({
              lead: [lead],
              contact: [contact],
              deal: deal === null ? [] : [deal],
            }),
          },
        },
      ),
  );
}

const valueOfLead = ({ dealValue, dealCurrency }: LeadRow) =>
  dealValue === null || dealCurrency === null
    ? null
    : { amount: dealValue.toString(), currency: dealCurrency };

/** A lead, the existing contact that it will be converted into, if any, and what its address leads to. */
interface Locked {
  readonly lead: LeadRow;
  readonly contact: ContactRow | null;
  readonly address: Address;
}

/**
 * Locks the contact and then the lead, as every write does.
 *
 * @param check refuses a lead that cannot be converted
 * @throws ConcurrentChange if the lead's address was changed meanwhile
 */
async function lockBoth(
  writer: Writer,
  id: string,
  contactId: string | null | undefined,
  check: (lead: LeadRow) => void,
): Promise<Locked> {
  const { tx } = writer;
  const decoded = decodeId(id);
  const seen = decoded?.type === "Lead" ? await tx.lead.findFirst({ where: { id: decoded.uuid } }) : null;
  if (seen === null || seen.purgedAt !== null) throw refuse("NOT_FOUND", ["id"], "there is no such lead");
  if (seen.deletedAt === null) check(seen);
  const address = await addressOf(tx, seen.email);
  const { holder } = address;
  let contact: ContactRow | null = null;
  if (seen.deletedAt === null && contactId != null) {
    contact = await lockLiveContact(writer, contactId, ["input", "contactId"]);
  } else if (seen.deletedAt === null && holder?.visible) {
    contact = await lockLiveContact(writer, encodeId("Contact", holder.id), ["id"]);
    if (holder.merged) writer.warn(redirected(["id"]));
  }
  const lead = await lockLiveLead(writer, id);
  check(lead);
  if (lead.email !== seen.email) throw new ConcurrentChange("the lead's address was changed meanwhile");
  return { lead, contact, address };
}

async function becomeContact(
  writer: Writer,
  { lead, contact: before, address }: Locked,
  ownerId: string | null,
  definitions: readonly Definition[],
): Promise<Pick<Converted, "contact" | "contactOutcome">> {
  const { holder } = address;
  if (before !== null) {
    const takesAddress = before.email === null && holder?.merged !== true;
    if (takesAddress && holder !== null && holder.id !== before.id)
      throw new RefusalError([emailTaken(holder)]);
    const wishes = takesAddress ? keptWishes(before, address.trashed) : {};
    if (takesAddress) writer.warn(...trashWarnings(address, wishes, ["id"]));
    const filled = fillBlanks(before, lead, definitions);
    const changes = { ...filled, ...wishes, email: takesAddress ? filled.email : before.email };
    return { contact: await writer.update("contact", before, changes), contactOutcome: "MATCHED" };
  }
  if (holder !== null) throw new RefusalError([emailTaken(holder)]);
  if (lead.email === null && lead.phone === null) {
    const message = "the lead needs an e-mail address or a phone number to become a contact";
    throw refuse("REQUIRED", ["id"], message);
  }
  const wishes = keptWishes(emptyContact, address.trashed);
  writer.warn(...trashWarnings(address, wishes, ["id"]));
  const contact = await writer.insert("contact", {
    ...emptyContact,
    ...becoming(lead),
    ...{ id: newId(), tagIds: lead.tagIds, ownerId },
    ...wishes,
    custom: fittingCustom({}, lead.custom as CustomValues, definitions),
  });
  return { contact, contactOutcome: "CREATED" };
}

/** The contact's columns that a lead determines, with their values. */
const becoming = (lead: LeadRow): Partial<ContactColumns> =>
  Object.fromEntries(
    Object.entries(leadTable).flatMap(([name, { becomes }]) => {
      if (becomes === null) return [];
      const value = lead[name as keyof typeof leadTable];
      return [[becomes, Array.isArray(emptyContact[becomes]) ? valuesOf(value) : value]];
    }),
  );

const valuesOf = (value: unknown): unknown[] => [value].flat().filter((each) => each !== null);

/**
 * The contact's columns, with empty ones filled from the lead. An existing contact keeps its owner, even if it has
 * none.
 */
function fillBlanks(contact: ContactRow, lead: LeadRow, definitions: readonly Definition[]) {
  const { ownerId: _, ...said } = becoming(lead);
  const filled: Partial<ContactColumns> = Object.fromEntries(
    Object.entries(said).map(([name, value]) => {
      const own = contact[name as keyof typeof said];
      return [name, valuesOf(own).length > 0 ? own : value];
    }),
  );
  return {
    ...filled,
    tagIds: [...new Set([...contact.tagIds, ...lead.tagIds])],
    custom: fittingCustom(contact.custom as CustomValues, lead.custom as CustomValues, definitions),
  };
}

/**
 * Copies a lead's custom values to the contact's fields with the same slugs, if they fit and the contact has no value
 * there.
 */
function fittingCustom(
  before: CustomValues,
  values: CustomValues,
  definitions: readonly Definition[],
): CustomValues {
  const custom = { ...before };
  for (const definition of definitions) {
    const value = customValue(values, definition.slug);
    if (value === undefined || customValue(custom, definition.slug) !== undefined) continue;
    try {
      const stored = readCustomValue(value, definition);
      if (stored !== null) custom[definition.slug] = stored;
    } catch {
      // The value stays with the lead.
    }
  }
  return custom;
}

const idOf = ({ id }: { readonly id: string }): string => id;

/** Links the lead's deals and activities to the contact, and counts the calls among them as the contact's. */
async function takeOver(writer: Writer, lead: LeadRow, contact: ContactRow): Promise<ContactRow> {
  const { tx } = writer;
  const where = { leadId: lead.id, contactId: null };
  const deals = await tx.deal.updateManyAndReturn({
    where,
    data: { contactId: contact.id, version: { increment: 1 }, updatedAt: writer.caller.now },
    select: { id: true },
  });
  const calls = await tx.activity.updateManyAndReturn({
    where,
    data: { contactId: contact.id, updatedAt: writer.caller.now },
    select: { id: true, kind: true, occurredAt: true },
  });
  const fields = ["contact"];
  writer.trail.note("UPDATED", "Deal", deals.map(idOf), fields);
  writer.trail.note("UPDATED", "Activity", calls.map(idOf), fields);
  const times = calls.filter(({ kind }) => kind === "CALL").map(({ occurredAt }) => occurredAt.getTime());
  if (times.length === 0) return contact;
  const last = Math.max(...times, contact.lastCallAt?.getTime() ?? 0);
  return writer.update("contact", contact, {
    callCount: contact.callCount + times.length,
    lastCallAt: new Date(last),
  });
}
