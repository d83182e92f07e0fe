import { z } from "zod";
import { WeekDay as WeekDays } from "../../generated/prisma/enums.ts";
import { builder } from "../../graphql/builder.ts";
import { requiredText } from "../../records/inputs.ts";
import { phoneCountry } from "../../records/phones.ts";

const day = (name: string) => ({ description: `${name}.` });

export const WeekDay = builder.enumType("WeekDay", {
  description: "A day of the week.",
  values: {
    MONDAY: day("Monday"),
    TUESDAY: day("Tuesday"),
    WEDNESDAY: day("Wednesday"),
    THURSDAY: day("Thursday"),
    FRIDAY: day("Friday"),
    SATURDAY: day("Saturday"),
    SUNDAY: day("Sunday"),
  } as const,
});

export const OrganizationUpdateInput = builder.inputType("OrganizationUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    name: t.string({ description: "Its name, 1 to 255 characters." }),
    timeZone: t.field({ type: "TimeZone", description: "Where its days begin." }),
    weekStart: t.field({
      type: WeekDay,
      description:
        "The day with which weeks begin, for `this: WEEK` and `previous: WEEK` in filters; saved lists follow it at once.",
    }),
    defaultCountry: t.field({
      type: "CountryCode",
      description:
        "The country of phone numbers that are written without one, in two letters of ISO 3166-1, such as DE; null for none. Numbers that are stored stay as they are.",
    }),
    defaultCurrency: t.field({
      type: "Currency",
      description:
        "The currency of amounts that are written without one, by its code of ISO 4217, such as EUR; null for none. Amounts that are stored stay as they are.",
    }),
  }),
});

export const OrganizationUpdate = z.object({
  name: requiredText(255).optional(),
  timeZone: z.string("must not be null").optional(),
  weekStart: z.enum(WeekDays, "must not be null").optional(),
  defaultCountry: phoneCountry,
  // The scalar has checked it.
  defaultCurrency: z.string().nullish(),
});
