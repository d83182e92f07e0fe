/**
 * Invisible characters that nobody means and that are copied along with a text: zero-width characters, direction marks,
 * soft hyphens, byte order marks. All inputs, cells of files, operands of filters and searches follow one rule: such
 * characters are removed at the ends of a text and kept inside, where Persian, Indic scripts and emoji need some of
 * them. An e-mail or web address with one inside is refused, because it differs from the address that people see.
 */

const INVISIBLE =
  "\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb";

const invisible = new RegExp(`[${INVISIBLE}]`);
const allInvisible = new RegExp(`[${INVISIBLE}]`, "g");
const isEdge = new RegExp(`[\\s${INVISIBLE}]`);

/** Characters that begin a run of another direction, and the character that ends each. */
const closers: Readonly<Record<string, string>> = {
  ...{ "\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c" },
  ...{ "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069" },
};

/** The characters that would end the runs of another direction that a text leaves open, the innermost first. */
function left(text: string): string[] {
  const open: string[] = [];
  for (const [letter] of text.matchAll(allInvisible)) {
    const closer = closers[letter];
    if (closer !== undefined) open.unshift(closer);
    else if (letter === open[0]) open.shift();
  }
  return open;
}

/**
 * Removes invisible characters at the ends of a text. Spaces stay, and so does the end of a run of another direction
 * that begins inside: without it, the text would reverse what is written after it. A text without a visible character
 * is returned unchanged.
 */
export function withoutInvisibleEnds(text: string): string {
  let from = 0;
  while (from < text.length && isEdge.test(text.charAt(from))) from += 1;
  let to = text.length;
  while (to > from && isEdge.test(text.charAt(to - 1))) to -= 1;
  if (from === to || (from === 0 && to === text.length)) return text;
  const [before, behind] = [text.slice(0, from), text.slice(to)];
  if (!invisible.test(before) && !invisible.test(behind)) return text;
  const inside = text.slice(from, to);
  const open = left(inside);
  const kept = behind.replace(allInvisible, (letter) => (letter === open[0] ? (open.shift() ?? "") : ""));
  return `${before.replace(allInvisible, "")}${inside}${kept}`;
}

const ignorable = /\p{Default_Ignorable_Code_Point}/u;
const joiners = /[\u200c\u200d]/g;

const named = (letter: string): string =>
  `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** The first invisible character of an e-mail address, such as `U+200B`; null if there is none. */
export function invisibleInAddress(address: string): string | null {
  const found = ignorable.exec(address);
  return found && named(found[0]);
}

/**
 * The same for a web address. After its host, words of Persian and Indic scripts need joiners, emoji need selectors.
 */
export function invisibleInUrl(url: string): string | null {
  const [host = ""] = /^[^:]*:[/\\]*[^/\\?#]*/.exec(url) ?? [];
  const found = ignorable.exec(host) ?? invisible.exec(url.slice(host.length).replace(joiners, ""));
  return found && named(found[0]);
}
