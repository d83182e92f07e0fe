import { createRequire } from "node:module";

/** Loaded with the first number: its tables and a hundred modules are no part of a start. */
const load = createRequire(import.meta.url);
let library: typeof import("libphonenumber-js") | undefined;

/**
 * Reads a phone number that carries its country: E.164 once the spaces, dots, dashes and brackets are gone.
 * Numbering plans are not enforced, because fictional and brand-new ranges are in use.
 *
 * @returns E.164, or null when the text is none
 */
export function readPhone(text: string): string | null {
  const bare = text
    .trim()
    .replace(/[\s().\-/]/g, "")
    .replace(/^00/, "+");
  library ??= load("libphonenumber-js") as typeof import("libphonenumber-js");
  const parsed = library.parsePhoneNumberFromString(bare);
  if (parsed?.isValid() && !parsed.ext) return parsed.number;
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null;
}
