import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Bulk } from "../../db/write/bulk.ts";
import { addressMoves } from "../../db/write/contact-emails.ts";
import { emailKeys } from "../../lib/email.ts";
import { carried, changesOf, tagMoves } from "../../records/write/changes.ts";
import { type Columns, stampOfChange, stampOfNew } from "../../records/write/rows.ts";
import { changedFields } from "../../records/write/trail.ts";
import { keepUniqueOfMany } from "../../records/write/unique.ts";
import type { Writer } from "../../records/write/writer.ts";
import { blankContact, type ContactColumns, contactColumns, deriveContact } from "./contact.row.ts";

/** Inserts and changes many contacts in a few statements, for imports and bulk changes. */

type TaggedColumns = ContactColumns & { readonly tagIds: readonly string[] };

/** Inserts many new contacts and their tags. */
export async function insertContacts(
  writer: Writer,
  contacts: readonly (TaggedColumns & { readonly id: string })[],
): Promise<void> {
  const { bulk } = writer.tx;
  const definitions = await writer.definitions("CONTACT");
  const stamp = { ...blankContact, ...stampOfNew("contact", writer.stamp) };
  await bulk.insertContacts(
    // Null columns are omitted: a new row has null in them anyway.
    contacts.map((contact) => Object.assign(deriveContact(contact, definitions, {}), stamp, contact)),
    contacts.flatMap((contact) => emailKeys(contact).map((key) => ({ key, id: contact.id }))),
  );
  await bulk.tagContacts(carried(contacts), writer.stamp.now);
  writer.trail.note(
    "CREATED",
    "Contact",
    contacts.map(({ id }) => id),
  );
  const records = contacts.map((after) => ({ id: after.id, before: null, after }));
  await keepUniqueOfMany(writer.tx, records, definitions);
}

/** Changes many contacts that this transaction has locked. Tags are only added. */
export async function updateContacts(
  writer: Writer,
  contacts: readonly { readonly before: ContactRow; readonly columns: TaggedColumns }[],
): Promise<void> {
  const definitions = await writer.definitions("CONTACT");
  const rows = contacts.map(({ before, columns }) => ({
    id: before.id,
    ...columns,
    ...deriveContact(columns, definitions),
    ...stampOfChange("contact", before, writer.stamp),
  }));
  const moves = contacts.map(({ before, columns }) => ({
    id: before.id,
    ...addressMoves(before, { ...columns }),
  }));
  await putContacts(writer, rows, moves);
  writer.trail.note(
    "UPDATED",
    "Contact",
    rows.map(({ id }) => id),
    changedFields(contacts),
  );
  await writer.tx.bulk.tagContacts(carried(rows), writer.stamp.now);
  const records = contacts.map(({ before, columns }) => ({ id: before.id, before, after: columns }));
  await keepUniqueOfMany(writer.tx, records, definitions);
}

/** Updates contacts that all have the same columns. */
async function putContacts(
  { tx }: Writer,
  rows: Parameters<Bulk["updateContacts"]>[1],
  moves: Parameters<Bulk["updateContacts"]>[2],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const { id: _, ...columns } = first;
  await tx.bulk.updateContacts(Object.keys(columns), rows, moves);
}

/**
 * Changes many contacts that this transaction has locked, each in its own way.
 *
 * @returns how many were changed; contacts that already have the values are left alone
 */
export async function changeContacts(
  writer: Writer,
  contacts: readonly { readonly before: ContactRow; readonly columns: Columns<ContactRow> }[],
): Promise<number> {
  const definitions = await writer.definitions("CONTACT");
  const changed = contacts
    .map(({ before, columns }) => ({ before, changes: changesOf({ ...before }, columns) }))
    .filter(({ changes }) => Object.keys(changes).length > 0);
  const names = [...new Set(changed.flatMap(({ changes }) => Object.keys(changes)))];
  const rows = changed.map(({ before, changes }) => {
    const after = { ...before, ...changes };
    return {
      id: before.id,
      // One statement sets the same columns of all rows.
      ...Object.fromEntries(names.map((name) => [name, after[name as keyof ContactRow]])),
      ...deriveContact(contactColumns(after), definitions),
      ...stampOfChange("contact", before, writer.stamp),
    };
  });
  const moves = changed.map(({ before, changes }) => ({ id: before.id, ...addressMoves(before, changes) }));
  await putContacts(writer, rows, moves);
  for (const { before, changes } of changed) writer.trail.changed("Contact", before, changes);
  const { come, gone } = tagMoves(changed);
  await writer.tx.bulk.tagContacts(come, writer.stamp.now);
  await writer.tx.bulk.untagContacts(gone);
  const records = changed.map(({ before, changes }) => ({
    id: before.id,
    before,
    after: { ...before, ...changes },
  }));
  await keepUniqueOfMany(writer.tx, records, definitions);
  return rows.length;
}
