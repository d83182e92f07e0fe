import { fold } from "./fold.ts";
import { withoutInvisibleEnds } from "./invisible.ts";

/**
 * How searches and orders pass over accents. The rule is of fixed letters and marks, and not the database's `unaccent`
 * or a collation, so that both databases, any server's locale and the SQL of a migration come to the same.
 *
 * Marks are taken from Latin and Greek letters alone. What looks like a mark elsewhere makes another letter or word: й
 * is not и, が is not か, and the vowels of Indic scripts are marks.
 */
/** Latin and Greek letters, in the forms that `fold` leaves. */
const LETTERS =
  "a-zªºß-öø-ɏɐ-ʯ\\u0370-\\u03ff\\u1d00-\\u1dbf\\u1e00-\\u1fff\\u2c60-\\u2c7f\\ua722-\\ua7ff\\uab30-\\uab6f\\ufb00-\\ufb06\\uff41-\\uff5a";

/** The blocks of combining diacritical marks. */
const MARKS = "\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f";

/**
 * Letters that Unicode does not take apart, as people write them without. Ё is in names what Е is: Артём,
 * Артем.
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

/** What stands for one letter: itself where it has no accent. */
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: the plain texts that most are need nothing of this
const ascii = /^[\u0000-\u007f]*$/;

/**
 * A folded text without accents: `zoë müller` is `zoe muller`, `straße` is `strasse`. Each letter by itself, so that
 * what is a beginning or part of a text is one of its plain form too.
 *
 * @param folded from `fold`
 */
export const plain = (folded: string): string =>
  ascii.test(folded) ? folded : folded.replace(marked, "$1").replace(accented, lookUp);

/** Between the two parts of an order key. Sorts before everything that stands in a line. */
export const DIVIDE = "\u0001";

/** A folded text as it is in an order key. Control characters in texts tell nobody anything, and become another one. */
export const undivided = (folded: string): string => folded.replaceAll(DIVIDE, "\u0002");

/**
 * What a text is sorted by in its derived column: the plain text, and behind it the folded one where they differ. So
 * éric comes right behind eric, no two texts of different letters tie, and comparisons still see the accents.
 *
 * @param folded from `fold`
 */
export function orderKey(folded: string): string {
  const text = undivided(folded);
  const without = plain(text);
  return without === text ? text : `${without}${DIVIDE}${text}`;
}

/** The key by which tags are the same, and sort: without regard to case and outer spaces. */
export const tagKey = (name: string): string => orderKey(fold(withoutInvisibleEnds(name).trim()));

/** The folded text in an order key. */
export const foldedPart = (key: string): string => key.slice(key.indexOf(DIVIDE) + 1);

/** Those of some folded lines that have accents, without them. */
export const plainLines = (folded: readonly string[]): string[] =>
  folded.flatMap((line) => {
    const without = plain(line);
    return without === line ? [] : [without];
  });
