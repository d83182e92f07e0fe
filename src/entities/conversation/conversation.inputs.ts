import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { rule, text, url } from "../../records/inputs.ts";
import { ConversationChannelEnum } from "./conversation.enums.ts";

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];

const common = (t: InputFields) => ({
  subject: t.string({ description: "What it is about, at most 500 characters." }),
  url: t.string({ description: "Where to read it, http or https." }),
});

export const ConversationCreateInput = builder.inputType("ConversationCreateInput", {
  description: "A thread of messages with a contact, held in another system.",
  fields: (t) => ({
    contactId: t.id({ required: true, description: "The contact it is with." }),
    channel: t.field({ type: ConversationChannelEnum, required: true, description: "Where it is held." }),
    lastMessageAt: t.field({
      type: "DateTime",
      description: "When the last message came; now when left out.",
    }),
    ...common(t),
  }),
});

export const ConversationUpdateInput = builder.inputType("ConversationUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    channel: t.field({ type: ConversationChannelEnum, description: "Where it is held." }),
    lastMessageAt: t.field({ type: "DateTime", description: "When the last message came." }),
    ...common(t),
  }),
});

const channels = ["EMAIL", "SMS", "CALL", "CHAT", "WHATSAPP", "LINKEDIN"] as const;

export const ConversationUpdate = z.object({
  channel: z.enum(channels, rule("REQUIRED", "must not be null")).optional(),
  lastMessageAt: z.date(rule("REQUIRED", "must not be null")).optional(),
  subject: text(500),
  url,
});

export const ConversationCreate = ConversationUpdate.extend({
  contactId: z.string(),
  channel: z.enum(channels),
  lastMessageAt: z.date().nullish(),
});
