import { fold } from "../../lib/fold.ts";
import type { ImportField } from "./places.ts";

/** What a heading says, whatever is around the words that are known. Pure. */

/** Longest text that may be a known heading, in UTF-16 units: longer ones are not looked at. */
const MAX_HEADING = 100;

/** Headings under which yes means that they accept no calls. */
const negated = new Set(["do not call", "nicht anrufen", "ne pas appeler", "no llamar"].map(looseKey));

/** Whether a column says the contrary of the field to which it goes. */
export const isNegated = (heading: string, field: ImportField): boolean =>
  field === "ALLOW_PHONE_CALLS" && negated.has(looseKey(heading));

/**
 * A heading as it is compared: letters and digits without accents, one space between words, camelCase taken apart.
 * `E-mail 1 - Value` is `e mail 1 value`, `Straße` is `strasse`, `HasOptedOutOfEmail` is `has opted out of email`.
 */
export function headingKey(heading: string): string {
  return fold(heading.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2"))
    .normalize("NFKD")
    .replace(/\p{Mn}+/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll("ł", "l")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** A heading's key by what it may be known, with what stands around it taken away. */
interface Candidate {
  readonly key: string;
  /** The number of a numbered column, else 1. */
  readonly number: number;
}

/**
 * By what a heading may be known: as it is; without its number and the word that its system adds (`Phone 2 - Value`);
 * without whom it is of (`Person - Email - Work`).
 */
export function candidates(heading: string): readonly Candidate[] {
  if (heading.length > MAX_HEADING) return [];
  const key = headingKey(heading).replace(/(?<=\p{L})(?=\d{1,2}$)/u, " ");
  const number = Number(/ (\d{1,2})(?= |$)/.exec(key)?.[1] ?? 1);
  const plain = key.replace(/ \d{1,2}(?= |$)/, "").replace(/ value$/, "");
  const ofWhom = plain
    .replace(/^(person|contact|lead|kontakt|personne|persona) (?=.)/, "")
    .replace(/(?<=.) (geschaftlich|privat)$/, "");
  return [
    { key, number: 1 },
    { key: plain, number },
    { key: ofWhom, number },
  ];
}

/** A heading's key without spaces: `E-Mail` and `Email`, `LinkedIn` and `Linked in` are the same. */
export function looseKey(heading: string): string {
  return headingKey(heading).replaceAll(" ", "");
}

/** Whether a file with these headings is LinkedIn's list of connections, in which `URL` is the profile. */
export const areConnections = (headings: readonly string[]): boolean =>
  headings.some((heading) => heading.length <= MAX_HEADING && looseKey(heading) === "connectedon");

/** Whether a file has a heading for the job, beside which `Title` is the salutation, as in Outlook's. */
export const haveJobTitle = (headings: readonly string[]): boolean =>
  headings.some((heading) => heading.length <= MAX_HEADING && looseKey(heading) === "jobtitle");

/** Words of headings that may say a wish not to be contacted, or leave to be. */
const ofWishes =
  /\b(opt(ed|ing)? ?(out|in)|optin|optout|unsub\w*|subscri\w*|consent\w*|einwilligung|permission|do not \w+|dnc|gdpr|dsgvo|newsletter|marketing|accepts \w+)\b/;

/** Whether a heading sounds as if its column said who may be contacted. */
export const mayBeWish = (heading: string): boolean =>
  heading.length <= MAX_HEADING && ofWishes.test(headingKey(heading));

const kindsOfAddress = [
  { kind: "mailing", words: ["mailing"] },
  { kind: "business", words: ["business", "work", "geschaftlich"] },
  { kind: "home", words: ["home", "privat"] },
  { kind: "other", words: ["other"] },
  { kind: "company", words: ["company"] },
];

/** Which line of a street a column has that ends with a number, as `Business Street 2` and `Address2` do; else 1. */
export const lineOf = (heading: string): number =>
  heading.length > MAX_HEADING ? 1 : Number(/\p{L} ?(\d{1,2})$/u.exec(headingKey(heading))?.[1] ?? 1);

/**
 * Of which of a person's addresses a column is a part: `Home City` of the one at home, `Address 2 - City` of the
 * second.
 */
export function addressOf(heading: string): string {
  const words = new Set(headingKey(heading).split(" "));
  const kind = kindsOfAddress.find((each) => each.words.some((word) => words.has(word)))?.kind ?? "plain";
  const number = lineOf(heading) > 1 ? 1 : (candidates(heading).at(-1)?.number ?? 1);
  return `${kind} ${number}`;
}
