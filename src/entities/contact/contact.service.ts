import type { Catalogue } from "../../db/open/catalogue.ts";
import { violates } from "../../db/open/faults.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Caller } from "../../graphql/context.ts";
import { type Refusal, RefusalError } from "../../lib/errors.ts";
import { newId } from "../../lib/typeid.ts";
import { readInput } from "../../records/inputs.ts";
import { lockLiveContact } from "../../records/lock-contact.ts";
import { applyOwner } from "../../records/owner.ts";
import { catalogueFor, isPlain, planTags, type TagChange } from "../../records/tags.ts";
import { uniqueRefusals } from "../../records/unique.ts";
import { checkVersion } from "../../records/version.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { addressOf, keptWishes, trashWarnings } from "./contact.address.ts";
import { emailTaken } from "./contact.find.ts";
import { ContactCreate, type ContactInput, ContactUpdate } from "./contact.inputs.ts";
import { type ContactColumns, contactColumns, emptyContact } from "./contact.row.ts";
import { applyInput } from "./contact.rules.ts";

/** What a contact is to become: everything checked, nothing written. */
export interface Plan {
  readonly columns: ContactColumns;
  readonly tagIds: (writer: Writer) => Promise<string[]>;
}

/** What an input of a contact says, tags as a change of those that are carried. */
export type ContactChange = ContactInput & { readonly tags?: TagChange | null | undefined };

/** The custom fields and tags that an input names, before any contact is locked. */
export const catalogueOf = (writer: Writer, { customFields, tags }: ContactChange): Promise<Catalogue> =>
  catalogueFor(writer, "CONTACT", customFields, tags);

/**
 * Checks what an input would make of a contact.
 *
 * @param before the contact, locked; null for a new one
 * @param catalogue of the same input
 * @throws RefusalError with everything that is wrong
 */
export async function planContact(
  writer: Writer,
  before: ContactRow | null,
  { tags, ...input }: ContactChange,
  catalogue: Catalogue,
): Promise<Plan> {
  const { tx, caller } = writer;
  const columns = before === null ? emptyContact : contactColumns(before);
  const { after, refusals, warnings } = applyInput(columns, input, catalogue.definitions);
  const owner = await applyOwner(caller, tx, before?.ownerId, input.ownerId);
  const plan = planTags(before?.tagIds ?? [], tags, catalogue, input.createMissingTags);
  const address = await addressOf(tx, after.email === before?.email ? null : after.email);
  const { holder } = address;
  const taken: Refusal[] = holder === null || holder.id === before?.id ? [] : [emailTaken(holder)];
  const custom = { id: before?.id ?? null, before: columns.custom, after: after.custom };
  const values = await uniqueRefusals(tx, "CONTACT", custom, catalogue.definitions, input.customFields);
  const found = [...refusals, ...owner.refusals, ...plan.refusals, ...taken, ...values];
  if (found.length > 0) throw new RefusalError(found);
  const wishes = keptWishes(after, address.trashed);
  writer.warn(...warnings, ...trashWarnings(address, wishes, ["input", "email"]));
  return { columns: { ...after, ...wishes, ownerId: owner.ownerId }, tagIds: plan.apply };
}

/** Writes a planned contact: a new one, or a change of one that is locked. */
export async function putContact(
  writer: Writer,
  before: ContactRow | null,
  { columns, tagIds }: Plan,
): Promise<ContactRow> {
  const row = { ...columns, tagIds: await tagIds(writer) };
  return before === null
    ? writer.insert("contact", { id: newId(), ...row })
    : writer.update("contact", before, row);
}

/**
 * Creates a contact in one transaction: the row with its derived columns, its tags, and new tags when asked.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export function createContact(
  caller: Caller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<ContactRow> {
  const { tags, ...given } = readInput(ContactCreate, raw);
  const input = { ...given, tags: { set: tags } };
  return orTaken(
    caller,
    () => input.email,
    () =>
      write(
        caller,
        async (writer) =>
          putContact(writer, null, await planContact(writer, null, input, await catalogueOf(writer, input))),
        { repeatable: repeatable("contact", "contactCreate", raw, idempotencyKey) },
      ),
  );
}

/**
 * Changes a contact in one transaction. The row is locked meanwhile, or written only as it was read, so that two
 * callers at once never lose each other's change.
 *
 * @param id a contact's id as callers see it
 * @param expectedVersion refuses when the contact is at another version
 * @throws RefusalError with everything that is wrong
 */
export function updateContact(
  caller: Caller,
  id: string,
  raw: unknown,
  expectedVersion?: number | null,
): Promise<ContactRow> {
  const input = readInput(ContactUpdate, raw);
  return orTaken(
    caller,
    () => input.email,
    () =>
      write(
        caller,
        async (writer) => {
          const catalogue = await catalogueOf(writer, input);
          const before = await lockLiveContact(writer, id);
          checkVersion(before, expectedVersion, "Contact");
          return putContact(writer, before, await planContact(writer, before, input, catalogue));
        },
        { optimistic: isPlain(input) },
      ),
  );
}

/**
 * Runs a write. When the unique index refuses the address after all, because another caller took it at this
 * moment or the caller may not see who has it, says who it is, if the caller may know.
 *
 * @param email the address that was to be written
 */
export async function orTaken<Result>(
  { db }: Caller,
  email: () => string | null | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!violates(error, "contact_email_live")) throw error;
    throw new RefusalError([emailTaken((await addressOf(db, email())).holder)]);
  }
}
