/**
 * The apostrophe by which a cell of CSV is a text to spreadsheets, and no formula: it is put before one of these
 * characters, and before apostrophes with one of them or a digit behind, so that what is taken away is what was put
 * there.
 */
const formula = /^(?:'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]|'+\d)/;

/** What an apostrophe is taken away before: spreadsheets themselves put one before digits. */
const text = /^'(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20\d])/;

/** A cell that no spreadsheet calculates. */
export const withoutFormula = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);

/** A cell without the apostrophe in front that made it a text: `withoutTextMark(withoutFormula(cell))` is the cell. */
export const withoutTextMark = (cell: string): string => cell.replace(text, "");
