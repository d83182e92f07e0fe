import { z } from "zod";
import { defineFields } from "../../filter/registry/built-in.ts";
import { column, field, recordId } from "../../filter/registry/make.ts";
import type { Conversation } from "../../generated/prisma/client.ts";
import { ConversationChannel } from "../../generated/prisma/enums.ts";
import { type Column, filtersOf, textColumn, urlColumn } from "../../records/columns.ts";
import { rule } from "../../records/inputs.ts";
import { ConversationChannelEnum } from "./conversation.enums.ts";

/** The columns of a conversation: each is defined here, and only here. */

/** The columns that no caller writes: keys and stamps. */
type Unwritten = "orgId" | "id" | "createdAt" | "updatedAt";

const channel = { type: ConversationChannelEnum, description: "The channel." } as const;

export const conversationTable = {
  /** Set when it is created; does not change. */
  contactId: {
    description: "The contact it is with.",
    create: { type: "ID", required: true, description: "The contact it is with.", check: z.string() },
    update: null,
    shown: null,
    blank: null,
    filter: [],
  },
  channel: {
    description: "The channel.",
    create: { ...channel, required: true, check: z.enum(ConversationChannel) },
    update: {
      ...channel,
      check: z.enum(ConversationChannel, rule("REQUIRED", "must not be null")).optional(),
    },
    shown: { type: ConversationChannelEnum },
    blank: null,
    filter: [
      field("channel", "enum", column("channel"), "The channel.", {
        options: Object.values(ConversationChannel),
      }),
    ],
  },
  lastMessageAt: {
    description: "When the last message came.",
    create: {
      type: "DateTime",
      description: "When the last message came; defaults to now.",
      check: z.date().nullish(),
    },
    update: {
      type: "DateTime",
      description: "When the last message came.",
      check: z.date(rule("REQUIRED", "must not be null")).optional(),
    },
    shown: { type: "DateTime" },
    blank: null,
    filter: [field("lastMessageAt", "dateTime", column("lastMessageAt"), "When its latest message came.")],
  },
  subject: {
    description: "What it is about.",
    ...textColumn(500, "What it is about, at most 500 characters."),
    filter: [],
  },
  url: {
    description: "Where to read it.",
    ...urlColumn("Where to read it, http or https."),
    filter: [],
  },
} as const satisfies Record<Exclude<keyof Conversation, Unwritten>, Column>;

defineFields("CONVERSATION", [recordId("Conversation", "conversation"), ...filtersOf(conversationTable)]);
