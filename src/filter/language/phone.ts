/**
 * Phone numbers as people write and paste them, compared with E.164: separators between the digits are ignored. Which numbers
 * may be stored is decided in `lib/phone.ts`.
 */

/** Spaces, brackets, dots, slashes, dashes of every kind and characters of no width. */
const separators = /[\s()./\p{Pd}\p{Cf}]/gu;

/** `+44 (0)20 7946 0958`: the trunk's 0 is dialled within the country alone. */
const trunk = /(?<=\+[\d\s]*)\(0\)/g;

/** A written number without separators, with the prefix 00 as +. */
export const bareNumber = (text: string): string => bareDigits(text).replace(/^00/, "+");

/** A part of a number without separators; its first digits may be zeros. */
const bareDigits = (text: string): string => text.replace(trunk, "").replace(separators, "");

/** What a word of a phone number is made of, such as `(512)` or `867-7777`. */
const word = /^[+\d()./\p{Pd}\p{Cf}]*\d[\d()./\p{Pd}\p{Cf}]*$/u;

/** Fewest digits of a number that is written with separators. */
const MIN_DIGITS = 5;

/** Consecutive words, and the phone number that they may be together, in the form of `contains`. */
interface Run {
  readonly words: string[];
  /** None for words that are not a number, or that have the stored form already. */
  readonly numbers: readonly string[];
}

/** Splits words into those that can be one phone number together, and the others one by one. */
export function numbersIn(words: readonly string[]): Run[] {
  const runs: { words: string[]; number: boolean }[] = [];
  for (const each of words) {
    const last = runs.at(-1);
    const number = word.test(each);
    if (number && last?.number && !each.includes("+")) last.words.push(each);
    else runs.push({ words: [each], number });
  }
  return runs.map(({ words, number }) => {
    const parts = number ? partsOf(words.join(" ")) : [];
    const asWritten = words.length === 1 && parts.length === 1 && parts[0] === words[0];
    const short = (parts[0]?.replace(/\D/g, "").length ?? 0) < MIN_DIGITS;
    return { words, numbers: asWritten || short ? [] : parts };
  });
}

/**
 * The parts to search in stored numbers: the part as it is, and without leading zeros that are a prefix (00 before a country
 * code, 0 before a national number).
 */
export function partsOf(text: string): readonly string[] {
  const bare = bareDigits(text);
  if (/^00\d/.test(bare)) return [bare, bare.replace(/^00/, "+")];
  return /^0\d{5}/.test(bare) ? [bare, bare.slice(1)] : [bare];
}
