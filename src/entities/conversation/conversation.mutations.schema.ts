import type { Conversation } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { deletedPayload, payload, payloadType } from "../../graphql/payload.ts";
import { idArg, idempotencyKeyArg } from "../../records/args.ts";
import { ConversationCreateInput, ConversationUpdateInput } from "./conversation.inputs.ts";
import { createConversation, deleteConversation, updateConversation } from "./conversation.service.ts";

const conversationPayload = (name: string, done: string) =>
  payloadType<Conversation>(name, `the ${done} conversation`, (t) => ({
    conversation: t.expose("result", {
      type: "Conversation",
      nullable: true,
      description: `The ${done} conversation; null when refused.`,
    }),
  }));

builder.mutationFields((t) => ({
  conversationCreate: t.field({
    extensions: needs("CONVERSATION_WRITE"),
    type: conversationPayload("ConversationCreatePayload", "linked"),
    description: "Links a conversation that is held in another system to a contact.",
    args: {
      input: t.arg({ type: ConversationCreateInput, required: true, description: "The conversation." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createConversation(context, input, idempotencyKey)),
  }),
  conversationUpdate: t.field({
    extensions: needs("CONVERSATION_WRITE"),
    type: conversationPayload("ConversationUpdatePayload", "changed"),
    description: "Changes a conversation: omitted fields are left as they are, null clears.",
    args: {
      ...idArg("conversation"),
      input: t.arg({ type: ConversationUpdateInput, required: true, description: "The fields to change." }),
    },
    resolve: (_root, { id, input }, context) => payload(() => updateConversation(context, id, input)),
  }),
  conversationDelete: t.field({
    extensions: needs("CONVERSATION_WRITE"),
    type: deletedPayload("ConversationDeletePayload", "Conversation", "conversation"),
    description: "Permanently deletes the link to a conversation; the messages in the other system are kept.",
    args: idArg("conversation"),
    resolve: (_root, { id }, context) => payload(() => deleteConversation(context, id)),
  }),
}));
