import type { Conversation } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError } from "../../lib/errors.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { lockParents } from "../../records/parents.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { ConversationCreate, ConversationUpdate } from "./conversation.inputs.ts";

/**
 * Links a conversation to a contact.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export function createConversation(
  caller: Caller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<Conversation> {
  const { contactId, lastMessageAt, ...plain } = readInput(ConversationCreate, raw);
  return write(
    caller,
    async (writer) => {
      const { parents, refusals } = await lockParents(writer, { contactId });
      if (refusals.length > 0) throw new RefusalError(refusals);
      return writer.insert("conversation", {
        ...plain,
        ...(parents.contactId && { contactId: parents.contactId }),
        lastMessageAt: lastMessageAt ?? caller.now,
      });
    },
    {
      repeatable: repeatable("conversation", "conversationCreate", raw, idempotencyKey),
    },
  );
}

/** Changes a conversation. */
export function updateConversation(caller: Caller, id: string, raw: unknown): Promise<Conversation> {
  const input = readInput(ConversationUpdate, raw);
  return write(caller, async (writer) => {
    const before = await lockRow(writer, "conversation", id);
    return writer.update("conversation", before, input);
  });
}

/**
 * Permanently deletes the link to a conversation; the messages in the other system are kept.
 *
 * @returns the conversation as it was
 */
export const deleteConversation = (caller: Caller, id: string): Promise<Conversation> =>
  write(caller, async (writer) => {
    const before = await lockRow(writer, "conversation", id);
    await writer.tx.conversation.deleteMany({ where: { id: before.id } });
    writer.trail.note("DELETED", "Conversation", [before.id]);
    return before;
  });
