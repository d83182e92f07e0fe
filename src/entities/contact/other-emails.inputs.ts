import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { email, rule } from "../../records/inputs.ts";

/** How callers write the addresses of a contact beside the primary one. */

/** Most addresses beside the primary one. */
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
  description:
    "How to change the e-mail addresses of a contact beside the primary one: `set`, or `add` and `remove`.",
  fields: (t) => ({
    set: t.stringList({ description: "The addresses that it is to have, in their order." }),
    add: t.stringList({ description: "Addresses to add; those that it has already stay where they are." }),
    remove: t.stringList({
      description: "Addresses to take away; those that it does not have are passed over.",
    }),
    makePrimary: t.string({
      description:
        "One of its addresses, `add` included, which becomes the primary one; the former primary one takes its place.",
    }),
  }),
});
