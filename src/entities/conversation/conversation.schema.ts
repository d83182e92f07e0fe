import type { Conversation } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { childConnection } from "../../graphql/children.ts";
import { connectionType, pageArgs } from "../../graphql/connection.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { conversationTable } from "./conversation.columns.ts";

const ConversationType = builder.prismaObject("Conversation", {
  ...keyed,
  description: "A thread of messages with a contact, held in another system.",
  fields: (t) => ({
    ...shownFieldsOf(t, conversationTable),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it began." }),
    contact: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact it is with, `removed` when it is in the trash or purged.",
      select: { contactId: true },
      resolve: ({ contactId }, _args, context, info) => byId.contact.load(context, contactId, info),
    }),
  }),
});

asNode(ConversationType, "conversation", byId.conversation.load);

builder.queryField("conversation", (t) =>
  t.field({
    type: "Conversation",
    nullable: true,
    description: "A conversation by its id; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The conversation's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("Conversation", id, "id");
      return uuid === null ? null : byId.conversation.load(context, uuid, info);
    },
  }),
);

const ConversationConnection = connectionType("Conversation", "conversations");

const children = childConnection<Conversation>({
  model: "Conversation",
  parent: "contact",
  columns: {
    orgId: "json",
    id: "json",
    contactId: "json",
    channel: "json",
    subject: "json",
    url: "json",
    lastMessageAt: "moment",
    createdAt: "moment",
    updatedAt: "moment",
  },
  at: "lastMessageAt",
});

builder.prismaObjectField("Contact", "conversations", (t) =>
  t.field({
    type: ConversationConnection,
    description: "The contact's conversations, latest message first.",
    args: pageArgs(),
    extensions: children.extensions,
    resolve: (parent, args, context, info) => children.page(context, parent, args, info),
  }),
);
