import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import type { Trait } from "./recognise.ts";
import type { RowProblem } from "./row.ts";

/** Notes and problems of rows that do not concern a single value. */

const note = (code: string, message: string): RowProblem => ({ column: null, code, message });

export const trashNote = note(
  "IN_TRASH",
  "a contact in the trash has this e-mail address; a new contact was created",
);

export const redirectedNote = note(
  "REDIRECTED",
  "the contact that had this e-mail address was merged into another one, which was used instead",
);

export const wishNote = note(
  "WISH_KEPT",
  "the person with this e-mail address has asked not to be contacted, or not by phone; the wish is kept",
);

/**
 * @param column of the owner
 * @param message why the named owner is not used
 */
export const unknownOwner = (column: string | null, message: string): RowProblem => ({
  column,
  code: "OWNER_UNKNOWN",
  message,
});

/** A note about an invalid value that was left out. */
export const leftOutNote = ({ column, message, text }: RowProblem): RowProblem => ({
  column,
  code: "VALUE_LEFT_OUT",
  message,
  ...(text !== undefined && { text }),
});

/** @param path of the address */
export const emailTaken = (path: readonly string[]): Refusal =>
  refusal("EMAIL_TAKEN", path, "another contact has this e-mail address");

/**
 * @param column of the id
 * @param one singular noun of the entity
 */
export const noSuchId = (column: string | null, one: string): RowProblem => ({
  column,
  code: "NOT_FOUND",
  message: `there is no ${one} with this id, or it is in the trash`,
});

/** @param path of the value */
export const valueTaken = (one: string, slug: string, path: readonly string[]): Refusal =>
  refusal("VALUE_TAKEN", path, `another ${one} has the value of the unique custom field ${quote(slug)}`);

const shared: Readonly<Record<Trait["by"], string>> = {
  ID: "this id",
  EMAIL: "this e-mail address",
  PHONE: "one of these phone numbers",
  CUSTOM_FIELD: "this value",
  PERSON: "this name and phone number",
};

/** @param many plural noun of the entity */
export const severalMatch = (many: string, by: Trait["by"] | null): RowProblem =>
  note(
    "AMBIGUOUS_MATCH",
    `several ${many} have ${by === null ? "it" : shared[by]}${by === "PERSON" ? "; give the row an e-mail address" : "; choose another key with matchOn"}`,
  );
