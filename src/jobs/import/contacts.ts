import type { ContactRow } from "../../db/prisma/rows.ts";
import { ConcurrentChange } from "../../db/write/locks.ts";
import {
  type Address,
  addressesOf,
  keptWishes,
  withoutTakingBack,
} from "../../entities/contact/contact.address.ts";
import { insertContacts, updateContacts } from "../../entities/contact/contact.bulk.ts";
import { withoutKnown } from "../../entities/contact/contact.emails.ts";
import type { ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { type ContactColumns, contactColumns, emptyContact } from "../../entities/contact/contact.row.ts";
import { applyInput } from "../../entities/contact/contact.rules.ts";
import { orderKey } from "../../lib/accents.ts";
import { emailKey } from "../../lib/email.ts";
import { fold } from "../../lib/fold.ts";
import type { Writer } from "../../records/write/writer.ts";
import { entityOf, type Holder, type Holders, type Looked } from "./entity.ts";
import { keysOf } from "./recognise.ts";

/** Importing contacts. */

export const contacts = entityOf<ContactRow, ContactColumns, ContactCreateValues>({
  entity: "CONTACT",
  nouns: { one: "contact", many: "contacts" },
  ownsAddress: true,
  empty: emptyContact,
  columnsOf: contactColumns,
  marksOf: ({ name, firstName, lastName, email, otherEmails, phoneNumbers }) => ({
    name: name || [firstName, lastName].filter((part) => part != null).join(" "),
    emails: [...(email == null ? [] : [email]), ...(otherEmails ?? [])],
    phones: phoneNumbers ?? [],
  }),
  apply(before, { tags: _, ...input }, definitions) {
    return applyInput(before, input, definitions);
  },
  withoutTakingBack,
  withoutKnown: (before, input, merged) => withoutKnown(before, input, merged),
  keptWishes,
  find,
  insert: insertContacts,
  update: updateContacts,
});

/**
 * Finds the contacts that rows match; the caller's own are locked if they may be changed. The address of a merged
 * contact matches the contact that it was merged into.
 *
 * @throws ConcurrentChange if an address moved to another contact meanwhile
 */
async function find({ tx }: Writer, { marks, matchOn, also, lock }: Looked): Promise<Holders> {
  const keys = [...new Set(marks.flatMap(({ emails }) => emails.flatMap((email) => emailKey(email) ?? [])))];
  const addresses = await addressesOf(tx, keys);
  const led = leadTo(addresses);
  const byPhone = await withPhones(tx, marks, matchOn);
  const ids = [...new Set([...led.values(), ...byPhone, ...also])];
  if (lock && ids.length > 0) {
    await tx.lock.rows("contact", ids, "update");
    const now = leadTo(await addressesOf(tx, keys));
    if ([...now].join("\n") !== [...led].join("\n"))
      throw new ConcurrentChange("an address leads elsewhere than before");
  }
  const visible = new Map(
    (ids.length === 0 ? [] : await tx.contact.findMany({ where: { id: { in: ids }, deletedAt: null } })).map(
      (row) => [row.id, row],
    ),
  );
  const people = new Map<string, Holder>();
  for (const [key, id] of led) {
    const row = visible.get(id);
    if (row) people.set(`email ${key}`, row);
  }
  for (const row of visible.values()) {
    const has = keysOf({ id: row.id, name: row.name, emails: [], phones: row.phoneNumbers }, matchOn);
    for (const key of has) people.set(key, people.has(key) ? "several" : row);
  }
  return { records: visible, people, addresses };
}

/** The contacts that addresses belong to, by comparison key. */
const leadTo = (addresses: ReadonlyMap<string, Address>): Map<string, string> =>
  new Map([...addresses].flatMap(([key, { holder }]) => (holder ? [[key, holder.id] as const] : [])));

/**
 * Ids of contacts with a phone number of the rows. By default, only rows without an address match, and only contacts
 * with the same name.
 */
async function withPhones(
  tx: Writer["tx"],
  marks: readonly Looked["marks"][number][],
  matchOn: Looked["matchOn"],
): Promise<string[]> {
  if (matchOn !== null && !matchOn.includes("PHONE")) return [];
  const looked = marks.filter(
    ({ emails, phones }) => phones.length > 0 && (matchOn !== null || emails.length === 0),
  );
  if (looked.length === 0) return [];
  // Prevents two imports from creating the same person at once: a contact that does not exist yet cannot be locked.
  await tx.lock.phones(["of an import"]);
  const phones = [...new Set(looked.flatMap((row) => row.phones))];
  const names = [...new Set(looked.map(({ name }) => orderKey(fold(name))))];
  return tx.phoneHolders(phones, matchOn === null ? names : null);
}
