import { quote } from "../../lib/errors.ts";
import type { Trait } from "./recognise.ts";
import type { RowProblem } from "./row.ts";

/** What is said of rows beside what is wrong with their values. */

const note = (code: string, message: string): RowProblem => ({ column: null, code, message });

export const trashNote = note(
  "IN_TRASH",
  "a contact in the trash has this e-mail address; a new one was made",
);

export const redirectedNote = note(
  "REDIRECTED",
  "the contact that had this e-mail address was merged into another one, which was taken for it",
);

export const wishNote = note(
  "WISH_KEPT",
  "whoever has this e-mail address has asked not to be contacted, or not by phone; the wish is kept",
);

/** @param column where the address stands */
export const emailTaken = (column: "email" | "otherEmails"): RowProblem => ({
  column,
  code: "EMAIL_TAKEN",
  message: `another contact has ${column === "email" ? "this e-mail address" : "one of these e-mail addresses"}`,
});

/** @param one what such a record is called */
export const noSuchId = (one: string): RowProblem => ({
  column: "id",
  code: "NOT_FOUND",
  message: `there is no ${one} with this id, or it is in the trash`,
});

export const valueTaken = (one: string, slug: string): RowProblem => ({
  column: "customFields",
  code: "VALUE_TAKEN",
  message: `another ${one} has the value of the unique custom field ${quote(slug)}`,
});

const shared: Readonly<Record<Trait["by"], string>> = {
  ID: "this id",
  EMAIL: "this e-mail address",
  PHONE: "one of these phone numbers",
  CUSTOM_FIELD: "this value",
  PERSON: "this name and phone number",
};

/** @param many what the records are called */
export const severalMatch = (many: string, by: Trait["by"] | null): RowProblem =>
  note(
    "AMBIGUOUS_MATCH",
    `several ${many} have ${by === null ? "it" : shared[by]}${by === "PERSON" ? "; give the row an e-mail address" : "; say with matchOn what else tells them apart"}`,
  );
