import type { Definition } from "../../filter/registry/fields.ts";
import { textProblem } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";

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

/** The values of a cell that has several. */
export const split = (cell: string, separators: RegExp): string[] =>
  cell
    .split(separators)
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** The ' that spreadsheets put before what they are to take for text. */
const marked = /^'(?=[=+\-@\d])/;

/** A long number as spreadsheets show it: most of its digits are gone. */
export const exponent = /^\d([.,]\d+)?E\+?\d+$/i;

/** Tags of a cell, without quotes around each, as Mailchimp writes them, and without the groups of Google's own. */
export const tagsIn = (cell: string, separators: RegExp): string[] => {
  const tags = quotedList.test(cell) ? split(cell.slice(1, -1), /"\s*[,;|]\s*"/) : split(cell, separators);
  return tags.filter((tag) => !tag.startsWith("* "));
};

/** Values of which each is in quotes, with what may stand between values inside of them. */
const quotedList = /^"[^"]*"(?:\s*[,;|]\s*"[^"]*")*$/;

/** A formula by which spreadsheets keep a number as a text: ="01067". */
const formula = /^="([^"]*)"$/;

/** A day, written in figures, with or without its time. */
const day = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[T ,].{0,30})?$/;

/** What a cell says of a flag. When somebody began not to be contacted says that they are not to be. */
export const truthIn = (cell: string, wish: boolean | undefined): boolean | undefined =>
  truthOf(cell) ?? (wish === true && day.test(cell) ? true : undefined);

/** A cell as the word of an enum. */
export const wordOf = (cell: string): string =>
  cell
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, "_");

/** What a wrong encoding leaves behind: the replacement character, and controls that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unreadable = /[\ufffd\u0001-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f]/;

/** One point before three digits: it stands before decimals, or between thousands. */
export const ambiguous = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

/** A number with a decimal comma, and points between thousands, in the form that numbers have elsewhere. */
const decimalCell = (cell: string): string =>
  /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/.test(cell) && (cell.includes(",") || cell.split(".").length > 2)
    ? cell.replaceAll(".", "").replace(",", ".")
    : cell.replace(/^([+-]?\d+),(\d+)$/, "$1.$2");

/** A cell without what spreadsheets put around a text. */
export const cellText = (cell: string): string =>
  cell.trim().replace(formula, "$1").replace(marked, "").trim();

/** Why a cell is no text; null when it is one. */
export const cellProblem = (cell: string): string | null =>
  textProblem(cell) ?? (unreadable.test(cell) ? "has bytes that cannot be read as text" : null);

/** A cell in the form in which a custom field's type reads it. */
export function customCell(cell: string, definition: Definition | undefined, decimalComma: boolean): unknown {
  switch (definition?.type) {
    case "NUMBER":
      return decimalComma ? decimalCell(cell) : cell;
    case "BOOLEAN":
      return truthOf(cell) ?? cell;
    case "MULTI_SELECT":
      return split(cell, /[,;|]/);
    default:
      return cell;
  }
}
