import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, type InputFields, inputFieldsOf } from "../../records/columns.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import { customFieldValues, tagChange, tagList, text } from "../../records/inputs.ts";
import { MoneyInput, money } from "../../records/money.inputs.ts";
import { defaultCountryField, phoneCountry } from "../../records/phones.ts";
import { TagsInput } from "../../records/tags.inputs.ts";
import { leadTable } from "./lead.columns.ts";

/** The input fields of a lead that are not columns. */
const others = (t: InputFields) => ({
  customFields: t.field({
    type: [CustomFieldValueInput],
    description: "Custom field values; only the slugs named change.",
  }),
  createMissingTags: t.boolean({
    description: "Whether to create tags that do not exist; otherwise they are refused.",
  }),
  defaultCountry: defaultCountryField(t),
});

export const LeadCreateInput = builder.inputType("LeadCreateInput", {
  description: "A new lead: only the name is required.",
  fields: (t) => ({
    ...inputFieldsOf(t, leadTable, "create"),
    ...others(t),
    tags: t.stringList({ description: "Tags, by name or id." }),
  }),
});

export const LeadUpdateInput = builder.inputType("LeadUpdateInput", {
  description: "Fields to change: omitted fields are left as they are, null clears.",
  fields: (t) => ({
    ...inputFieldsOf(t, leadTable, "update"),
    ...others(t),
    tags: t.field({ type: TagsInput, description: "How to change the tags." }),
  }),
});

const ConvertDealInput = builder.inputType("LeadConvertDealInput", {
  description: "The deal to create from a lead.",
  fields: (t) => ({
    name: t.string({ description: "Name; by default the lead's name and company." }),
    value: t.field({ type: MoneyInput, description: "Value; by default the lead's." }),
    stage: t.string({ description: "Stage in the pipeline; New by default." }),
    expectedCloseOn: t.field({ type: "Date", description: "Expected day of closing." }),
  }),
});

export const LeadConvertInput = builder.inputType("LeadConvertInput", {
  description: "How to convert a lead.",
  fields: (t) => ({
    contactId: t.id({
      description:
        "The contact to convert it into; by default the one with its e-mail address, else a new one.",
    }),
    createDeal: t.boolean({ description: "Whether to create a deal; true by default." }),
    deal: t.field({ type: ConvertDealInput, description: "The deal." }),
  }),
});

const otherChecks = {
  customFields: customFieldValues,
  createMissingTags: z.boolean().nullish(),
  defaultCountry: phoneCountry,
};

export const LeadCreate = z.object({
  ...checksOf(leadTable, "create"),
  ...otherChecks,
  tags: tagList.nullish(),
});
export const LeadUpdate = z.object({ ...checksOf(leadTable, "update"), ...otherChecks, tags: tagChange });

export const LeadConvert = z.object({
  contactId: z.string().nullish(),
  createDeal: z.boolean().nullish(),
  deal: z
    .object({
      name: text(255),
      value: money.nullish(),
      stage: text(100),
      expectedCloseOn: z.string().nullish(),
    })
    .nullish(),
});

/** A checked lead input. */
export type LeadInput = Omit<z.infer<typeof LeadUpdate>, "defaultCountry">;
