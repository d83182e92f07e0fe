import { builder } from "../graphql/builder.ts";
import { textOf } from "../graphql/compiled/row.ts";

interface Amount {
  /** A decimal: Prisma's object, or text if it comes from the driver. */
  readonly value: { toString(): string };
  /** ISO 4217. */
  readonly currency: string;
}

/** Number of decimals shown: as many as the columns have. */
const SCALE = 2;

export const Money = builder.objectRef<Amount>("Money").implement({
  description: "An amount in a currency.",
  fields: (t) => ({
    amount: t.field({
      type: "Decimal",
      description: 'The amount with two decimals, such as "1250.50".',
      extensions: textOf("value"),
      resolve: ({ value }) => {
        const [whole = "0", fraction = ""] = value.toString().split(".");
        return `${whole}.${fraction.padEnd(SCALE, "0")}`;
      },
    }),
    currency: t.expose("currency", { type: "Currency", description: "ISO 4217 code." }),
  }),
});
