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
  description: "Fields to change; omitted fields stay as they are, null clears a field.",
  fields: (t) => ({
    name: t.string({ description: "Name, 1 to 255 characters." }),
    timeZone: t.field({ type: "TimeZone", description: "Time zone in which days begin." }),
    weekStart: t.field({
      type: WeekDay,
      description:
        "First day of the week, for `this: WEEK` and `previous: WEEK` in filters, also in saved lists.",
    }),
    defaultCountry: t.field({
      type: "CountryCode",
      description:
        "Country assumed for phone numbers without a country code: ISO 3166-1 alpha-2, such as DE; null for none. Stored numbers do not change.",
    }),
    defaultCurrency: t.field({
      type: "Currency",
      description:
        "Currency assumed for amounts without one: ISO 4217, such as EUR; null for none. Stored amounts do not change.",
    }),
  }),
});

export const OrganizationUpdate = z.object({
  name: requiredText(255).optional(),
  timeZone: z.string("must not be null").optional(),
  weekStart: z.enum(WeekDays, "must not be null").optional(),
  defaultCountry: phoneCountry,
  // Checked by the Currency scalar.
  defaultCurrency: z.string().nullish(),
});
