import { builder } from "../../builder.ts";
import { childConnection, connectionType, pageArgs } from "../../connection.ts";
import { Prisma } from "../../generated/prisma/browser.ts";
import type { Conversation } from "../../generated/prisma/client.ts";
import { byId } from "../../loaders.ts";

const ConversationChannel = builder.enumType("ConversationChannel", {
  description: "Where a conversation is held.",
  values: {
    EMAIL: { description: "By e-mail." },
    SMS: { description: "By text message." },
    CALL: { description: "By phone." },
    CHAT: { description: "In a chat on the website." },
    WHATSAPP: { description: "On WhatsApp." },
    LINKEDIN: { description: "On LinkedIn." },
  } as const,
});

builder.node("Conversation", {
  description: "A thread of messages with a contact, held in another system.",
  id: { resolve: (conversation) => conversation.id, description: "Global id, `conversation_…`." },
  loadMany: (ids, context) => byId.conversation.loadMany(context, ids),
  fields: (t) => ({
    channel: t.expose("channel", { type: ConversationChannel, description: "Where it is held." }),
    subject: t.exposeString("subject", { nullable: true, description: "What it is about." }),
    url: t.expose("url", { type: "URL", nullable: true, description: "Where to read it." }),
    lastMessageAt: t.expose("lastMessageAt", {
      type: "DateTime",
      description: "When the last message came.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it began." }),
    contact: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact it is with.",
      resolve: ({ contactId }, _args, context) => byId.contact.load(context, contactId),
    }),
  }),
});

const ConversationConnection = connectionType("Conversation", "conversations");

const children = childConnection<Conversation>({
  table: "conversation",
  parent: "contact_id",
  order: "last_message_at",
  columns: Object.keys(Prisma.ConversationScalarFieldEnum),
  at: (conversation) => conversation.lastMessageAt,
});

builder.objectField("Contact", "conversations", (t) =>
  t.field({
    type: ConversationConnection,
    description: "The contact's conversations, latest message first.",
    args: pageArgs(),
    resolve: ({ id }, args, context) => children(context, id, args),
  }),
);
