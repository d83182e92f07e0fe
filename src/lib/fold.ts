/**
 * How texts are compared, in the derived columns that filters use and in the filters' operands. Computed here, because
 * the database's `lower()` depends on the locale that the database was created with.
 */

/** Spaces of every kind and characters that show nothing. */
const blank = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** Whether a text shows nothing: empty, spaces, zero-width characters. Blank text counts as no value. */
export const isBlank = (text: string): boolean => blank.test(text);

/** A text's comparison form: composed (NFC) and lower case, without rules that depend on a letter's neighbours. */
export const fold = (text: string): string =>
  text.normalize("NFC").toLowerCase().replaceAll("ς", "σ").normalize("NFC");

/** The comparison key of a column: null when there is no value. */
export const foldedOrNull = (text: string | null | undefined): string | null =>
  text == null || isBlank(text) ? null : fold(text);
