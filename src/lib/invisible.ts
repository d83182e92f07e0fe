/**
 * What nobody sees and nobody means, and what comes along when a text is copied: characters without width, marks of
 * direction, soft hyphens, byte order marks. One rule for all inputs, cells of files, operands of filters and searches:
 * they are taken away at the ends of a text, and stay inside, where Persian, Indic scripts and emoji need some of them.
 * An e-mail address or a web address that has one inside is refused, since it would be another one than the one that is
 * seen.
 */

const INVISIBLE =
  "\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb";

const invisible = new RegExp(`[${INVISIBLE}]`);
const allInvisible = new RegExp(`[${INVISIBLE}]`, "g");
const isEdge = new RegExp(`[\\s${INVISIBLE}]`);

/** What begins a run of another direction, and what ends it. */
const closers: Readonly<Record<string, string>> = {
  ...{ "\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c" },
  ...{ "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069" },
};

/** The ends of runs of another direction that a text leaves open, the innermost first. */
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
 * A text without what is invisible at its ends. Spaces there stay, and so does the end of a run of another direction
 * that begins inside: without it the text would turn around what is written behind it. A text in which nothing can be
 * seen stays as it is.
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

/** The character in an e-mail address that nobody sees, `U+200B`; null when there is none. */
export function invisibleInAddress(address: string): string | null {
  const found = ignorable.exec(address);
  return found && named(found[0]);
}

/** The same of a web address. Behind its host, joiners make words of Persian and Indic scripts, and selectors emoji. */
export function invisibleInUrl(url: string): string | null {
  const [host = ""] = /^[^:]*:[/\\]*[^/\\?#]*/.exec(url) ?? [];
  const found = ignorable.exec(host) ?? invisible.exec(url.slice(host.length).replace(joiners, ""));
  return found && named(found[0]);
}
