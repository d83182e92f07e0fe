import { builder } from "../graphql/builder.ts";

export const CustomFieldValueInput = builder.inputType("CustomFieldValueInput", {
  description: "A value for one custom field.",
  fields: (t) => ({
    slug: t.string({ required: true, description: "The field's slug." }),
    value: t.field({
      type: "JSON",
      description: "The value, in the form of the field's type; null clears it.",
    }),
  }),
});
