import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Db } from "../../db/scope/scoped.ts";
import { emailKey } from "../../lib/email.ts";
import { type Refusal, RefusalError, refuse } from "../../lib/errors.ts";
import { decodeId } from "../../lib/typeid.ts";
import type { Writer } from "../../records/writer.ts";

/** Finding the contact that a write is about, and holding it until the transaction ends. */

/** What an id that has been merged into another contact stands for. */
export type Merged = "follow" | "refuse";

/**
 * A contact by the id that a caller sent, held. An old id leads to the contact that it was merged into.
 *
 * @param path where the id stands in the arguments
 * @throws RefusalError NOT_FOUND, or ALREADY_MERGED when merged ids are refused
 */
export async function holdContact(
  { tx }: Writer,
  id: string,
  path: readonly string[],
  merged: Merged = "follow",
): Promise<ContactRow> {
  const decoded = decodeId(id);
  const row = decoded?.type === "Contact" ? await hold(tx, decoded.uuid) : null;
  if (!row) throw refuse("NOT_FOUND", path, "there is no such contact");
  if (row.mergedIntoId === null) return row;
  if (merged === "refuse") throw new RefusalError([alreadyMerged(row.mergedIntoId, path)]);
  const survivor = await hold(tx, row.mergedIntoId);
  if (!survivor) throw refuse("NOT_FOUND", path, "there is no such contact");
  return survivor;
}

/** A contact that is not in the trash, held. */
export async function holdLiveContact(
  writer: Writer,
  id: string,
  path: readonly string[] = ["id"],
): Promise<ContactRow> {
  const row = await holdContact(writer, id, path);
  if (row.deletedAt !== null) throw refuse("IN_TRASH", path, "the contact is in the trash; restore it first");
  return row;
}

/** With its data, or erased and still leading to another. */
async function hold(tx: Db, id: string): Promise<ContactRow | null> {
  const row = await tx.held.read("contact", id);
  return row === null || (row.purgedAt !== null && row.mergedIntoId === null) ? null : row;
}

/** Contacts with their data, and the erased ones that still lead to another. */
export const leading = { OR: [{ purgedAt: null }, { mergedIntoId: { not: null } }] };

export const alreadyMerged = (survivorId: string, path: readonly string[]): Refusal => ({
  kind: "alreadyMerged",
  code: "ALREADY_MERGED",
  path,
  message: "the contact has been merged into another one",
  survivorId,
});

/** The live contact that has an e-mail address, if the caller may see it. */
export async function holderOf(db: Db, email: string | null): Promise<string | null> {
  const key = email === null ? null : emailKey(email);
  if (key === null) return null;
  const holder = await db.contact.findFirst({
    where: { emailKey: key, deletedAt: null },
    select: { id: true },
  });
  return holder?.id ?? null;
}

/** Live contacts that have one of these phone numbers, in E.164. */
export const withPhone = (db: Db, numbers: readonly string[]): Promise<{ id: string }[]> =>
  numbers.length === 0
    ? Promise.resolve([])
    : db.contact.findMany({
        where: {
          deletedAt: null,
          // search_text has the index; phone_key says that it is the whole number.
          OR: numbers.map((number) => ({
            AND: [{ searchText: { contains: number } }, { phoneKey: { contains: `\n${number}\n` } }],
          })),
        },
        select: { id: true },
        take: 11,
      });

/** The address is another contact's. */
export const emailTaken = (existingId: string | null): Refusal => ({
  kind: "duplicateContact",
  code: "EMAIL_TAKEN",
  path: ["input", "email"],
  message: "another contact has this e-mail address",
  existingId,
});
