import { decodeId } from "../../db/ids.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Catalogue } from "../../db/read/catalogue.ts";
import type { Db } from "../../db/scope/db.ts";
import type { Caller } from "../../graphql/context.ts";
import { type Refusal, RefusalError } from "../../lib/errors.ts";
import { newId } from "../../lib/typeid.ts";
import { lockLiveContact } from "../../records/lock-contact.ts";
import { applyOwner } from "../../records/owner.ts";
import { type PhoneCaller, readWithPhones } from "../../records/phones.ts";
import { catalogueFor, isPlain, planTags, type TagChange } from "../../records/tags.ts";
import { uniqueRefusals } from "../../records/unique.ts";
import { checkVersion } from "../../records/version.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import {
  type Address,
  addressesOf,
  isAddressTaken,
  keptWishes,
  trashedOf,
  trashWarnings,
} from "./contact.address.ts";
import { applyEmails, type Claim, claimsOf, saidKeys } from "./contact.emails.ts";
import { emailTaken } from "./contact.find.ts";
import { ContactCreate, type ContactInput, ContactUpdate } from "./contact.inputs.ts";
import { type ContactColumns, contactColumns, emptyContact } from "./contact.row.ts";
import { applyInput } from "./contact.rules.ts";

/** A contact as it will be written: everything is checked, nothing is written yet. */
export interface Plan {
  readonly columns: ContactColumns;
  readonly tagIds: (writer: Writer) => Promise<string[]>;
}

/** A contact's input, in which tags are a change of the current ones. */
export type ContactChange = ContactInput & { readonly tags?: TagChange | null | undefined };

/** Reads the custom fields and tags that an input names. Must be called before a contact is locked. */
export const catalogueOf = (writer: Writer, { customFields, tags }: ContactChange): Promise<Catalogue> =>
  catalogueFor(writer, "CONTACT", customFields, tags);

/**
 * Checks an input, and plans what it makes of a contact.
 *
 * @param before the contact, locked; null for a new one
 * @param catalogue the custom fields and tags that the input names
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
  const claims = claimsOf(before, after, input);
  const addresses = await addressesOf(
    tx,
    claims.map(({ key }) => key),
  );
  const taken = takenOf(claims, addresses, before?.id);
  const custom = { id: before?.id ?? null, before: columns.custom, after: after.custom };
  const values = await uniqueRefusals(tx, "CONTACT", custom, catalogue.definitions, input.customFields);
  const found = [...refusals, ...owner.refusals, ...plan.refusals, ...taken, ...values];
  if (found.length > 0) throw new RefusalError(found);
  const trashed = trashedOf(addresses.values());
  const wishes = keptWishes(after, trashed);
  const path = claims.find(({ key }) => addresses.get(key)?.trashed.length)?.path ?? ["input", "email"];
  writer.warn(...warnings, ...trashWarnings({ trashed }, wishes, path));
  return { columns: { ...after, ...wishes, ownerId: owner.ownerId }, tagIds: plan.apply };
}

/** Writes a planned contact: inserts a new one, or changes a locked one. */
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
 * Creates a contact in one transaction, or as one statement: the row with its derived columns, its tags, and missing
 * tags if the input says so.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export function createContact(
  caller: PhoneCaller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<ContactRow> {
  const { tags, ...given } = readWithPhones(ContactCreate, raw, caller.viewer.defaultCountry);
  const input = { ...given, tags: { set: tags } };
  return orTaken(
    caller,
    () => claimsOf(null, applyEmails(emptyContact, input), input),
    () =>
      write(
        caller,
        async (writer) =>
          putContact(writer, null, await planContact(writer, null, input, await catalogueOf(writer, input))),
        {
          optimistic: idempotencyKey == null && !tags?.length && isPlain(given),
          repeatable: repeatable("contact", "contactCreate", raw, idempotencyKey),
        },
      ),
  );
}

/**
 * Changes a contact in one transaction. The row is locked meanwhile, or written only if it is as it was read, so that
 * concurrent callers never lose each other's change.
 *
 * @param id the contact's global id
 * @param expectedVersion refuses if the contact has another version
 * @throws RefusalError with everything that is wrong
 */
export function updateContact(
  caller: PhoneCaller,
  id: string,
  raw: unknown,
  expectedVersion?: number | null,
): Promise<ContactRow> {
  const input = readWithPhones(ContactUpdate, raw, caller.viewer.defaultCountry);
  return orTaken(
    caller,
    () => saidKeys(input).map((key) => ({ key, path: ["input", "email"] })),
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
    id,
  );
}

/** Refuses addresses that lead to other contacts. @param id row id of the contact that would get them */
const takenOf = (
  claims: readonly Claim[],
  addresses: ReadonlyMap<string, Address>,
  id: string | undefined,
): Refusal[] =>
  claims.flatMap(({ key, path }) => {
    const holder = addresses.get(key)?.holder ?? null;
    return holder === null || holder.id === id ? [] : [emailTaken(holder, path)];
  });

/**
 * Runs a write. If the unique index refuses an address, because another caller took it at the same moment or the caller
 * may not see the contact that has it, refuses with that contact's id if the caller may see it.
 *
 * @param claims the addresses to be written
 * @param id global id of the contact that would get them
 */
export async function orTaken<Result>(
  { db }: Caller,
  claims: () => readonly Claim[],
  run: () => Promise<Result>,
  id?: string,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!isAddressTaken(error)) throw error;
    throw new RefusalError(await takenNow(db, claims(), id));
  }
}

/** The refusals of addresses that could not be written. @param id global id of the contact that would get them */
export async function takenNow(db: Db, claims: readonly Claim[], id?: string): Promise<Refusal[]> {
  const addresses = await addressesOf(
    db,
    claims.map(({ key }) => key),
  );
  const found = takenOf(claims, addresses, decodeId(id ?? "")?.uuid);
  return found.length > 0 ? found : [emailTaken(null, claims[0]?.path)];
}
