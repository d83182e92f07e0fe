import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { email, rule } from "../../records/inputs.ts";

/** How callers write a contact's addresses besides the primary one. */

/** Maximum number of addresses besides the primary one. */
export const MAX_OTHER_EMAILS = 20;

const addresses = z
  .array(email)
  .max(MAX_OTHER_EMAILS, `must not have more than ${MAX_OTHER_EMAILS} addresses`)
  .transform((list) => list.filter((address) => address != null));

export const otherEmailsList = addresses.nullish();

export const otherEmailsChange = z
  .object({
    set: addresses.nullish(),
    add: addresses.nullish(),
    remove: addresses.nullish(),
    makePrimary: email,
  })
  .refine(
    ({ set, add, remove }) => set == null || (add == null && remove == null),
    rule("INVALID_VALUE", "takes either set, or add and remove"),
  )
  .nullish();

export type OtherEmailsChange = NonNullable<z.infer<typeof otherEmailsChange>>;

export const OtherEmailsInput = builder.inputType("OtherEmailsInput", {
  description: "Change of a contact's further e-mail addresses: either `set`, or `add` and `remove`.",
  fields: (t) => ({
    set: t.stringList({ description: "Addresses that replace the existing ones, in their order." }),
    add: t.stringList({ description: "Addresses to add; existing ones keep their place." }),
    remove: t.stringList({
      description: "Addresses to remove; unknown ones are ignored.",
    }),
    makePrimary: t.string({
      description:
        "One of its addresses, those in `add` included, to make the primary one; the former primary address takes its place.",
    }),
  }),
});
