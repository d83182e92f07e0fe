import { emailKey } from "../../lib/email.ts";
import { fold, isBlank } from "../../lib/fold.ts";

/** By what an import recognises a record. Pure. */

/** What a caller may choose for a row to be recognised by. */
export const importMatches = ["ID", "EMAIL", "PHONE", "CUSTOM_FIELD"] as const;
export type ImportMatch = (typeof importMatches)[number];

/** One thing by which a row's record is looked for: it is whoever has one of the keys. */
export interface Trait {
  /** A name together with a phone number is taken where nothing was chosen. */
  readonly by: ImportMatch | "PERSON";
  readonly keys: readonly string[];
}

/** What a row says of whom it is about, or what a record has. */
export interface Marks {
  /** Row id. */
  readonly id?: string | null | undefined;
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  /** Keys of unique custom fields, as `customKey` makes them. */
  readonly unique?: readonly string[];
}

const emailKeys = (emails: readonly string[]): string[] =>
  emails.flatMap((email) => {
    const key = emailKey(email);
    return key === null ? [] : [`email ${key}`];
  });

const phoneKeys = (phones: readonly string[]): string[] => phones.map((phone) => `phone ${phone}`);

export const idKey = (id: string): string => `id ${id}`;

/** Keys of a person with a name and some phone numbers. */
const personKeys = (name: string, phones: readonly string[]): string[] =>
  isBlank(name) ? [] : phones.map((phone) => `person ${phone}\n${fold(name)}`);

/**
 * By what a row's record is looked for, in the order in which it is tried.
 *
 * @param matchOn what the caller chose; null for the address and, where a row has none, the name with a phone number
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

/** All keys by which a later row of the file may mean the same record. */
export function keysOf(marks: Marks, matchOn: readonly ImportMatch[] | null): string[] {
  const { id, name, emails, phones, unique = [] } = marks;
  return [
    ...(id == null ? [] : [idKey(id)]),
    ...emailKeys(emails),
    ...(matchOn === null ? personKeys(name, phones) : phoneKeys(phones)),
    ...unique,
  ];
}
