import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import {
  customFieldValues,
  email,
  longText,
  phone,
  requiredText,
  rule,
  tagChange,
  tagList,
  text,
} from "../../records/inputs.ts";
import { MoneyInput, money } from "../deal/money.inputs.ts";
import { TagsInput } from "../tag/tag.inputs.ts";
import { LeadStatusEnum } from "./lead.enums.ts";

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];

/** What create and update have in common, but for the name. */
const leadInputFields = (t: InputFields) => ({
  email: t.string({ description: "E-mail address. Several leads may have the same." }),
  phone: t.string({
    description: "Phone number with its country code, and an extension where it is marked: ext. 12.",
  }),
  company: t.string({ description: "Company, at most 200 characters." }),
  source: t.string({ description: "Where the lead came from, at most 200 characters." }),
  notes: t.string({ description: "Free notes, at most 50,000 characters." }),
  status: t.field({
    type: LeadStatusEnum,
    description: "Where it stands; NEW by default. CONVERTED comes from leadConvert alone.",
  }),
  dealValue: t.field({ type: MoneyInput, description: "What a deal would be worth." }),
  ownerId: t.id({ description: "The member to assign it to; null for nobody." }),
  customFields: t.field({
    type: [CustomFieldValueInput],
    description: "Custom field values; only the slugs named change.",
  }),
  createMissingTags: t.boolean({
    description: "Whether to make tags that do not exist yet; otherwise they are refused.",
  }),
});

export const LeadCreateInput = builder.inputType("LeadCreateInput", {
  description: "A new lead: only the name is required.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Who it is, 1 to 255 characters." }),
    ...leadInputFields(t),
    tags: t.stringList({ description: "Tags, by name or id." }),
  }),
});

export const LeadUpdateInput = builder.inputType("LeadUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    name: t.string({ description: "Who it is, 1 to 255 characters." }),
    ...leadInputFields(t),
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

const common = {
  email,
  phone: phone.nullish(),
  company: text(200),
  source: text(200),
  notes: longText(50_000),
  status: z
    .enum(["NEW", "CONTACTED", "QUALIFIED", "UNQUALIFIED", "CONVERTED"], rule("REQUIRED", "must not be null"))
    .optional(),
  dealValue: money.nullish(),
  ownerId: z.string().nullish(),
  customFields: customFieldValues,
  createMissingTags: z.boolean().nullish(),
};

export const LeadCreate = z.object({ name: requiredText(255), ...common, tags: tagList.nullish() });
export const LeadUpdate = z.object({ name: requiredText(255).optional(), ...common, tags: tagChange });

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
export type LeadInput = z.infer<typeof LeadUpdate>;
