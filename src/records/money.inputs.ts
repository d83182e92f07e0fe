import { z } from "zod";
import { builder } from "../graphql/builder.ts";
import { InexactError, parseDecimal } from "../lib/exact.ts";

export const MoneyInput = builder.inputType("MoneyInput", {
  description: "An amount in a currency.",
  fields: (t) => ({
    amount: t.field({
      type: "Decimal",
      required: true,
      description: 'The amount, 0 or more, with at most two decimals, such as "1250.50".',
    }),
    currency: t.field({ type: "Currency", required: true, description: "ISO 4217 code." }),
  }),
});

/** The columns are numeric(18, 2). */
const bounds = { digits: 18, scale: 2 } as const;

/** An amount that is kept exactly as it was sent. */
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
  currency: z.string("is required: an ISO 4217 code, such as EUR"),
});
