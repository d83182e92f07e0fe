import { builder } from "../../graphql/builder.ts";

export const CustomFieldEntityEnum = builder.enumType("CustomFieldEntity", {
  description: "The kind of records that have a custom field.",
  values: { CONTACT: { description: "Contacts." }, LEAD: { description: "Leads." } } as const,
});

export const CustomFieldTypeEnum = builder.enumType("CustomFieldType", {
  description: "Type of a custom field's values, and their form in JSON.",
  values: {
    TEXT: { description: "Text." },
    NUMBER: { description: "A number of up to 15 digits, at most 6 of them after the point." },
    BOOLEAN: { description: "true or false." },
    DATE: { description: 'A calendar day, `"2026-01-31"`.' },
    DATE_TIME: { description: 'A moment, `"2026-01-31T09:00:00Z"`.' },
    SELECT: { description: "One of the options." },
    MULTI_SELECT: { description: "A list of options." },
    URL: { description: "A web address." },
  } as const,
});
