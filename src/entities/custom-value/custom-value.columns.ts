import type { CustomValue } from "../../generated/prisma/client.ts";
import { LONG_TEXT, price } from "../../graphql/limits/price.ts";
import { type Column, written } from "../../records/columns.ts";
import { rule, seen } from "../../records/inputs.ts";

/** The columns of a custom value: each is defined here, and only here. */

/** The columns that no caller writes: keys and stamps. */
type Unwritten = "orgId" | "id" | "createdAt" | "updatedAt";

export const customValueTable = {
  key: {
    description: "Name of the token.",
    ...written({
      type: "String",
      required: true,
      description:
        "Name of the token: a lower-case letter, then letters, digits and _, at most 64 characters.",
      check: seen().regex(
        /^[a-z][a-z0-9_]{0,63}$/,
        rule("INVALID_VALUE", "must be a lower-case letter, then letters, digits and _, at most 64"),
      ),
    }),
    shown: { type: "String" },
    blank: "",
    filter: [],
  },
  value: {
    description: "Text that replaces the token.",
    ...written({
      type: "String",
      required: true,
      description: "The text, at most 10,000 characters.",
      check: seen().max(10_000, "must not be longer than 10000 characters"),
    }),
    shown: { type: "String", extensions: price({ cost: LONG_TEXT / 5 }) },
    blank: "",
    filter: [],
  },
} as const satisfies Record<Exclude<keyof CustomValue, Unwritten>, Column>;
