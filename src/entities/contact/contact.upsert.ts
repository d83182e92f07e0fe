import { encodeId } from "../../db/ids.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Db } from "../../db/scope/db.ts";
import { ConcurrentChange } from "../../db/write/locks.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { applyCustom } from "../../records/custom.ts";
import { lockLiveContact } from "../../records/lock-contact.ts";
import { type PhoneCaller, readWithPhones } from "../../records/phones.ts";
import { uniqueValuesOf } from "../../records/unique.ts";
import type { IdempotencyKey, Repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { addressesOf, isAddressTaken, redirected, wishKept, withoutTakingBack } from "./contact.address.ts";
import { applyEmails, claimsOf, saidKeys, withoutKnown } from "./contact.emails.ts";
import { withPhone } from "./contact.find.ts";
import { type ContactInput, ContactUpsert } from "./contact.inputs.ts";
import { emptyContact } from "./contact.row.ts";
import { catalogueOf, planContact, putContact, takenNow } from "./contact.service.ts";

/** Keys by which a contact is matched. */
export type MatchKey = "EMAIL" | "PHONE" | "CUSTOM_FIELD";

export interface Upserted {
  readonly contact: ContactRow;
  readonly outcome: "CREATED" | "UPDATED" | "UNCHANGED";
}

/** Attempts if another caller creates the same contact at the same moment. */
const ATTEMPTS = 3;

/**
 * Creates a contact, or changes the live one that has the same e-mail address, one of the phone numbers or a unique
 * custom value. The address of a merged contact leads to its survivor.
 *
 * @param matchOn keys to match by; each key for which the input has a value counts
 * @throws RefusalError AMBIGUOUS_MATCH with the candidates if the keys match more than one contact
 */
export async function upsertContact(
  caller: PhoneCaller,
  raw: unknown,
  matchOn: readonly MatchKey[],
  idempotencyKey?: IdempotencyKey,
): Promise<Upserted> {
  const { otherEmails, ...said } = readWithPhones(ContactUpsert, raw, caller.viewer.defaultCountry);
  // Null removes no addresses: another system does not know of all of them.
  const input = { ...said, otherEmails: otherEmails ?? undefined };
  const emails = saidKeys(input);
  const keys = { email: matchOn.includes("EMAIL"), phone: matchOn.includes("PHONE") };
  const custom = matchOn.includes("CUSTOM_FIELD") && (input.customFields?.length ?? 0) > 0;
  if (!(keys.email && emails.length > 0) && !(keys.phone && input.phoneNumbers?.length) && !custom) {
    throw refuse("REQUIRED", ["matchOn"], "the input has no value of the keys to match on");
  }
  const again: Repeatable<Upserted> = {
    key: idempotencyKey,
    operation: "contactUpsert",
    args: [raw, matchOn],
    records: ({ contact }) => ({ contact: [contact] }),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write(
        caller,
        async (writer) => {
          const catalogue = await catalogueOf(writer, input);
          if (keys.phone) await writer.tx.lock.phones(input.phoneNumbers ?? []);
          const byValue = custom ? await withValues(writer.tx, input, catalogue.definitions) : [];
          const match = await findMatch(writer.tx, input, keys, byValue);
          const before = match && (await lockMatch(writer, match));
          const change = before ? changeOf(writer, before, input, new Set(match?.merged)) : input;
          const contact = await putContact(
            writer,
            before,
            await planContact(writer, before, change, catalogue),
          );
          if (before === null) return { contact, outcome: "CREATED" as const };
          return { contact, outcome: contact === before ? ("UNCHANGED" as const) : ("UPDATED" as const) };
        },
        { repeatable: again },
      );
    } catch (error) {
      if (attempt < ATTEMPTS && (keys.email || custom) && isTaken(error)) continue;
      if (!isAddressTaken(error)) throw error;
      throw new RefusalError(
        await takenNow(caller.db, claimsOf(null, applyEmails(emptyContact, input), input)),
      );
    }
  }
}

/** Whether another contact has an address or unique value after all, because another caller created it meanwhile. */
const isTaken = (error: unknown): boolean =>
  isAddressTaken(error) ||
  (error instanceof RefusalError &&
    error.refusals.some(({ kind }) => kind === "duplicateContact" || kind === "valueTaken"));

/** The contact that an input matches. */
interface Match {
  readonly id: string;
  /** Addresses of contacts that were merged into it, by comparison key. */
  readonly merged: readonly string[];
}

/** @throws ConcurrentChange if an address leads to another contact by now */
async function lockMatch(writer: Writer, { id, merged }: Match): Promise<ContactRow> {
  const row = await lockLiveContact(writer, encodeId("Contact", id), ["matchOn"]);
  const now = await addressesOf(writer.tx, merged);
  if (merged.some((key) => now.get(key)?.holder?.id !== row.id)) {
    throw new ConcurrentChange("the address no longer leads to the contact");
  }
  return row;
}

/** What an upsert changes in an existing contact. Addresses that already lead to it stay as they are. */
function changeOf(
  writer: Writer,
  before: ContactRow,
  given: ContactInput,
  merged: ReadonlySet<string>,
): ContactInput {
  const { input, kept } = withoutTakingBack(before, given);
  writer.warn(...kept.map((name) => wishKept(["input", name])));
  if (merged.size > 0) writer.warn(redirected(["input", "email"]));
  return withoutKnown(before, input, merged);
}

/** Row ids of the contacts with the input's values of unique custom fields that the caller may see. */
async function withValues(
  tx: Db,
  { customFields }: ContactInput,
  definitions: readonly Definition[],
): Promise<string[]> {
  const { custom } = applyCustom({}, customFields ?? [], definitions);
  const holders = await tx.unique.holders("CONTACT", uniqueValuesOf(custom, definitions));
  return holders.flatMap(({ id, visible }) => (visible ? [id] : []));
}

async function findMatch(
  tx: Db,
  input: ContactInput,
  keys: { readonly email: boolean; readonly phone: boolean },
  byValue: readonly string[],
): Promise<Match | null> {
  const addresses = [...(await addressesOf(tx, keys.email ? saidKeys(input) : []))];
  const byPhone = keys.phone ? await withPhone(tx, input.phoneNumbers ?? []) : [];
  const found = new Set([
    ...addresses.flatMap(([, { holder }]) => (holder?.visible ? [holder.id] : [])),
    ...byPhone.map(({ id }) => id),
    ...byValue,
  ]);
  const [id] = found;
  if (found.size < 2) {
    const merged = addresses.flatMap(([key, { holder }]) =>
      holder?.id === id && holder?.merged ? [key] : [],
    );
    return id === undefined ? null : { id, merged };
  }
  throw new RefusalError([
    {
      kind: "ambiguousMatch",
      code: "AMBIGUOUS_MATCH",
      path: ["matchOn"],
      message: "the keys to match on match more than one contact",
      candidateIds: [...found].slice(0, 10),
    },
  ]);
}
