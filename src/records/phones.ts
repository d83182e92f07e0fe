import { z } from "zod";
import type { Viewer } from "../auth/viewer.ts";
import type { Caller } from "../graphql/context.ts";
import { isPhoneCountry, parsePhone } from "../lib/phone.ts";
import type { InputFields } from "./columns.ts";
import { readInput } from "./inputs.ts";

/**
 * Phone numbers in inputs. One without a country code is of the country that the input says, else that which whoever
 * reads it gives: of the import, else of the organization.
 */

/** A number as it was written, with the country that it is of where it does not say one. */
class WrittenPhone {
  constructor(
    readonly text: string,
    readonly country: string | null,
  ) {}
}

/** The check of a phone number: E.164, an extension behind it. */
export const phone = z.union([z.string(), z.instanceof(WrittenPhone)]).transform((value, context) => {
  const read = typeof value === "string" ? parsePhone(value) : parsePhone(value.text, value.country);
  if ("number" in read) return read.number;
  context.addIssue({ code: "custom", message: read.problem, params: { code: "INVALID_PHONE" } });
  return z.NEVER;
});

/** The check of the country of phone numbers that do not say their own. */
export const phoneCountry = z
  .string()
  .refine(isPhoneCountry, "is no country whose phone numbers are known, such as DE")
  .nullish();

/** The input's field that says it. */
export const defaultCountryField = (t: InputFields) =>
  t.field({
    type: "CountryCode",
    description:
      "Country of phone numbers without a country code, as two letters of ISO 3166-1, such as DE. Default: that of the import or of the organization.",
  });

/** Who writes phone numbers: as a member of an organization that may have a default country. */
export interface PhoneCaller extends Caller {
  readonly viewer: Caller["viewer"] & Pick<Viewer, "defaultCountry">;
}

/** An input whose phone numbers know their country. @param fallback where the input says none */
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
 * @param country of numbers without one, where the input says none
 * @param root where the input stands in the arguments
 * @returns the input without its country
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
