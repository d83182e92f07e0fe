import { quote, type Refusal, refusal } from "../../lib/errors.ts";
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
  "the contact that had this e-mail address was merged into another one, which was used instead",
);

export const wishNote = note(
  "WISH_KEPT",
  "the person with this e-mail address has asked not to be contacted, or not by phone; the wish is kept",
);

/** @param column where the owner stands @param message why whom it names is not taken */
export const unknownOwner = (column: string | null, message: string): RowProblem => ({
  column,
  code: "OWNER_UNKNOWN",
  message,
});

/** A value that was left out, for what was wrong with it. */
export const leftOutNote = ({ column, message, text }: RowProblem): RowProblem => ({
  column,
  code: "VALUE_LEFT_OUT",
  message,
  ...(text !== undefined && { text }),
});

/** @param path where the address stands */
export const emailTaken = (path: readonly string[]): Refusal =>
  refusal("EMAIL_TAKEN", path, "another contact has this e-mail address");

/** @param column where the id stands @param one what such a record is called */
export const noSuchId = (column: string | null, one: string): RowProblem => ({
  column,
  code: "NOT_FOUND",
  message: `there is no ${one} with this id, or it is in the trash`,
});

/** @param path where the value stands */
export const valueTaken = (one: string, slug: string, path: readonly string[]): Refusal =>
  refusal("VALUE_TAKEN", path, `another ${one} has the value of the unique custom field ${quote(slug)}`);

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
    `several ${many} have ${by === null ? "it" : shared[by]}${by === "PERSON" ? "; give the row an e-mail address" : "; choose another key with matchOn"}`,
  );
