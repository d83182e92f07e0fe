import type { Definition } from "../../filter/registry/fields.ts";
import { textProblem } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";
import { withoutTextMark } from "../../lib/formula.ts";
import { withoutInvisibleEnds } from "../../lib/invisible.ts";

/** Reads cells of a file as people and spreadsheets write them. Pure. */

/** True and false in several languages, as spreadsheets and people write them. */
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

/** One value of a cell with several values. */
interface Item {
  readonly text: string;
  /** Whether the value was quoted: then it is used as it is, including separators. */
  readonly quoted: boolean;
}

/** A quoted value with surrounding blanks; a quote inside is doubled. */
const quoted = /\s*"((?:[^"]|"")*)"\s*/y;

/** The values of a cell with several values, plain or quoted, as Mailchimp and other exports write them. */
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

/** The values of a cell with several values. */
export const split = (cell: string, separators: RegExp): string[] =>
  itemsOf(cell, separators).map(({ text }) => text);

/** A long number in the exponent form of spreadsheets, which has lost most of its digits. */
export const exponent = /^\d([.,]\d+)?E\+?\d+$/i;

/** The tags of a cell, without Google's own groups. */
export const tagsIn = (cell: string, separators: RegExp): string[] =>
  itemsOf(cell, separators).flatMap(({ text, quoted }) => (!quoted && text.startsWith("* ") ? [] : text));

/** A formula with which spreadsheets keep a number as text: ="01067". */
const formula = /^="([^"]*)"$/;

/** A numeric date, with or without a time. */
const day = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[T ,].{0,30})?$/;

/** Subscription states of mailing systems, with whether they allow contact; null for states that say neither. */
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
 * The boolean value of a cell; null if the cell gives none. For a "do not contact" field, a date (when the person
 * unsubscribed) and `unsubscribed` mean that the person must not be contacted.
 *
 * @param wish the protective value of the field, if it has one
 */
export function truthIn(cell: string, wish: boolean | undefined): boolean | null | undefined {
  const truth = truthOf(cell);
  if (truth !== undefined || wish !== true) return truth;
  return day.test(cell) ? true : standings.get(fold(cell).replace(/[^\p{L}]+/gu, " "));
}

/** A cell as an enum value. */
export const wordOf = (cell: string): string =>
  cell
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, "_");

/** Characters that a wrong encoding leaves: the replacement character, and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unreadable = /[\ufffd\u0001-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f]/;

/** A cell's text without the formula or quote mark that spreadsheets add. */
export const cellText = (cell: string): string =>
  withoutInvisibleEnds(withoutTextMark(withoutInvisibleEnds(cell).trim().replace(formula, "$1"))).trim();

/** Why a cell is no readable text; null if it is. */
export const cellProblem = (cell: string): string | null =>
  textProblem(cell) ??
  (unreadable.test(cell) ? "has bytes that cannot be read as text; is the file in another encoding?" : null);

/** A cell in the form that its custom field's type reads. */
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
