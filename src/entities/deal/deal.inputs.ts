import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { requiredText, rule } from "../../records/inputs.ts";
import { DealStatusEnum } from "./deal.enums.ts";
import { MoneyInput, money } from "./money.inputs.ts";

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];

const common = (t: InputFields) => ({
  status: t.field({ type: DealStatusEnum, description: "Open, won or lost; OPEN by default." }),
  expectedCloseOn: t.field({ type: "Date", description: "The day on which it should close." }),
  contactId: t.id({ description: "The contact it is with." }),
  leadId: t.id({ description: "The lead it came from." }),
  ownerId: t.id({ description: "The member to assign it to; null for nobody." }),
});

export const DealCreateInput = builder.inputType("DealCreateInput", {
  description: "A new deal.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What it is called, 1 to 255 characters." }),
    value: t.field({ type: MoneyInput, required: true, description: "What it is worth." }),
    stage: t.string({ description: "Where it stands in the pipeline, 1 to 100 characters; New by default." }),
    ...common(t),
  }),
});

export const DealUpdateInput = builder.inputType("DealUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    name: t.string({ description: "What it is called, 1 to 255 characters." }),
    value: t.field({ type: MoneyInput, description: "What it is worth." }),
    stage: t.string({ description: "Where it stands in the pipeline, 1 to 100 characters." }),
    ...common(t),
  }),
});

export const DealUpdate = z.object({
  name: requiredText(255).optional(),
  value: money.optional(),
  stage: requiredText(100).optional(),
  status: z.enum(["OPEN", "WON", "LOST"], rule("REQUIRED", "must not be null")).optional(),
  expectedCloseOn: z.string().nullish(),
  contactId: z.string().nullish(),
  leadId: z.string().nullish(),
  ownerId: z.string().nullish(),
});

export const DealCreate = DealUpdate.extend({
  name: requiredText(255),
  value: money,
  stage: requiredText(100).default("New"),
});

/** A deal's input, checked. */
export type DealInput = z.infer<typeof DealUpdate>;
