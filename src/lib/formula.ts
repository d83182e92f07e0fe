/**
 * Marks CSV cells as text with an apostrophe, so that spreadsheets do not calculate them as formulas. The apostrophe is
 * added before one of these characters, and before apostrophes that one of them or a digit follows, so that reading a
 * cell removes exactly what writing it added.
 */
const formula = /^(?:'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]|'+\d)/;

/** Where reading a cell removes an apostrophe: also before digits, where spreadsheets themselves add one. */
const text = /^'(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20\d])/;

/** Marks a cell as text if a spreadsheet would calculate it. */
export const withoutFormula = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);

/** Removes the apostrophe that marks a cell as text: `withoutTextMark(withoutFormula(cell))` is the cell. */
export const withoutTextMark = (cell: string): string => cell.replace(text, "");
