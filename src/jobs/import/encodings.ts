import { decoderOf } from "../../lib/decoders.ts";
import { bitOf, type Language, languagesOf } from "./alphabets.ts";

/** Detects the encoding of a text that is not Unicode, by its words. Pure. */

const west: readonly Language[] = ["de", "fr", "es", "ca", "it", "pt", "nl", "sv", "da", "is"];
const east: readonly Language[] = ["pl", "cs", "sk", "hu", "hr", "ro", "de"];
const cyrillic: readonly Language[] = ["ru", "uk", "be", "sr"];

/** Single-byte encodings and their languages. If two fit a file equally well, the first one is used. */
const alphabets = {
  "windows-1252": west,
  "windows-1250": east,
  "windows-1251": cyrillic,
  macintosh: west,
  "iso-8859-15": west,
  "iso-8859-2": east,
  "windows-1254": ["tr", "de", "fr"],
  "windows-1253": ["el"],
  "windows-1257": ["lt", "lv", "et"],
  "koi8-r": ["ru"],
  "koi8-u": ["ru", "uk"],
  "x-mac-cyrillic": cyrillic,
  ibm866: cyrillic,
} as const satisfies Record<string, readonly Language[]>;

/** Ranges of the first and second byte of characters in common use. */
interface InUse {
  readonly first: readonly [number, number];
  readonly second: readonly [number, number];
}

/** Encodings of one or two bytes per character. */
const doubleByte = {
  shift_jis: { first: [0x82, 0x97], second: [0x40, 0xfc] },
  "euc-kr": { first: [0xb0, 0xc8], second: [0xa1, 0xfe] },
  gb18030: { first: [0xb0, 0xd7], second: [0xa1, 0xfe] },
  big5: { first: [0xa4, 0xc6], second: [0x40, 0xfe] },
  "euc-jp": { first: [0xa4, 0xcf], second: [0xa1, 0xfe] },
} as const satisfies Record<string, InUse>;

type Single = keyof typeof alphabets;
type Double = keyof typeof doubleByte;

const singles = Object.keys(alphabets) as Single[];
const doubles = Object.keys(doubleByte) as Double[];

/** Languages without Latin letters. */
const otherScripts: ReadonlySet<Language> = new Set([...cyrillic, "el"]);

/** Most distinct words that are examined, and most bytes of a word. */
const WORDS = 1000;
const WORD = 64;

/** How well a text fits an encoding. */
interface Reading {
  /** Number of words that are valid in none of the encoding's languages. */
  readonly bad: number;
  /** Number of words in the most frequent language. */
  readonly best: number;
}

/**
 * The encoding in which the words of a text look like words: with letters of one language, capitals only at usual
 * positions, and no symbols inside. One language for all words is better than several.
 *
 * @param text lines that are not UTF-8
 * @returns null if the words fit no encoding
 */
export function legacyOf(text: Buffer): Single | Double | null {
  const words = wordsOf(text);
  let best: Single = "windows-1252";
  let found = readAs(best, words);
  for (const name of singles.slice(1)) {
    const reading = readAs(name, words);
    if (reading.best - reading.bad > found.best - found.bad) [best, found] = [name, reading];
  }
  const unknown = found.bad * 3 > words.length;
  // Words in Latin letters also contain ASCII letters.
  const foreign = !otherScripts.has(alphabets[best][0]) && words.filter(hasAscii).length * 2 < words.length;
  return (unknown || foreign ? doubleByteOf(text) : null) ?? (found.bad * 2 > words.length ? null : best);
}

const hasAscii = (word: string): boolean => /[a-z]/i.test(word);

/** The distinct words with non-ASCII bytes, one character per byte. */
function wordsOf(text: Buffer): string[] {
  const words = new Set<string>();
  for (const [word] of text.toString("latin1").matchAll(/[A-Za-z\x80-\xff]+/g)) {
    if (!/[\x80-\xff]/.test(word)) continue;
    words.add(word.slice(0, WORD));
    if (words.size === WORDS) break;
  }
  return [...words];
}

function readAs(name: Single, words: readonly string[]): Reading {
  const bits = alphabets[name].map(bitOf);
  const all = bits.reduce((sum, bit) => sum | bit, 0);
  const counts = bits.map(() => 0);
  let bad = 0;
  for (const word of decoderOf(name)
    .decode(Buffer.from(words.join("\n"), "latin1"))
    .split("\n")) {
    const languages = judge(word) & all;
    if (languages === 0) bad += 1;
    for (const [at, bit] of bits.entries()) {
      if ((languages & bit) !== 0) counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  return { bad, best: Math.max(...counts) };
}

/** Words of symbols only, except those that a wrong encoding produces. */
const symbols = /^[^\p{L}\u0080-\u009f\u00a4\u2500-\u25a0\ufffd]+$/u;

/** Punctuation before a word. */
const before = /^[“„«‹‘‚’–—\u00a0]+/;
const after = /[”’»›…–—®™°ªº\u00a0]+$/;

/**
 * Between parts of a word: a dash before a capital letter; an apostrophe before a capital letter, or in languages
 * that use one.
 */
const between =
  /[–’\u00a0](?=\p{Lu})|(?<=^(?:[cdjlmnst]|qu|un|(?:d|n)?ell|all|dall|sull))’|’(?=(?:s|t|d|m|ll|re|ve)$)|(?<=\p{Script=Cyrillic})’/iu;

/** Usual capitalization: first letter, all letters, or none. */
const regular = /^(?:\p{Lu}?[\p{Ll}\p{Lo}\p{M}]*|[\p{Lu}ß]+)$/u;
const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/** The languages that a word may belong to. */
function judge(word: string): number {
  if (symbols.test(word)) return -1;
  const parts = word.replace(before, "").replace(after, "").split(between);
  if (!parts.every((part) => regular.test(part))) return 0;
  if (scripts.filter((script) => script.test(word)).length > 1) return 0;
  return parts.reduce((languages, part) => languages & languagesOf(part.toLowerCase()), -1);
}

/** The double-byte encoding with the most characters in common use. */
function doubleByteOf(text: Buffer): Double | null {
  const shares = doubles.map((name) => ({ name, share: shareInUse(text, name) }));
  const best = shares.reduce((one, other) => (other.share > one.share ? other : one));
  return best.share >= ENOUGH ? best.name : null;
}

/** Smallest share of characters that must be in common use. */
const ENOUGH = 0.6;

/** Half-width katakana are valid but rare. */
const SELDOM = 0.7;

function shareInUse(text: Buffer, name: Double): number {
  try {
    // The last character may be incomplete.
    new TextDecoder(name, { fatal: true }).decode(text, { stream: true });
  } catch {
    return 0;
  }
  const { first, second }: InUse = doubleByte[name];
  let all = 0;
  let inUse = 0;
  // Position after the last non-ASCII character.
  let behind = 0;
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at] ?? 0;
    if (one < 0x80) continue;
    all += 1;
    // Letters inside a word with ASCII letters belong to the same script.
    const inWord = at > behind && isAsciiLetter(text[at - 1] ?? 0);
    if (name === "shift_jis" && one >= 0xa1 && one <= 0xdf) {
      if (!inWord) inUse += SELDOM;
      behind = at + 1;
      continue;
    }
    const two = text[at + 1] ?? 0;
    const known = one >= first[0] && one <= first[1] && two >= second[0] && two <= second[1];
    if (known && !inWord) inUse += 1;
    // Four-byte characters of GB 18030 have a digit as second byte.
    at += name === "gb18030" && two < 0x40 ? 3 : 1;
    behind = at + 1;
  }
  return inUse / all;
}

const isAsciiLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte));
