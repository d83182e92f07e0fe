import { violates } from "../../db/open/faults.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Db } from "../../db/scope/scoped.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { encodeId } from "../../lib/typeid.ts";
import { readInput } from "../../records/inputs.ts";
import type { IdempotencyKey, Repeatable } from "../../records/repeatable.ts";
import { write } from "../../records/write.ts";
import { emailTaken, holderOf, holdLiveContact, withPhone } from "./contact.find.ts";
import { type ContactInput, ContactUpdate } from "./contact.inputs.ts";
import { planContact, putContact } from "./contact.service.ts";

/** By what a contact is recognised. */
export type MatchKey = "EMAIL" | "PHONE";

export interface Upserted {
  readonly contact: ContactRow;
  readonly outcome: "CREATED" | "UPDATED" | "UNCHANGED";
}

/** How often it is tried again when another caller makes the same contact at this moment. */
const ATTEMPTS = 3;

/**
 * Creates a contact, or changes the live one that has the same e-mail address or one of the phone numbers.
 *
 * @param matchOn by what it is recognised; every key of it that the input has a value for counts
 * @throws RefusalError AMBIGUOUS_MATCH with the candidates when the keys are those of more than one contact
 */
export async function upsertContact(
  caller: Caller,
  raw: unknown,
  matchOn: readonly MatchKey[],
  idempotencyKey?: IdempotencyKey,
): Promise<Upserted> {
  const input = readInput(ContactUpdate, raw);
  const keys = { email: matchOn.includes("EMAIL"), phone: matchOn.includes("PHONE") };
  if (!(keys.email && input.email) && !(keys.phone && input.phoneNumbers?.length)) {
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
          if (keys.phone) await writer.tx.lock.phones(input.phoneNumbers ?? []);
          const id = await findMatch(writer.tx, input, keys);
          const before =
            id === null ? null : await holdLiveContact(writer, encodeId("Contact", id), ["matchOn"]);
          const contact = await putContact(writer, before, await planContact(writer, before, input));
          if (before === null) return { contact, outcome: "CREATED" as const };
          return { contact, outcome: contact === before ? ("UNCHANGED" as const) : ("UPDATED" as const) };
        },
        { repeatable: again },
      );
    } catch (error) {
      if (attempt < ATTEMPTS && keys.email && isTaken(error)) continue;
      if (!violates(error, "contact_email_live")) throw error;
      throw new RefusalError([emailTaken(await holderOf(caller.db, input.email ?? null))]);
    }
  }
}

/** Whether the address was another contact's after all: one that another caller made since it was looked for. */
const isTaken = (error: unknown): boolean =>
  violates(error, "contact_email_live") ||
  (error instanceof RefusalError && error.refusals.some(({ kind }) => kind === "duplicateContact"));

async function findMatch(
  tx: Db,
  { email, phoneNumbers }: ContactInput,
  keys: { readonly email: boolean; readonly phone: boolean },
): Promise<string | null> {
  const byEmail = keys.email ? await holderOf(tx, email ?? null) : null;
  const byPhone = keys.phone ? await withPhone(tx, phoneNumbers ?? []) : [];
  const found = new Set([...(byEmail === null ? [] : [byEmail]), ...byPhone.map(({ id }) => id)]);
  if (found.size < 2) return [...found][0] ?? null;
  throw new RefusalError([
    {
      kind: "ambiguousMatch",
      code: "AMBIGUOUS_MATCH",
      path: ["matchOn"],
      message: "the keys to match on are those of more than one contact",
      candidateIds: [...found].slice(0, 10),
    },
  ]);
}
