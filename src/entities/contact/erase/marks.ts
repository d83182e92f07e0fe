import type { ContactRow, LeadRow } from "../../../db/prisma/rows.ts";
import type { Erased } from "../../../db/write/erase.ts";
import { fold } from "../../../lib/fold.ts";

/** The values by which copies of a person's data are found. Pure. */

type Contact = Pick<
  ContactRow,
  | "name"
  | "firstName"
  | "lastName"
  | "email"
  | "otherEmails"
  | "phoneNumbers"
  | "url"
  | "linkedinUrl"
  | "linkedinSalesUrl"
>;
type Lead = Pick<LeadRow, "name" | "email" | "phone"> & Partial<Pick<Contact, "firstName" | "lastName">>;

/** The values by which a person is found in rows that are not about this person alone. */
export type Marks = Pick<Erased, "texts" | "digits" | "inJson">;

/** Last digits of a phone number by which it is found, however its country code and area code are written. */
const LAST_DIGITS = 8;

/** Last digits by which it is found in the person's own texts, even without its area code. */
const LOCAL_DIGITS = 7;

const digitsOf = (phone: string): string => phone.replace(/;ext=.*$/, "").replace(/\D/g, "");

/** The digits of a text. Characters that separate the cells of a file are kept as separators. */
export const digitsIn = (text: string): string => text.replace(/[^0-9\n,;|\t]/g, "");

/** A LIKE pattern of a whole value, for the text of JSON in lower case. */
function patternOf(text: string): string {
  const json = JSON.stringify(text).toLowerCase();
  return `%${json.replace(/[\\%_]/g, "\\$&")}%`;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Each text folded, and as a database writes it that can only lower-case ASCII letters. */
const written = (texts: readonly string[]): string[] =>
  unique(texts.flatMap((text) => [fold(text), text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())]));

const phonesOf = (contacts: readonly Contact[], leads: readonly Lead[]): string[] => [
  ...contacts.flatMap(({ phoneNumbers }) => phoneNumbers),
  ...leads.flatMap(({ phone }) => phone ?? []),
];

/** Whether a page belongs to one person. The front page of a site is that of the company, which colleagues have too. */
const isOfOne = (url: string): boolean => /^[a-z]+:\/\/[^/?#]+\/[^/?#]/i.test(url);

/** The person's e-mail addresses, and the addresses of the person's pages. */
const addressesOf = (contacts: readonly Contact[], leads: readonly Lead[]): string[] =>
  [
    ...contacts.flatMap(({ email, otherEmails, url, linkedinUrl, linkedinSalesUrl }) => [
      email,
      ...otherEmails,
      ...[url, linkedinUrl, linkedinSalesUrl].filter((page) => page !== null && isOfOne(page)),
    ]),
    ...leads.map(({ email }) => email),
  ].flatMap((address) => address ?? []);

const fullNames = (people: readonly (Contact | Lead)[]): string[] =>
  unique(
    people
      .flatMap(({ name, firstName, lastName }) => [name, [firstName, lastName].filter(Boolean).join(" ")])
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );

/** Of the full names, only those of two or more words count: hardly anybody else has them. */
export function marksOf(contacts: readonly Contact[], leads: readonly Lead[]): Marks {
  const names = fullNames([...contacts, ...leads]).filter((name) => /\S\s+\S/.test(name));
  const phones = phonesOf(contacts, leads);
  const texts = [...addressesOf(contacts, leads), ...names];
  const digits = phones.map((phone) => digitsOf(phone).slice(-LAST_DIGITS));
  return {
    texts: written(texts),
    digits: unique(digits.filter((each) => each.length === LAST_DIGITS)),
    inJson: written([...texts, ...phones]).map(patternOf),
  };
}

/** Letters of scripts that do not separate words. */
const unseparated = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** Shortest name that is also found inside a word, as in a genitive. */
const SHORTEST_INSIDE = 4;

const has = (text: string, name: string): boolean => {
  if (name.length >= SHORTEST_INSIDE || unseparated.test(name)) return text.includes(name);
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "u").test(text);
};

/**
 * Whether a text of the person's own, such as the name of their deal, contains any of their values: a name, even of one
 * word, an address or a number.
 */
export function namesPerson(contacts: readonly Contact[], leads: readonly Lead[]): (text: string) => boolean {
  const people = [...contacts, ...leads];
  const parts = people.flatMap(({ firstName, lastName }) => [firstName ?? "", lastName ?? ""]);
  const texts = unique(
    [...fullNames(people), ...parts, ...addressesOf(contacts, leads)].map((each) => fold(each.trim())),
  ).filter((each) => each !== "");
  const digits = phonesOf(contacts, leads).map((phone) => digitsOf(phone).slice(-LOCAL_DIGITS));
  const numbers = unique(digits.filter((each) => each.length >= LOCAL_DIGITS - 1));
  return (text) => {
    const [folded, inText] = [fold(text), digitsIn(text)];
    return texts.some((each) => has(folded, each)) || numbers.some((each) => inText.includes(each));
  };
}
