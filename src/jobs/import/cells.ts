import type { Definition } from "../../filter/registry/fields.ts";
import { textProblem } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";
import { withoutTextMark } from "../../lib/formula.ts";
import { withoutInvisibleEnds } from "../../lib/invisible.ts";

/** What a cell of a file says, as people and spreadsheets write it. Pure. */

/** What a mark or a word in a cell says; the words are those that spreadsheets and people write in their languages. */
const truths = new Map<string, boolean>([
  ...[
    "true",
    "yes",
    "y",
    "1",
    "x",
    "\u2713",
    "\u2714",
    "on",
    "ja",
    "j",
    "wahr",
    "oui",
    "o",
    "vrai",
    "si",
    "sí",
    "sì",
    "sim",
    "tak",
    "vero",
    "verdadero",
    "verdadeiro",
    "waar",
    "prawda",
  ].map((word) => [word, true] as const),
  ...[
    "false",
    "no",
    "n",
    "0",
    "off",
    "nein",
    "falsch",
    "non",
    "faux",
    "não",
    "nee",
    "nie",
    "falso",
    "onwaar",
    "fałsz",
  ].map((word) => [word, false] as const),
]);

const truthOf = (cell: string): boolean | undefined => truths.get(fold(cell));

/** A value of a cell that has several. */
interface Item {
  readonly text: string;
  /** Whether it stood in quotes: it is then as it is, separators in it included. */
  readonly quoted: boolean;
}

/** Blanks, and a value in quotes, in which a quote is written twice. */
const quoted = /\s*"((?:[^"]|"")*)"\s*/y;

/** The values of a cell that has several, each by itself or in quotes, as Mailchimp and exports write them. */
function itemsOf(cell: string, separators: RegExp): Item[] {
  const separator = new RegExp(separators.source, "g");
  const items: Item[] = [];
  for (let at = 0; at <= cell.length; ) {
    quoted.lastIndex = at;
    const [whole = "", inside = ""] = quoted.exec(cell) ?? [];
    const behind = at + whole.length;
    separator.lastIndex = behind;
    let next = separator.exec(cell);
    if (whole !== "" && (next?.index ?? cell.length) === behind) {
      items.push({ text: inside.replaceAll('""', '"'), quoted: true });
    } else {
      separator.lastIndex = at;
      next = separator.exec(cell);
      items.push({ text: cell.slice(at, next?.index).trim(), quoted: false });
    }
    at = next === null ? cell.length + 1 : next.index + next[0].length;
  }
  return items.filter(({ text }) => text.trim() !== "");
}

/** The values of a cell that has several. */
export const split = (cell: string, separators: RegExp): string[] =>
  itemsOf(cell, separators).map(({ text }) => text);

/** A long number as spreadsheets show it: most of its digits are gone. */
export const exponent = /^\d([.,]\d+)?E\+?\d+$/i;

/** Tags of a cell, without the groups of Google's own. */
export const tagsIn = (cell: string, separators: RegExp): string[] =>
  itemsOf(cell, separators).flatMap(({ text, quoted }) => (!quoted && text.startsWith("* ") ? [] : text));

/** A formula by which spreadsheets keep a number as a text: ="01067". */
const formula = /^="([^"]*)"$/;

/** A day, written in figures, with or without its time. */
const day = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[T ,].{0,30})?$/;

/** What systems that send mail say of whom they may write to; null where that is no wish of anybody. */
const standings = new Map<string, boolean | null>([
  ...[
    "unsubscribed",
    "opted out",
    "opt out",
    "cleaned",
    "no consent",
    "consent revoked",
    "revoked",
    "complained",
  ].map((word) => [word, true] as const),
  ...["subscribed", "opted in", "opt in", "confirmed", "consented", "express", "implied"].map(
    (word) => [word, false] as const,
  ),
  ...[
    "non subscribed",
    "never subscribed",
    "not subscribed",
    "pending",
    "not set",
    "archived",
    "unknown",
  ].map((word) => [word, null] as const),
]);

/**
 * What a cell says of a flag; null when it says nothing. Of a wish not to be contacted, when somebody began not to be
 * contacted says that they are not to be, and so does `unsubscribed`.
 *
 * @param wish the value that is the wish, of a flag that is one
 */
export function truthIn(cell: string, wish: boolean | undefined): boolean | null | undefined {
  const truth = truthOf(cell);
  if (truth !== undefined || wish !== true) return truth;
  return day.test(cell) ? true : standings.get(fold(cell).replace(/[^\p{L}]+/gu, " "));
}

/** A cell as the word of an enum. */
export const wordOf = (cell: string): string =>
  cell
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, "_");

/** What a wrong encoding leaves behind: the replacement character, and controls that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unreadable = /[\ufffd\u0001-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f]/;

/** A cell without what spreadsheets put around a text. */
export const cellText = (cell: string): string =>
  withoutInvisibleEnds(withoutTextMark(withoutInvisibleEnds(cell).trim().replace(formula, "$1"))).trim();

/** Why a cell is no text; null when it is one. */
export const cellProblem = (cell: string): string | null =>
  textProblem(cell) ??
  (unreadable.test(cell) ? "has bytes that cannot be read as text; is the file in another encoding?" : null);

/** A cell in the form in which a custom field's type reads it. */
export function customCell(cell: string, definition: Definition | undefined): unknown {
  switch (definition?.type) {
    case "BOOLEAN":
      return truthOf(cell) ?? cell;
    case "MULTI_SELECT":
      return split(cell, /[,;|]/);
    default:
      return cell;
  }
}
