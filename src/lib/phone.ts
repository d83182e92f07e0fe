import { createRequire } from "node:module";
import type { CountryCode } from "libphonenumber-js";

/** The library, loaded with the first number: its tables and its hundred modules would slow down the start. */
const load = createRequire(import.meta.url);
let library: typeof import("libphonenumber-js") | undefined;
const loaded = () => {
  library ??= load("libphonenumber-js") as typeof import("libphonenumber-js");
  return library;
};

/** Whether phone numbers of a country are known. The country is given by its two letters of ISO 3166-1. */
export const isPhoneCountry = (country: string): boolean => loaded().isSupportedCountry(country);

/** Longest text that is read, in UTF-16 units. */
const MAX_LENGTH = 100;

/** Maximum number of digits of an extension. */
const MAX_EXTENSION = 7;

/** Direction marks and zero-width characters, which are copied along with a number. */
const invisible = /\p{Cf}/gu;

/** Digits of any script, with what people write between them. */
const written = /^\+?[\p{Nd} .()/\u00a0\u202f\u2010-\u2013-]+$/u;

/** An extension that is marked as one. */
const extension = /(?:;ext=|[ ,]*(?:ext(?:ension|n)?\.?|x|#)) *(\d+)$/i;

/** Why a text is not one phone number: messages that continue "phone …". */
export const phoneProblems = {
  BLANK: () => "is blank",
  TOO_LONG_TEXT: () => `is too long: one phone number has at most ${MAX_LENGTH} characters`,
  LETTERS: () =>
    "is not a phone number, as it has letters: write digits, such as +33612345678, and mark an extension, as in +15128675309 ext. 12",
  NOT_A_NUMBER: () => "is not a phone number, such as +33612345678",
  TWO_NUMBERS: () =>
    "looks like two phone numbers: send each by itself, or mark an extension, as in +15128675309 ext. 12",
  LONG_EXTENSION: () => `has an extension that is too long: it may have ${MAX_EXTENSION} digits`,
  NEEDS_COUNTRY: () =>
    "needs its country code, such as +33612345678, or a default country: that of the input, of the import or of the organization",
  NO_SUCH_COUNTRY: () => "has a country code that does not exist; one that does begins +33612345678",
  TOO_SHORT: (whose: string) => `is too short for a phone number ${whose}`,
  TOO_LONG: (whose: string) => `is too long for a phone number ${whose}`,
  INVALID_LENGTH: (whose: string) => `is too short or too long for a phone number ${whose}`,
} as const satisfies Record<string, (whose: string) => string>;

export type PhoneReason = keyof typeof phoneProblems;

/** Why a text is not a phone number; the message continues "phone …". */
interface PhoneProblem {
  readonly reason: PhoneReason;
  readonly problem: string;
}

type Read = { readonly number: string } | PhoneProblem;

const refused = (reason: PhoneReason, whose = ""): PhoneProblem => ({
  reason,
  problem: phoneProblems[reason](whose),
});

/**
 * Reads a phone number that has a country code, or whose country is known.
 *
 * The number must have a length that its country uses. Numbering plans are not enforced further, because fictional and
 * brand-new ranges are in use. Two numbers are never read as one.
 *
 * @param country two letters of ISO 3166-1 for numbers without a country code; `isPhoneCountry` must know it
 * @returns E.164, followed by the extension as in RFC 3966: `+15128675309;ext=12`
 */
export function parsePhone(text: string, country: string | null = null): Read {
  // Long texts are refused before any pattern is applied.
  if (text.length > MAX_LENGTH) return refused(text.trim() === "" ? "BLANK" : "TOO_LONG_TEXT");
  const said = text
    .replace(invisible, "")
    .trim()
    .replace(/^\uff0b/, "+");
  if (said === "") return refused("BLANK");
  const { digits, ext } = splitExtension(said);
  if (!written.test(digits)) return refused(/\p{L}/u.test(digits) ? "LETTERS" : "NOT_A_NUMBER");
  if (!/\p{Nd}/u.test(digits)) return refused("NOT_A_NUMBER");
  if (hasTwo(digits)) return refused("TWO_NUMBERS");
  if (ext !== null && ext.length > MAX_EXTENSION) return refused("LONG_EXTENSION");
  const read = readDigits(digits.replace(/[^\p{Nd}+]/gu, ""), country as CountryCode | null);
  return "number" in read && ext !== null ? { number: `${read.number};ext=${ext}` } : read;
}

/**
 * A written number without its extension, and the extension's digits; null if none is marked or the text is too long.
 */
export function splitExtension(text: string): { readonly digits: string; readonly ext: string | null } {
  const [marked, ext] = (text.length > MAX_LENGTH ? null : extension.exec(text)) ?? [];
  if (marked === undefined || ext === undefined) return { digits: text, ext: null };
  return { digits: text.slice(0, -marked.length).trimEnd(), ext };
}

/**
 * How numbers of a country begin in E.164 if they are written with these first digits.
 *
 * @param digits the first digits of a number, without its country code
 * @returns null if the text has no digits or is too long
 */
export function phoneBeginning(digits: string, country: string): string | null {
  if (digits.length > MAX_LENGTH) return null;
  const typed = new (loaded().AsYouType)(country as CountryCode);
  typed.input(digits);
  return typed.getNumberValue() ?? null;
}

/** A stored number as people write it: +15128675309 ext. 12. */
export const spokenPhone = (number: string): string => number.replace(";ext=", " ext. ");

/** @param bare digits without separators, perhaps after a + */
function readDigits(bare: string, country: CountryCode | null): Read {
  if (bare.startsWith("+")) return readInternational(bare);
  const international = bare.startsWith("00") ? readInternational(bare.replace(/^00/, "+")) : null;
  if (country === null) return international ?? refused("NEEDS_COUNTRY");
  // The library knows the international prefix that is dialled in this country: it is not 00 everywhere.
  const read = readNational(bare, country);
  return "number" in read || international === null || "problem" in international ? read : international;
}

function readNational(bare: string, country: CountryCode): Read {
  const { validatePhoneNumberLength, parsePhoneNumberFromString } = loaded();
  const problem = validatePhoneNumberLength(bare, country);
  const number = parsePhoneNumberFromString(bare, { extract: false, defaultCountry: country })?.number;
  if (problem === undefined && number !== undefined) return { number };
  return refused(reasons[problem ?? "NOT_A_NUMBER"], `of ${country}, the default country`);
}

function readInternational(bare: string): Read {
  const { AsYouType, validatePhoneNumberLength, parsePhoneNumberFromString } = loaded();
  const problem = validatePhoneNumberLength(bare);
  const number = parsePhoneNumberFromString(bare, { extract: false })?.number ?? bare;
  if (problem === undefined || isLocal(number)) return { number };
  const typed = new AsYouType();
  typed.input(bare);
  const code = typed.getCallingCode();
  return refused(reasons[problem], code ? `with the country code +${code}` : "with a country code");
}

const reasons = {
  TOO_SHORT: "TOO_SHORT",
  TOO_LONG: "TOO_LONG",
  INVALID_LENGTH: "INVALID_LENGTH",
  INVALID_COUNTRY: "NO_SUCH_COUNTRY",
  NOT_A_NUMBER: "NOT_A_NUMBER",
} as const satisfies Record<string, PhoneReason>;

/** North American numbers without an area code: possible numbers for Google's library, but not for this port of it. */
const isLocal = (number: string): boolean => /^\+1[2-9]\d{6}$/.test(number);

/**
 * Whether a slash separates two numbers, or a number from another extension of it. Between an area code and the rest,
 * as in +49 30/901820, it is only a separator.
 */
function hasTwo(digits: string): boolean {
  const [before = "", after, ...more] = digits.split("/").map((part) => part.replace(/\P{Nd}/gu, ""));
  return after !== undefined && (more.length > 0 || before.length > 7 || after.length < 4);
}
