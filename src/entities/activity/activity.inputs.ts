import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { longText, rule, text } from "../../records/inputs.ts";
import { ActivityKindEnum } from "./activity.enums.ts";

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];

const common = (t: InputFields) => ({
  subject: t.string({ description: "What it was about, at most 500 characters." }),
  body: t.string({ description: "What was said or written, at most 50,000 characters." }),
  durationSeconds: t.int({ description: "How long it took, in seconds, 0 or more." }),
});

export const ActivityCreateInput = builder.inputType("ActivityCreateInput", {
  description: "Something that happened, on at least one of a contact, a lead and a deal.",
  fields: (t) => ({
    kind: t.field({ type: ActivityKindEnum, required: true, description: "What kind it is." }),
    occurredAt: t.field({ type: "DateTime", description: "When it happened; now when left out." }),
    ...common(t),
    contactId: t.id({ description: "The contact it was with. A CALL counts as one of its calls." }),
    leadId: t.id({ description: "The lead it was with." }),
    dealId: t.id({ description: "The deal it was about." }),
  }),
});

export const ActivityUpdateInput = builder.inputType("ActivityUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    kind: t.field({ type: ActivityKindEnum, description: "What kind it is." }),
    occurredAt: t.field({ type: "DateTime", description: "When it happened." }),
    ...common(t),
  }),
});

const kinds = ["CALL", "EMAIL", "SMS", "MEETING", "NOTE", "TASK"] as const;

export const ActivityUpdate = z.object({
  kind: z.enum(kinds, rule("REQUIRED", "must not be null")).optional(),
  occurredAt: z.date(rule("REQUIRED", "must not be null")).optional(),
  subject: text(500),
  body: longText(50_000),
  durationSeconds: z.int().min(0, "must not be negative").nullish(),
});

export const ActivityCreate = ActivityUpdate.extend({
  kind: z.enum(kinds),
  occurredAt: z.date().nullish(),
  contactId: z.string().nullish(),
  leadId: z.string().nullish(),
  dealId: z.string().nullish(),
});
