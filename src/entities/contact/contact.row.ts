import type { ContactRow } from "../../db/prisma/rows.ts";
import {
  type CustomValueJson,
  type DerivedColumns,
  derive,
  type SlotColumns,
} from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { Contact } from "../../generated/prisma/client.ts";
import { blanksOf, columnsOf, erasedOf } from "../../records/columns.ts";
import type { Unwritten } from "./contact.column.ts";
import { contactTable } from "./contact.columns.ts";
import "./contact.fields.ts";

/** Rows of contacts, as far as the table of columns determines them. Pure. */

/** The columns of a contact that callers write. */
export type ContactColumns = Omit<ContactRow, Unwritten> & {
  readonly custom: Readonly<Record<string, CustomValueJson>>;
};

export const emptyContact = { ...blanksOf(contactTable), custom: {} } as unknown as ContactColumns;

/** The other columns of a new contact. */
export const blankContact = {
  callCount: 0,
  lastCallAt: null,
  version: 1,
  deletedAt: null,
  purgedAt: null,
  mergedIntoId: null,
};

const names = Object.keys(emptyContact) as (keyof ContactColumns)[];

/** Picks the columns that callers write. */
export const contactColumns = (row: ContactRow) => columnsOf(names, row) as unknown as ContactColumns;

/** The derived columns of a contact. @param slots as in `derive` */
export const deriveContact = (
  contact: ContactColumns,
  definitions: readonly Definition[],
  slots?: SlotColumns,
): DerivedColumns => derive("CONTACT", contact, definitions, slots);

/**
 * Columns that a purge keeps if other records point to the contact. The owner decides who sees its deals, so it is
 * kept.
 */
type Kept =
  | ("orgId" | "id" | "createdAt" | "deletedAt" | "mergedIntoId" | "lastModificationSource")
  | ("ownerId" | "allowPhoneCalls" | "doNotContact");

/** The values that a purge gives to the other columns, except its own stamps. */
export const erasedContact = (): Record<
  Exclude<keyof Contact, Kept | "version" | "updatedAt" | "purgedAt">,
  unknown
> => {
  const blank = { ...emptyContact, name: "Removed contact" };
  return {
    ...erasedOf(contactTable),
    name: blank.name,
    callCount: 0,
    lastCallAt: null,
    custom: {},
    tagIds: [],
    ...deriveContact(blank, []),
  };
};
