import { violates } from "../../db/faults.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { AddressRow } from "../../db/read/addresses.ts";
import type { Db } from "../../db/scope/db.ts";
import { ADDRESS_INDEXES } from "../../db/write/contact-emails.ts";
import type { Warning } from "../../graphql/context.ts";
import { emailKey, emailKeys } from "../../lib/email.ts";
import { contactRows, type NamesWith } from "./contact.table.ts";

/** What an e-mail address leads to, and what those who had it have asked for. */

/** Columns by which somebody says that they must not be contacted, or not by phone. */
type Wish = NamesWith<{ readonly wish: unknown }>;

export type Wishes = Partial<Pick<ContactRow, Wish>>;

/** Each of them with the value that says so. */
const wishes = contactRows.flatMap(([name, { wish }]) =>
  wish === undefined ? [] : [[name as Wish, wish as boolean] as const],
);

/** Whether a column has the value by which somebody asks not to be contacted. */
export const isWish = (name: string, value: unknown): boolean =>
  wishes.some(([column, wish]) => column === name && wish === value);

export interface Address {
  /** The live contact that has the address, or into which the one was merged that had it. */
  readonly holder: { readonly id: string; readonly visible: boolean; readonly merged: boolean } | null;
  /** Who had it and is in the trash. */
  readonly trashed: readonly AddressRow[];
}

const nobody: Address = { holder: null, trashed: [] };

/** What an address leads to. @param rows of this one address */
function readAddress(rows: readonly AddressRow[]): Address {
  const found = rows.find(({ place }) => place === "live") ?? rows.find(({ place }) => place === "merged");
  return {
    holder: found ? { id: found.id, visible: found.visible, merged: found.place === "merged" } : null,
    trashed: rows.filter(({ place }) => place === "trash"),
  };
}

/** What each of some addresses leads to. @param keys comparison keys */
export async function addressesOf(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, Address>> {
  const byKey = new Map<string, AddressRow[]>();
  for (const row of await db.addresses(keys)) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return new Map([...byKey].map(([key, rows]) => [key, readAddress(rows)]));
}

export async function addressOf(db: Db, email: string | null | undefined): Promise<Address> {
  const key = email == null ? null : emailKey(email);
  return (key === null ? undefined : (await addressesOf(db, [key])).get(key)) ?? nobody;
}

/** Who is in the trash and had one of these addresses. */
export const trashedOf = (addresses: Iterable<Address>): AddressRow[] => [
  ...new Map([...addresses].flatMap(({ trashed }) => trashed.map((row) => [row.id, row] as const))).values(),
];

/** Whether an address was another live contact's after all. */
export const isAddressTaken = (error: unknown): boolean =>
  ADDRESS_INDEXES.some((index) => violates(error, index));

/** Wishes that one side has and the other must not lose. */
export const keptWishes = (
  contact: Pick<ContactRow, Wish>,
  others: readonly Pick<ContactRow, Wish>[],
): Wishes =>
  Object.fromEntries(
    wishes.filter(([name, wish]) => contact[name] !== wish && others.some((other) => other[name] === wish)),
  );

/**
 * What another system says of a contact that is there, without what would take back a wish: it may not have heard of
 * it. A person takes it back with contactUpdate.
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
 * What a contact that comes back takes over from others that had one of its addresses meanwhile: whoever is in the
 * trash, and whoever the address leads to because of a merge.
 *
 * @param but a contact that it parts from, whose own wishes are not those of the address
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
 * What is to be said of an address that a contact takes although somebody in the trash had it. Of one whom the caller
 * may not see, no more than the wish that is kept.
 *
 * @param wishes what the contact takes over
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

/** @param path where the address, or the value that was not taken, stands in the arguments */
export const wishKept = (path: readonly string[]): Warning => ({
  code: "WISH_KEPT",
  message:
    "The person with this e-mail address has asked not to be contacted, or not by phone: the wish is kept. Use contactUpdate to withdraw it.",
  path,
});

/** An address that leads to another contact than the one that had it. */
export const redirected = (path: readonly string[]): Warning => ({
  code: "ADDRESS_REDIRECTED",
  message: "The contact that had this e-mail address was merged into another one, which was used instead.",
  path,
});
