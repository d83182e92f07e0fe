import { builder } from "../../graphql/builder.ts";

export const ConversationChannelEnum = builder.enumType("ConversationChannel", {
  description: "Channel of a conversation.",
  values: {
    EMAIL: { description: "By e-mail." },
    SMS: { description: "By text message." },
    CALL: { description: "By phone." },
    CHAT: { description: "In a chat on the website." },
    WHATSAPP: { description: "On WhatsApp." },
    LINKEDIN: { description: "On LinkedIn." },
  } as const,
});
