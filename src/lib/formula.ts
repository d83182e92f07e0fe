/**
 * Cells that a spreadsheet would take for a formula: those that begin with one of these characters, or with apostrophes
 * and one of them. Another apostrophe in front makes them text.
 */
const formula = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** A cell that no spreadsheet calculates. */
export const withoutFormula = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);
