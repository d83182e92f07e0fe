import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { requiredText } from "../../records/inputs.ts";
import { phoneCountry } from "../../records/phones.ts";

export const OrganizationUpdateInput = builder.inputType("OrganizationUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    name: t.string({ description: "Its name, 1 to 255 characters." }),
    timeZone: t.field({ type: "TimeZone", description: "Where its days begin." }),
    defaultCountry: t.field({
      type: "CountryCode",
      description:
        "The country of phone numbers that are written without one, in two letters of ISO 3166-1, such as DE; null for none. Numbers that are stored stay as they are.",
    }),
  }),
});

export const OrganizationUpdate = z.object({
  name: requiredText(255).optional(),
  timeZone: z.string("must not be null").optional(),
  defaultCountry: phoneCountry,
});
