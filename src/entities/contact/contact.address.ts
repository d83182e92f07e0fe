import { violates } from "../../db/faults.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { AddressRow } from "../../db/read/addresses.ts";
import type { Db } from "../../db/scope/db.ts";
import { ADDRESS_INDEXES } from "../../db/write/contact-emails.ts";
import type { Warning } from "../../graphql/context.ts";
import { emailKey, emailKeys } from "../../lib/email.ts";
import { contactRows, type NamesWith } from "./contact.table.ts";

/** Which contact an e-mail address leads to, and whether a contact that had the address asked not to be contacted. */

/** Columns by which a person asks not to be contacted, or not by phone: the wishes. */
type Wish = NamesWith<{ readonly wish: unknown }>;

export type Wishes = Partial<Pick<ContactRow, Wish>>;

/** These columns, each with the value that means the wish. */
const wishes = contactRows.flatMap(([name, { wish }]) =>
  wish === undefined ? [] : [[name as Wish, wish as boolean] as const],
);

/** Whether a column has the value that means a wish. */
export const isWish = (name: string, value: unknown): boolean =>
  wishes.some(([column, wish]) => column === name && wish === value);

export interface Address {
  /** The live contact that has the address, or the survivor of a merged contact that had it. */
  readonly holder: { readonly id: string; readonly visible: boolean; readonly merged: boolean } | null;
  /** Contacts in the trash that had it. */
  readonly trashed: readonly AddressRow[];
}

const nobody: Address = { holder: null, trashed: [] };

/** Evaluates the rows of one address. */
function readAddress(rows: readonly AddressRow[]): Address {
  const found = rows.find(({ place }) => place === "live") ?? rows.find(({ place }) => place === "merged");
  return {
    holder: found ? { id: found.id, visible: found.visible, merged: found.place === "merged" } : null,
    trashed: rows.filter(({ place }) => place === "trash"),
  };
}

/** Looks up which contacts some addresses lead to. @param keys comparison keys */
export async function addressesOf(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, Address>> {
  const byKey = new Map<string, AddressRow[]>();
  for (const row of await db.addresses(keys)) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return new Map([...byKey].map(([key, rows]) => [key, readAddress(rows)]));
}

export async function addressOf(db: Db, email: string | null | undefined): Promise<Address> {
  const key = email == null ? null : emailKey(email);
  return (key === null ? undefined : (await addressesOf(db, [key])).get(key)) ?? nobody;
}

/** Contacts in the trash that had one of these addresses, each once. */
export const trashedOf = (addresses: Iterable<Address>): AddressRow[] => [
  ...new Map([...addresses].flatMap(({ trashed }) => trashed.map((row) => [row.id, row] as const))).values(),
];

/** Whether a write failed because another live contact has an address. */
export const isAddressTaken = (error: unknown): boolean =>
  ADDRESS_INDEXES.some((index) => violates(error, index));

/** Wishes of other contacts that a contact does not have and must take over. */
export const keptWishes = (
  contact: Pick<ContactRow, Wish>,
  others: readonly Pick<ContactRow, Wish>[],
): Wishes =>
  Object.fromEntries(
    wishes.filter(([name, wish]) => contact[name] !== wish && others.some((other) => other[name] === wish)),
  );

/**
 * An input from another system for an existing contact, without values that would withdraw a wish: that system may not
 * know of the wish. A person withdraws it with contactUpdate.
 */
export function withoutTakingBack<Input extends { readonly [Name in keyof Wishes]?: boolean | undefined }>(
  contact: Pick<ContactRow, Wish>,
  input: Input,
): { readonly input: Input; readonly kept: readonly Wish[] } {
  const kept = wishes.flatMap(([name, wish]) =>
    contact[name] === wish && input[name] === !wish ? [name] : [],
  );
  const cleared = Object.fromEntries(kept.map((name) => [name, undefined]));
  return { input: kept.length === 0 ? input : { ...input, ...cleared }, kept };
}

/**
 * What a contact that is restored takes over from other contacts that had one of its addresses meanwhile: those in the
 * trash, and those that the address leads to because of a merge.
 *
 * @param but a contact that it is separated from, whose wishes do not count
 */
export async function inherited(
  db: Db,
  contact: Pick<ContactRow, "id" | "email" | "otherEmails" | Wish>,
  but?: string,
): Promise<{ addresses: ReadonlyMap<string, Address>; wishes: Wishes }> {
  const rows = await db.addresses(emailKeys(contact));
  const others = rows.filter(({ id, place }) => id !== contact.id && id !== but && place !== "live");
  const keys = [...new Set(rows.map(({ key }) => key))];
  const addresses = keys.map((key) => [key, readAddress(rows.filter((row) => row.key === key))] as const);
  return { addresses: new Map(addresses), wishes: keptWishes(contact, others) };
}

/**
 * Warnings for a contact that takes an address that a contact in the trash had. If the caller may not see the latter,
 * they tell only that a wish is kept.
 *
 * @param wishes the wishes that the contact takes over
 */
export function trashWarnings(
  { trashed }: Pick<Address, "trashed">,
  wishes: Wishes,
  path: readonly string[],
): Warning[] {
  const kept = Object.keys(wishes).length > 0;
  if (trashed.some(({ visible }) => visible)) {
    const wish = kept ? "; the wish of that contact not to be contacted is kept" : "";
    const message = `A contact in the trash has this e-mail address${wish}. If it is the same person, restore that contact instead.`;
    return [{ code: "ADDRESS_IN_TRASH", message, path }];
  }
  return kept ? [wishKept(path)] : [];
}

/** @param path position of the address, or of the value that was not taken, in the arguments */
export const wishKept = (path: readonly string[]): Warning => ({
  code: "WISH_KEPT",
  message:
    "The person with this e-mail address has asked not to be contacted, or not by phone: the wish is kept. Use contactUpdate to withdraw it.",
  path,
});

/** Warns that an address leads to another contact than the one that had it. */
export const redirected = (path: readonly string[]): Warning => ({
  code: "ADDRESS_REDIRECTED",
  message: "The contact that had this e-mail address was merged into another one, which was used instead.",
  path,
});
