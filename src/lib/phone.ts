import { parsePhoneNumberFromString } from "libphonenumber-js";

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
  const parsed = parsePhoneNumberFromString(bare);
  if (parsed?.isValid() && !parsed.ext) return parsed.number;
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null;
}
