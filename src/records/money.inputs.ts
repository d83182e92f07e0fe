import { z } from "zod";
import type { Viewer } from "../auth/viewer.ts";
import { builder } from "../graphql/builder.ts";
import type { Caller } from "../graphql/context.ts";
import { type Refusal, refusal } from "../lib/errors.ts";
import { InexactError, parseDecimal } from "../lib/exact.ts";

export const MoneyInput = builder.inputType("MoneyInput", {
  description: "An amount in a currency.",
  fields: (t) => ({
    amount: t.field({
      type: "Decimal",
      required: true,
      description: 'The amount, 0 or more, with at most two decimals, such as "1250.50".',
    }),
    currency: t.field({
      type: "Currency",
      description:
        "ISO 4217 code. Default: the record's current currency, else the organization's `defaultCurrency`; required if there is neither.",
    }),
  }),
});

/** The columns are numeric(18, 2). */
const bounds = { digits: 18, scale: 2 } as const;

/** An amount, which is stored exactly. */
export const money = z.object({
  amount: z.string().transform((text, context) => {
    try {
      const amount = parseDecimal(text, bounds);
      if (!amount.startsWith("-")) return amount;
      context.addIssue({ code: "custom", message: "must not be negative" });
    } catch (error) {
      if (!(error instanceof InexactError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
    return z.NEVER;
  }),
  currency: z.string().nullish(),
});

/** An amount as it was sent. */
export type MoneyValue = z.infer<typeof money>;

/** The caller of a write with amounts. The organization may have a default currency. */
export interface MoneyCaller extends Caller {
  readonly viewer: Caller["viewer"] & Pick<Viewer, "defaultCurrency">;
}

/**
 * The currency of an amount: the given one, else that of the record, else that of the organization.
 *
 * @param before the record's currency; null if it has none
 * @param fallback the organization's default currency
 * @param path position of the amount in the arguments
 * @returns the currency, or the refusal if there is none
 */
export function currencyOf(
  { currency }: MoneyValue,
  before: string | null,
  fallback: string | null,
  path: readonly string[],
): { readonly currency: string; readonly refusals: readonly [] } | { readonly refusals: readonly Refusal[] } {
  const found = currency ?? before ?? fallback;
  if (found !== null) return { currency: found, refusals: [] };
  const message =
    "is required: an ISO 4217 code, such as EUR; it may be left out once the organization has a default currency";
  return { refusals: [refusal("REQUIRED", [...path, "currency"], `${path.at(-1)}.currency ${message}`)] };
}
