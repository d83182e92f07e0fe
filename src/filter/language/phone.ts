import { parsePhone, phoneBeginning, splitExtension } from "../../lib/phone.ts";

/**
 * Compares phone numbers as people write them with stored numbers, which are E.164 and an extension: separators
 * between the digits are ignored. Which numbers may be stored is decided in `lib/phone.ts`.
 *
 * `country` is the default country of numbers without a country code, ISO 3166-1 alpha-2; null for none.
 */

/** Spaces, brackets, dots, slashes, dashes of every kind and characters of no width. */
const separators = /[\s()./\p{Pd}\p{Cf}]/gu;

/** `+44 (0)20 7946 0958`: the trunk prefix 0 is dialled only within the country. */
const trunk = /(\+[\d\s]{1,10})\(0\)/g;

/** A part of a number without separators; its first digits may be zeros. */
const bareDigits = (text: string): string => text.replace(trunk, "$1").replace(separators, "");

/** In the form in which numbers with an extension are stored. */
const stored = (digits: string, ext: string | null): string =>
  ext === null ? digits : `${digits};ext=${ext}`;

/**
 * A number without a country code as a number of the default country; null for a number that has one, or that is not
 * valid in the country.
 */
function national(text: string, country: string | null): string | null {
  if (country === null || bareDigits(text).startsWith("+")) return null;
  const read = parsePhone(text, country);
  return "number" in read ? read.number : null;
}

/** A written number in its stored form, with the prefix 00 as +. */
export function wholeNumber(text: string, country: string | null): string {
  const { digits, ext } = splitExtension(text);
  return national(text, country) ?? stored(bareDigits(digits).replace(/^00/, "+"), ext);
}

/** The possible starts of stored numbers for a written start. */
export function beginningsOf(text: string, country: string | null): readonly string[] {
  const whole = wholeNumber(text, null);
  if (country === null || whole.startsWith("+")) return [whole];
  const beginning = phoneBeginning(bareDigits(text), country);
  return beginning === null ? [whole] : [whole, beginning];
}

/**
 * The parts to search in stored numbers: the part itself, the part without leading zeros that are a prefix (00 before
 * a country code, 0 before a national number), and if none of these is found, the number in the default country.
 */
export function partsOf(text: string, country: string | null): readonly string[] {
  const { digits, ext } = splitExtension(text);
  const parts = prefixesOf(bareDigits(digits)).map((part) => stored(part, ext));
  const number = national(text, country);
  return number === null || parts.some((part) => number.includes(part)) ? parts : [...parts, number];
}

function prefixesOf(bare: string): readonly string[] {
  if (/^00\d/.test(bare)) return [bare, bare.replace(/^00/, "+")];
  return /^0\d{5}/.test(bare) ? [bare, bare.slice(1)] : [bare];
}

/** Words of a phone number, such as `(512)` or `867-7777`, or one with its extension: `5309x12`. */
const word = /^(?=\D*\d)[+\d()./\p{Pd}\p{Cf}]+(?:(?:;ext=|ext\.?|x|#)\d+)?$/u;

/** Words before an extension, or with one: `ext. 12`, `x12`. */
const extensionWord = /^(?:ext(?:ension|n)?\.?|x|#)\d*$/;

/** Fewest digits of a number that is written with separators. */
const MIN_DIGITS = 5;

/** Consecutive words, and the phone number that they may form, in the form of `contains`. */
interface Run {
  readonly words: string[];
  /** Empty for words that are no number, or that have the stored form already. */
  readonly numbers: readonly string[];
}

/** Splits words into those that together may be one phone number, and the others one by one. */
export function numbersIn(words: readonly string[], country: string | null): Run[] {
  const runs: { words: string[]; number: boolean }[] = [];
  for (const [at, each] of words.entries()) {
    const last = runs.at(-1);
    const number = word.test(each);
    const extended = extensionWord.test(each) && /\d$/.test(each + (words[at + 1] ?? ""));
    if (last?.number && (extended || (number && !each.includes("+")))) last.words.push(each);
    else runs.push({ words: [each], number });
  }
  return runs.map(({ words, number }) => {
    const text = words.join(" ");
    const parts = number ? partsOf(text, country) : [];
    const asWritten = words.length === 1 && parts.length === 1 && parts[0] === words[0];
    const short = splitExtension(text).digits.replace(/\D/g, "").length < MIN_DIGITS;
    return { words, numbers: asWritten || short ? [] : parts };
  });
}
