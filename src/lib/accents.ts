import { fold } from "./fold.ts";
import { withoutInvisibleEnds } from "./invisible.ts";

/**
 * How searches and sorting ignore accents. The rule uses fixed letters and marks, not the database's `unaccent` or a
 * collation, so that both databases, every server locale and the SQL of a migration give the same result.
 *
 * Marks are removed from Latin and Greek letters only. In other scripts, removing a mark makes another letter or word:
 * й is not и, が is not か, and the vowels of Indic scripts are marks.
 */
/** Latin and Greek letters, in the forms that `fold` leaves. */
const LETTERS =
  "a-zªºß-öø-ɏɐ-ʯ\\u0370-\\u03ff\\u1d00-\\u1dbf\\u1e00-\\u1fff\\u2c60-\\u2c7f\\ua722-\\ua7ff\\uab30-\\uab6f\\ufb00-\\ufb06\\uff41-\\uff5a";

/** The blocks of combining diacritical marks. */
const MARKS = "\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f";

/**
 * Letters that Unicode does not decompose, and how people write them without accents. In names, Ё and Е are the same:
 * Артём, Артем.
 */
const indivisible: Readonly<Record<string, string>> = {
  ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ŧ: "t", ŋ: "n", ı: "i" },
  ...{ ȷ: "j", ƀ: "b", ɓ: "b", ɗ: "d", ǝ: "e", ə: "e", ƒ: "f", ǥ: "g", ɨ: "i", ƙ: "k", ŀ: "l", ƚ: "l" },
  ...{ ɵ: "o", ɍ: "r", ʉ: "u", ƴ: "y", ƶ: "z", ё: "е" },
};

const letter = new RegExp(`^[${LETTERS}]$`);
const mark = new RegExp(`[${MARKS}]`, "g");
const marked = new RegExp(`([${LETTERS}])[${MARKS}]+`, "g");
const accented = new RegExp(`[ё${LETTERS.replace("a-z", "")}]`, "g");

/** A letter without its accent; the same letter if it has none. */
function plainLetter(given: string): string {
  const known = indivisible[given];
  if (known !== undefined) return known;
  const parts = [...given.normalize("NFKD").replace(mark, "").toLowerCase()];
  return parts.every((part) => letter.test(part))
    ? parts.map((part) => indivisible[part] ?? part).join("")
    : given;
}

const plainLetters = new Map<string, string>();

function lookUp(given: string): string {
  const known = plainLetters.get(given);
  if (known !== undefined) return known;
  const made = plainLetter(given);
  plainLetters.set(given, made);
  return made;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: most texts are ASCII and need no conversion
const ascii = /^[\u0000-\u007f]*$/;

/**
 * Removes accents from a folded text: `zoë müller` becomes `zoe muller`, `straße` becomes `strasse`. Each letter is
 * converted by itself, so that a prefix or part of a text is also one of its plain form.
 *
 * @param folded from `fold`
 */
export const plain = (folded: string): string =>
  ascii.test(folded) ? folded : folded.replace(marked, "$1").replace(accented, lookUp);

/** Separates the two parts of an order key. Sorts before every character that a line can have. */
export const DIVIDE = "\u0001";

/** A folded text as order keys contain it: DIVIDE, which means nothing in a text, becomes another control character. */
export const undivided = (folded: string): string => folded.replaceAll(DIVIDE, "\u0002");

/**
 * The sort key of a text, for its derived column: the plain text, followed by the folded one if they differ. So éric
 * sorts right after eric, no two different folded texts tie, and comparisons still see the accents.
 *
 * @param folded from `fold`
 */
export function orderKey(folded: string): string {
  const text = undivided(folded);
  const without = plain(text);
  return without === text ? text : `${without}${DIVIDE}${text}`;
}

/** The key by which tag names are compared and sorted, without regard to case and outer spaces. */
export const tagKey = (name: string): string => orderKey(fold(withoutInvisibleEnds(name).trim()));

/** The folded text in an order key. */
export const foldedPart = (key: string): string => key.slice(key.indexOf(DIVIDE) + 1);

/** The folded lines that have accents, without their accents. Lines without accents are left out. */
export const plainLines = (folded: readonly string[]): string[] =>
  folded.flatMap((line) => {
    const without = plain(line);
    return without === line ? [] : [without];
  });
