import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, inputFieldsOf } from "../../records/columns.ts";
import { conversationTable } from "./conversation.columns.ts";

export const ConversationCreateInput = builder.inputType("ConversationCreateInput", {
  description: "A thread of messages with a contact, held in another system.",
  fields: (t) => inputFieldsOf(t, conversationTable, "create"),
});

export const ConversationUpdateInput = builder.inputType("ConversationUpdateInput", {
  description: "Fields to change: omitted fields are left as they are, null clears.",
  fields: (t) => inputFieldsOf(t, conversationTable, "update"),
});

export const ConversationUpdate = z.object(checksOf(conversationTable, "update"));

export const ConversationCreate = z.object(checksOf(conversationTable, "create"));
