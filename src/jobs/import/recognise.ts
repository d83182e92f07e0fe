import { emailKey } from "../../lib/email.ts";
import { fold, isBlank } from "../../lib/fold.ts";

/** Keys by which rows are matched to records. Pure. */

/** Keys that a caller can choose. */
export const importMatches = ["ID", "EMAIL", "PHONE", "CUSTOM_FIELD"] as const;
export type ImportMatch = (typeof importMatches)[number];

/** A kind of key with its values: a record matches if it has one of the values. */
export interface Trait {
  /** PERSON, a name together with a phone number, is used only by default. */
  readonly by: ImportMatch | "PERSON";
  readonly keys: readonly string[];
}

/** The matching keys of a row or a record. */
export interface Marks {
  /** Row id. */
  readonly id?: string | null | undefined;
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  /** Keys of unique custom fields, from `customKey`. */
  readonly unique?: readonly string[];
}

const emailKeys = (emails: readonly string[]): string[] =>
  emails.flatMap((email) => {
    const key = emailKey(email);
    return key === null ? [] : [`email ${key}`];
  });

const phoneKeys = (phones: readonly string[]): string[] => phones.map((phone) => `phone ${phone}`);

export const idKey = (id: string): string => `id ${id}`;

/** Keys of a person: the name with each phone number. */
const personKeys = (name: string, phones: readonly string[]): string[] =>
  isBlank(name) ? [] : phones.map((phone) => `person ${phone}\n${fold(name)}`);

/**
 * The kinds of keys of a row, in the order in which they are tried.
 *
 * @param matchOn the caller's choice; null for the default: the address or, without one, the name with a phone number
 */
export function traitsOf(marks: Marks, matchOn: readonly ImportMatch[] | null): Trait[] {
  const { id, name, emails, phones, unique = [] } = marks;
  const by: Record<Trait["by"], readonly string[]> = {
    ID: id == null ? [] : [idKey(id)],
    EMAIL: emailKeys(emails),
    PHONE: phoneKeys(phones),
    CUSTOM_FIELD: unique,
    PERSON: personKeys(name, phones),
  };
  const chosen = matchOn ?? (emails.length > 0 ? ["EMAIL" as const] : ["PERSON" as const]);
  return chosen.map((each) => ({ by: each, keys: by[each] })).filter(({ keys }) => keys.length > 0);
}

/** All keys by which a later row of the file may match the same record. */
export function keysOf(marks: Marks, matchOn: readonly ImportMatch[] | null): string[] {
  const { id, name, emails, phones, unique = [] } = marks;
  return [
    ...(id == null ? [] : [idKey(id)]),
    ...emailKeys(emails),
    ...(matchOn === null ? personKeys(name, phones) : phoneKeys(phones)),
    ...unique,
  ];
}
