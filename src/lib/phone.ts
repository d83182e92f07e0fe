import { createRequire } from "node:module";
import type { CountryCode } from "libphonenumber-js";

/** Loaded with the first number: its tables and a hundred modules are no part of a start. */
const load = createRequire(import.meta.url);
let library: typeof import("libphonenumber-js") | undefined;
const loaded = () => {
  library ??= load("libphonenumber-js") as typeof import("libphonenumber-js");
  return library;
};

/** Whether phone numbers of a country are known, by its two letters of ISO 3166-1. */
export const isPhoneCountry = (country: string): boolean => loaded().isSupportedCountry(country);

/** Longest text that is looked at, in UTF-16 units. */
const MAX_LENGTH = 100;

/** Digits with what people put between them, in any script's digits. */
const written = /^\+?[\p{Nd} .()/\u00a0\u202f\u2010-\u2013-]+$/u;

/** An extension that is marked as one. */
const extension = /(?:;ext=|[ ,]*(?:ext(?:ension|n)?\.?|x|#)) *(\d{1,7})$/i;

/** Why a text is not a phone number; the message continues "phone …". */
export interface PhoneProblem {
  readonly problem: string;
}

/**
 * Reads a phone number that carries its country, or whose country is known.
 *
 * Its length must be one that numbers of its country have; beyond that numbering plans are not enforced, because
 * fictional and brand-new ranges are in use. Two numbers are never read as one.
 *
 * @param country two letters of ISO 3166-1, of numbers without a country code; one that `isPhoneCountry` knows
 * @returns E.164, an extension behind it as in RFC 3966: `+15128675309;ext=12`
 */
export function parsePhone(
  text: string,
  country: string | null = null,
): { readonly number: string } | PhoneProblem {
  const said = text.trim().replace(/^\uff0b/, "+");
  if (said.length > MAX_LENGTH) return { problem: `is too long for a phone number` };
  const [marked, ext] = extension.exec(said) ?? [];
  const digits = marked === undefined ? said : said.slice(0, -marked.length).trimEnd();
  if (!written.test(digits)) return { problem: "is not a phone number, such as +33612345678" };
  if (hasTwo(digits))
    return {
      problem:
        "looks like two phone numbers: send each by itself, or mark an extension, as in +15128675309 ext. 12",
    };
  const bare = digits.replace(/[^\p{Nd}+]/gu, "").replace(/^00/, "+");
  const defaultCountry = bare.startsWith("+")
    ? undefined
    : ((country ?? undefined) as CountryCode | undefined);
  if (!bare.startsWith("+") && defaultCountry === undefined)
    return { problem: "needs its country code, such as +33612345678" };
  const { validatePhoneNumberLength, parsePhoneNumberFromString } = loaded();
  const problem = problems[validatePhoneNumberLength(bare, defaultCountry) ?? "POSSIBLE"];
  const read = parsePhoneNumberFromString(bare, {
    extract: false,
    ...(defaultCountry && { defaultCountry }),
  });
  if (read === undefined && defaultCountry)
    return { problem: problem ?? "is not a phone number of its country" };
  const number = read?.number ?? bare;
  if (problem !== undefined && !isLocal(number)) return { problem };
  return { number: ext === undefined ? number : `${number};ext=${ext}` };
}

const problems: Readonly<Record<string, string>> = {
  TOO_SHORT: "is too short for a phone number of its country",
  TOO_LONG: "is too long for a phone number of its country",
  INVALID_LENGTH: "is too short or too long for a phone number of its country",
  INVALID_COUNTRY: "needs a country code that exists, such as +33612345678",
  NOT_A_NUMBER: "is not a phone number, such as +33612345678",
};

/** North American numbers without their area code, which Google's library counts as possible and this one does not. */
const isLocal = (number: string): boolean => /^\+1[2-9]\d{6}$/.test(number);

/**
 * Whether a slash stands between two numbers, or before another line of the same one. Between an area code and the
 * rest, as in +49 30/901820, it is only written.
 */
function hasTwo(digits: string): boolean {
  const [before = "", after, ...more] = digits.split("/").map((part) => part.replace(/\P{Nd}/gu, ""));
  return after !== undefined && (more.length > 0 || before.length > 7 || after.length < 4);
}
