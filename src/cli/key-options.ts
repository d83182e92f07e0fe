import { InvalidArgumentError } from "commander";
import { ApiScope, ModificationSource } from "../generated/prisma/enums.ts";
import { isCurrency } from "../graphql/scalars.ts";
import { InexactError, parseDay, parseMoment } from "../lib/exact.ts";
import { isPhoneCountry } from "../lib/phone.ts";
import { isTimeZone } from "../lib/time-zone.ts";
import { UsageError } from "./run.ts";

/** Scopes, expiry and sources of a key created from the command line. */
export interface KeyOptions {
  readonly scopes: ApiScope[];
  readonly sources: ModificationSource[];
  readonly expiresAt: Date | null;
}

/**
 * Reads the options of a key.
 *
 * @param given `scopes` and `sources` as comma-separated names in any case; `expires` as a date (00:00 UTC) or as a
 *   time with its offset
 * @throws UsageError that says which option is not valid, and what is
 */
export function readKeyOptions(
  given: { readonly scopes?: string; readonly sources?: string; readonly expires?: string },
  now: Date,
): KeyOptions {
  const expiresAt = given.expires === undefined ? null : readMoment(given.expires);
  if (expiresAt && expiresAt <= now) throw new UsageError(`--expires must be in the future`);
  return {
    scopes: given.scopes === undefined ? [ApiScope.ADMIN] : readNames("scopes", given.scopes, ApiScope),
    sources: given.sources === undefined ? [] : readNames("sources", given.sources, ModificationSource),
    expiresAt,
  };
}

function readNames<Name extends string>(
  option: string,
  text: string,
  known: Readonly<Record<string, Name>>,
): Name[] {
  const names = text.split(",").map((word) => {
    const name = Object.values(known).find((each) => each === word.trim().toUpperCase());
    if (name !== undefined) return name;
    const choices = Object.values(known).join(", ").toLowerCase();
    throw new UsageError(
      `--${option} has ${JSON.stringify(word)}; it takes ${choices}, with commas between them`,
    );
  });
  return [...new Set(names)];
}

function readMoment(text: string): Date {
  try {
    return text.includes(":") ? parseMoment(text) : parseDay(text);
  } catch (error) {
    if (!(error instanceof InexactError)) throw error;
    throw new UsageError(
      `--expires has ${JSON.stringify(text)}; it takes a day such as 2030-01-31, or a moment such as 2030-01-31T09:00:00Z`,
    );
  }
}

/** @returns the name of an IANA time zone */
export function readTimeZone(text: string): string {
  if (isTimeZone(text.trim())) return text.trim();
  throw new InvalidArgumentError("It must be an IANA time zone, such as Europe/Berlin.");
}

/** @returns an ISO 3166-1 alpha-2 code */
export function readCountry(text: string): string {
  const code = text.trim().toUpperCase();
  if (isPhoneCountry(code)) return code;
  throw new InvalidArgumentError("It must be a country by its two-letter code of ISO 3166-1, such as DE.");
}

/** @returns an ISO 4217 code */
export function readCurrency(text: string): string {
  const code = text.trim().toUpperCase();
  if (isCurrency(code)) return code;
  throw new InvalidArgumentError("It must be a currency by its code of ISO 4217, such as EUR.");
}
