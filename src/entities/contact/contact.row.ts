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

/** Rows of contacts, as far as they follow from the table of columns. Pure. */

/** What a caller writes of a contact. */
export type ContactColumns = Omit<ContactRow, Unwritten> & {
  readonly custom: Readonly<Record<string, CustomValueJson>>;
};

export const emptyContact = { ...blanksOf(contactTable), custom: {} } as unknown as ContactColumns;

/** The columns of a new contact that nobody writes. */
export const blankContact = {
  callCount: 0,
  lastCallAt: null,
  version: 1,
  deletedAt: null,
  purgedAt: null,
  mergedIntoId: null,
};

const names = Object.keys(emptyContact) as (keyof ContactColumns)[];

/** What a caller wrote of a contact. */
export const contactColumns = (row: ContactRow) => columnsOf(names, row) as unknown as ContactColumns;

/** The derived columns of a contact. @param slots as `derive` takes them */
export const deriveContact = (
  contact: ContactColumns,
  definitions: readonly Definition[],
  slots?: SlotColumns,
): DerivedColumns => derive("CONTACT", contact, definitions, slots);

/** What stays of a contact that others point to when it is purged; its owner does, as its deals are seen through it. */
type Kept =
  | ("orgId" | "id" | "createdAt" | "deletedAt" | "mergedIntoId" | "lastModificationSource")
  | ("ownerId" | "allowPhoneCalls" | "doNotContact");

/** What a purge makes of the other columns, but for its own stamps. */
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
