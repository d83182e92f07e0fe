import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, type InputFields, inputFieldsOf } from "../../records/columns.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import { customFieldValues, tagChange, tagList, text } from "../../records/inputs.ts";
import { MoneyInput, money } from "../../records/money.inputs.ts";
import { defaultCountryField, phoneCountry } from "../../records/phones.ts";
import { TagsInput } from "../../records/tags.inputs.ts";
import { leadTable } from "./lead.columns.ts";

/** What is no column of a lead and is written with it. */
const others = (t: InputFields) => ({
  customFields: t.field({
    type: [CustomFieldValueInput],
    description: "Custom field values; only the slugs named change.",
  }),
  createMissingTags: t.boolean({
    description: "Whether to make tags that do not exist yet; otherwise they are refused.",
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
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    ...inputFieldsOf(t, leadTable, "update"),
    ...others(t),
    tags: t.field({ type: TagsInput, description: "How to change the tags." }),
  }),
});

const ConvertDealInput = builder.inputType("LeadConvertDealInput", {
  description: "The deal that a lead becomes.",
  fields: (t) => ({
    name: t.string({ description: "What it is called; the lead's name and company when left out." }),
    value: t.field({ type: MoneyInput, description: "What it is worth; the lead's value when left out." }),
    stage: t.string({ description: "Where it stands in the pipeline; New when left out." }),
    expectedCloseOn: t.field({ type: "Date", description: "The day on which it should close." }),
  }),
});

export const LeadConvertInput = builder.inputType("LeadConvertInput", {
  description: "What a lead becomes.",
  fields: (t) => ({
    contactId: t.id({
      description: "The contact that it is; when left out the one with its e-mail address, else a new one.",
    }),
    createDeal: t.boolean({ description: "Whether to make a deal; true when left out." }),
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

/** A lead's input, checked. */
export type LeadInput = Omit<z.infer<typeof LeadUpdate>, "defaultCountry">;
