import { bitOf, type Language, languagesOf } from "./alphabets.ts";
import { decoderOf } from "./decoders.ts";

/** Finding out in which encoding a text is that is no Unicode, by its words. Pure. */

const west: readonly Language[] = ["de", "fr", "es", "ca", "it", "pt", "nl", "sv", "da", "is"];
const east: readonly Language[] = ["pl", "cs", "sk", "hu", "hr", "ro", "de"];
const cyrillic: readonly Language[] = ["ru", "uk", "be", "sr"];

/** Encodings of one byte a letter, and their languages. Of two that explain a file as well the first is taken. */
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

/** Bytes from and to which the first and the second byte of the characters in use are. */
interface InUse {
  readonly first: readonly [number, number];
  readonly second: readonly [number, number];
}

/** Encodings of one or two bytes a character. */
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

/** Different words that are looked at, and bytes of one. */
const WORDS = 1000;
const WORD = 64;

/** What is told of a text by an encoding. */
interface Reading {
  /** Words that are none in any of its languages. */
  readonly bad: number;
  /** Words of the language that most are of. */
  readonly best: number;
}

/**
 * The encoding under which the words of a text are words: of letters that a language of it has together, with capitals
 * only where words have them, and no symbols inside. One language for the whole is better than several.
 *
 * @param text lines that are no UTF-8
 * @returns null when the words are none in any
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
  // Words in Latin letters have some of ASCII.
  const foreign = !otherScripts.has(alphabets[best][0]) && words.filter(hasAscii).length * 2 < words.length;
  return (unknown || foreign ? doubleByteOf(text) : null) ?? (found.bad * 2 > words.length ? null : best);
}

const hasAscii = (word: string): boolean => /[a-z]/i.test(word);

/** The different words with bytes beyond ASCII, a byte a character. */
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

/** Symbols alone, but for those that only a wrong encoding leaves. */
const symbols = /^[^\p{L}\u0080-\u009f\u00a4\u2500-\u25a0\ufffd]+$/u;

/** Marks around a word. */
const before = /^[“„«‹‘‚’–—\u00a0]+/;
const after = /[”’»›…–—®™°ªº\u00a0]+$/;

/** Between the parts of a word: a dash before a capital, and an apostrophe before one, or where a language has it. */
const between =
  /[–’\u00a0](?=\p{Lu})|(?<=^(?:[cdjlmnst]|qu|un|(?:d|n)?ell|all|dall|sull))’|’(?=(?:s|t|d|m|ll|re|ve)$)|(?<=\p{Script=Cyrillic})’/iu;

/** Letters as words have them: capitals at the beginning, everywhere, or nowhere. */
const regular = /^(?:\p{Lu}?[\p{Ll}\p{Lo}\p{M}]*|[\p{Lu}ß]+)$/u;
const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/** The languages that a word may be of. */
function judge(word: string): number {
  if (symbols.test(word)) return -1;
  const parts = word.replace(before, "").replace(after, "").split(between);
  if (!parts.every((part) => regular.test(part))) return 0;
  if (scripts.filter((script) => script.test(word)).length > 1) return 0;
  return parts.reduce((languages, part) => languages & languagesOf(part.toLowerCase()), -1);
}

/** Of the double-byte encodings that a text may be in, the one in which most characters are in use. */
function doubleByteOf(text: Buffer): Double | null {
  const shares = doubles.map((name) => ({ name, share: shareInUse(text, name) }));
  const best = shares.reduce((one, other) => (other.share > one.share ? other : one));
  return best.share >= ENOUGH ? best.name : null;
}

/** Share of the characters that are in use. */
const ENOUGH = 0.6;

/** Half-width katakana are written, but seldom. */
const SELDOM = 0.7;

function shareInUse(text: Buffer, name: Double): number {
  try {
    // The last character may be cut off.
    new TextDecoder(name, { fatal: true }).decode(text, { stream: true });
  } catch {
    return 0;
  }
  const { first, second }: InUse = doubleByte[name];
  let all = 0;
  let inUse = 0;
  // Behind the last character that was no ASCII.
  let behind = 0;
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at] ?? 0;
    if (one < 0x80) continue;
    all += 1;
    // In one word with Latin letters stand letters of their kind.
    const inWord = at > behind && isAsciiLetter(text[at - 1] ?? 0);
    if (name === "shift_jis" && one >= 0xa1 && one <= 0xdf) {
      if (!inWord) inUse += SELDOM;
      behind = at + 1;
      continue;
    }
    const two = text[at + 1] ?? 0;
    const known = one >= first[0] && one <= first[1] && two >= second[0] && two <= second[1];
    if (known && !inWord) inUse += 1;
    // Four bytes of GB 18030 have a figure as the second one.
    at += name === "gb18030" && two < 0x40 ? 3 : 1;
    behind = at + 1;
  }
  return inUse / all;
}

const isAsciiLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte));
