import type { ContactColumn } from "./contact.column.ts";
import { contactTable } from "./contact.columns.ts";

/** The table of a contact's columns, for iterating over it. */

type Table = typeof contactTable;

/** Names of the columns whose rows have these properties. */
export type NamesWith<Said> = { [Name in keyof Table]: Table[Name] extends Said ? Name : never }[keyof Table];

/** The rows of the table with the names of their columns. */
export const contactRows = Object.entries(contactTable) as readonly (readonly [
  keyof Table,
  ContactColumn<unknown>,
])[];

/** The columns of a postal address. */
export const addressNames = contactRows.flatMap(([name, { within }]) =>
  within === "address" ? [name as NamesWith<{ readonly within: "address" }>] : [],
);
