import { fold } from "../../lib/fold.ts";
import type { ImportField } from "./places.ts";

/** Normalizes headings, to find known ones with additions around them. Pure. */

/** Longest text that may be a known heading, in UTF-16 units. */
const MAX_HEADING = 100;

/** Headings under which "yes" means that phone calls are not allowed. */
const negated = new Set(["do not call", "nicht anrufen", "ne pas appeler", "no llamar"].map(looseKey));

/** Whether a column's values mean the opposite of its field. */
export const isNegated = (heading: string, field: ImportField): boolean =>
  field === "ALLOW_PHONE_CALLS" && negated.has(looseKey(heading));

/**
 * A heading in the form in which it is compared: letters and digits without accents, one space between words,
 * camelCase split. `E-mail 1 - Value` becomes `e mail 1 value`, `Straße` `strasse`, `HasOptedOutOfEmail` `has opted
 * out of email`.
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

/** A possible key of a heading, with additions removed. */
interface Candidate {
  readonly key: string;
  /** The number of a numbered column, otherwise 1. */
  readonly number: number;
}

/**
 * The possible keys of a heading: as it is; without its number and the word that some systems add (`Phone 2 -
 * Value`); without the record that it belongs to (`Person - Email - Work`).
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

/** A heading's key without spaces: `E-Mail` and `Email`, or `LinkedIn` and `Linked in`, are equal. */
export function looseKey(heading: string): string {
  return headingKey(heading).replaceAll(" ", "");
}

/** Whether the headings are those of LinkedIn's list of connections, where `URL` is the profile. */
export const areConnections = (headings: readonly string[]): boolean =>
  headings.some((heading) => heading.length <= MAX_HEADING && looseKey(heading) === "connectedon");

/** Whether a heading names the job title: then `Title` is the salutation, as in Outlook. */
export const haveJobTitle = (headings: readonly string[]): boolean =>
  headings.some((heading) => heading.length <= MAX_HEADING && looseKey(heading) === "jobtitle");

/** Words of headings about consent or opting out. */
const ofWishes =
  /\b(opt(ed|ing)? ?(out|in)|optin|optout|unsub\w*|subscri\w*|consent\w*|einwilligung|permission|do not \w+|dnc|gdpr|dsgvo|newsletter|marketing|accepts \w+)\b/;

/** Whether a heading may be about consent or opting out. */
export const mayBeWish = (heading: string): boolean =>
  heading.length <= MAX_HEADING && ofWishes.test(headingKey(heading));

const kindsOfAddress = [
  { kind: "mailing", words: ["mailing"] },
  { kind: "business", words: ["business", "work", "geschaftlich"] },
  { kind: "home", words: ["home", "privat"] },
  { kind: "other", words: ["other"] },
  { kind: "company", words: ["company"] },
];

/**
 * The line of a street, from a number at the end of the heading, as in `Business Street 2` and `Address2`; otherwise
 * 1.
 */
export const lineOf = (heading: string): number =>
  heading.length > MAX_HEADING ? 1 : Number(/\p{L} ?(\d{1,2})$/u.exec(headingKey(heading))?.[1] ?? 1);

/**
 * Which of several postal addresses a column belongs to: `Home City` to the home address, `Address 2 - City` to the
 * second.
 */
export function addressOf(heading: string): string {
  const words = new Set(headingKey(heading).split(" "));
  const kind = kindsOfAddress.find((each) => each.words.some((word) => words.has(word)))?.kind ?? "plain";
  const number = lineOf(heading) > 1 ? 1 : (candidates(heading).at(-1)?.number ?? 1);
  return `${kind} ${number}`;
}
