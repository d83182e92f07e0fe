import { z } from "zod";
import type { Viewer } from "../auth/viewer.ts";
import type { Caller } from "../graphql/context.ts";
import { isPhoneCountry, parsePhone } from "../lib/phone.ts";
import type { InputFields } from "./columns.ts";
import { readInput } from "./inputs.ts";

/**
 * Phone numbers in inputs. The country of a number without a country code is the one that the input says, else that of
 * the import, else that of the organization.
 */

/** A number as it was written, with the country to assume if it has no country code. */
class WrittenPhone {
  constructor(
    readonly text: string,
    readonly country: string | null,
  ) {}
}

/** Checks a phone number and converts it to E.164, followed by its extension. */
export const phone = z.union([z.string(), z.instanceof(WrittenPhone)]).transform((value, context) => {
  const read = typeof value === "string" ? parsePhone(value) : parsePhone(value.text, value.country);
  if ("number" in read) return read.number;
  context.addIssue({ code: "custom", message: read.problem, params: { code: "INVALID_PHONE" } });
  return z.NEVER;
});

/** Checks the default country of phone numbers. */
export const phoneCountry = z
  .string()
  .refine(isPhoneCountry, "is not a country with known phone numbers, such as DE")
  .nullish();

/** The input field for the default country. */
export const defaultCountryField = (t: InputFields) =>
  t.field({
    type: "CountryCode",
    description:
      "Country of phone numbers without a country code, as two letters of ISO 3166-1, such as DE. Default: that of the import or of the organization.",
  });

/** The caller of a write with phone numbers. The organization may have a default country. */
export interface PhoneCaller extends Caller {
  readonly viewer: Caller["viewer"] & Pick<Viewer, "defaultCountry">;
}

/** Adds the country to an input's phone numbers. @param fallback the country if the input does not say one */
function withCountry(raw: unknown, fallback: string | null): unknown {
  if (typeof raw !== "object" || raw === null) return raw;
  const { phone, phoneNumbers, defaultCountry } = raw as Readonly<Record<string, unknown>>;
  const said = typeof defaultCountry === "string" && isPhoneCountry(defaultCountry) ? defaultCountry : null;
  const country = said ?? fallback;
  if (country === null) return raw;
  const of = (value: unknown) => (typeof value === "string" ? new WrittenPhone(value, country) : value);
  return {
    ...raw,
    ...(phone !== undefined && { phone: of(phone) }),
    ...(Array.isArray(phoneNumbers) && { phoneNumbers: phoneNumbers.map(of) }),
  };
}

/**
 * Checks an input that may have phone numbers, and reads them.
 *
 * @param country for numbers without a country code, if the input does not say one
 * @param root position of the input in the arguments
 * @returns the input without `defaultCountry`
 * @throws RefusalError with everything that is wrong with it
 */
export function readWithPhones<
  Schema extends z.ZodType<{ readonly defaultCountry?: string | null | undefined }>,
>(
  schema: Schema,
  raw: unknown,
  country: string | null,
  root?: readonly string[],
): Omit<z.infer<Schema>, "defaultCountry"> {
  const { defaultCountry: _, ...said } = readInput(schema, withCountry(raw, country), root);
  return said;
}
