import type { ContactRow } from "../../db/prisma/rows.ts";
import {
  type BuiltInTexts,
  type CustomValueJson,
  derive,
  type SlotColumns,
} from "../../filter/language/derive.ts";
import { contactKeyFields } from "../../filter/registry/built-in.ts";
import type { Definition } from "../../filter/registry/fields.ts";

/** The columns of a contact that a caller writes. */
export type ContactColumns = Pick<
  ContactRow,
  | "name"
  | "firstName"
  | "lastName"
  | "email"
  | "phoneNumbers"
  | "company"
  | "title"
  | "street"
  | "city"
  | "state"
  | "zip"
  | "country"
  | "url"
  | "linkedinUrl"
  | "linkedinSalesUrl"
  | "source"
  | "notes"
  | "allowPhoneCalls"
  | "doNotContact"
  | "ownerId"
> & { readonly custom: Readonly<Record<string, CustomValueJson>> };

export const emptyContact: ContactColumns = {
  name: "",
  firstName: null,
  lastName: null,
  email: null,
  phoneNumbers: [],
  company: null,
  title: null,
  street: null,
  city: null,
  state: null,
  zip: null,
  country: null,
  url: null,
  linkedinUrl: null,
  linkedinSalesUrl: null,
  source: null,
  notes: null,
  allowPhoneCalls: true,
  doNotContact: false,
  ownerId: null,
  custom: {},
};

/** The columns of a new contact that nobody writes. */
export const blankContact = {
  callCount: 0,
  lastCallAt: null,
  version: 1,
  deletedAt: null,
  purgedAt: null,
  mergedIntoId: null,
};

export const contactFields = Object.keys(emptyContact) as readonly (keyof ContactColumns)[];

/** What a caller wrote of a contact. */
export const contactColumns = (row: ContactRow): ContactColumns =>
  Object.fromEntries(contactFields.map((name) => [name, row[name]])) as unknown as ContactColumns;

/** What a contact's derived columns come from, custom fields apart. */
export const contactTexts = (contact: ContactColumns): BuiltInTexts => ({
  name: contact.name,
  email: contact.email,
  company: contact.company,
  source: contact.source,
  notes: contact.notes,
  phones: contact.phoneNumbers,
  others: Object.fromEntries(
    contactKeyFields.map(({ path }) => [path, contact[path as keyof ContactColumns] as string | null]),
  ),
});

/** The derived columns of a contact. */
/** @param slots as `derive` takes them */
export const deriveContact = (
  contact: ContactColumns,
  definitions: readonly Definition[],
  slots?: SlotColumns,
) => derive({ ...contactTexts(contact), custom: contact.custom }, definitions, slots);
