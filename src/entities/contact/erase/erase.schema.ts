import { encodeId } from "../../../db/ids.ts";
import { type ErasedCounts, erasedKinds } from "../../../db/write/erase.ts";
import { builder } from "../../../graphql/builder.ts";
import { needs } from "../../../graphql/needs.ts";
import { payload, payloadType } from "../../../graphql/payload.ts";
import { idempotencyKeyArg } from "../../../records/args.ts";
import { eraseContact, type Receipt } from "./contact.erase.ts";

const EraseInput = builder.inputType("ContactEraseInput", {
  description: "The person to erase.",
  fields: (t) => ({
    id: t.id({
      required: true,
      description:
        "A contact, live or in the trash. The id of a merged contact stands for the one that it was merged into: they are one person.",
    }),
    deleteDeals: t.boolean({
      defaultValue: false,
      description:
        "Whether the person's deals are deleted with the activities that are theirs alone. By default they stay as business records without the person; one whose name has the person's name, address or number is renamed.",
    }),
  }),
});

const kinds = {
  activities: "Activities that were logged with the person, also those that were a deal's too.",
  conversations: "Conversations with the person.",
  merges: "Merges of which what was kept to undo them is gone.",
  idempotencyAnswers:
    "Answers kept under idempotency keys; those requests, sent again, are refused with NOT_FOUND. The answer of a deal that stays is its row without the person, and not counted.",
  importErrors: "Errors and notes of imports whose row is gone; its number and code stay.",
  imports:
    "Imports that were cancelled because their waiting file has the person or is too large to be searched, as `problem` says, or whose samples and file names are gone.",
  exports: "Exports whose file is deleted because the person was in it.",
  duplicateGroups: "Groups of likely duplicates that are gone.",
  bulkJobs: "Ended bulk changes of earlier versions whose values are gone; others keep none after they end.",
} as const satisfies Record<keyof ErasedCounts, string>;

const CountsType = builder.objectRef<ErasedCounts>("ErasureCounts").implement({
  description: "How many of each kind were erased, or emptied of the person's values.",
  fields: (t) =>
    Object.fromEntries(
      erasedKinds.map((kind) => [
        kind,
        t.int({ description: kinds[kind], resolve: (counts) => counts[kind] }),
      ]),
    ),
});

const ReceiptType = builder.objectRef<Receipt>("ErasureReceipt").implement({
  description: "What was erased of a person: ids and numbers, and none of their values.",
  fields: (t) => ({
    auditEventId: t.id({
      description: "The audit event of the erasure.",
      resolve: ({ eventId }) => encodeId("AuditEvent", eventId),
    }),
    erasedAt: t.field({
      type: "DateTime",
      description: "When.",
      resolve: ({ erasedAt }) => new Date(erasedAt),
    }),
    contactIds: t.idList({
      description: "Contacts that were the person: none of them is found any more.",
      resolve: ({ contactIds }) => contactIds.map((id) => encodeId("Contact", id)),
    }),
    leadIds: t.idList({
      description: "Leads that had become these contacts, and are erased too.",
      resolve: ({ leadIds }) => leadIds.map((id) => encodeId("Lead", id)),
    }),
    dealIds: t.idList({
      description: "Deals that were the person's, and stay without them unless `dealsDeleted`.",
      resolve: ({ dealIds }) => dealIds.map((id) => encodeId("Deal", id)),
    }),
    dealsDeleted: t.exposeBoolean("dealsDeleted", { description: "Whether these deals were deleted." }),
    counts: t.field({
      type: CountsType,
      description: "What else was erased.",
      resolve: ({ counts }) => counts,
    }),
  }),
});

builder.mutationField("contactErase", (t) =>
  t.field({
    extensions: needs("CONTACT_ERASE"),
    type: payloadType<Receipt>("ContactErasePayload", "a receipt", (p) => ({
      receipt: p.field({
        type: ReceiptType,
        nullable: true,
        description: "What was erased; null when refused.",
        resolve: ({ result }) => result,
      }),
    })),
    description:
      "Erases a person for good, right now, without the 30 days of the trash: the contact, contacts merged into it, leads that became it, its activities and conversations, and every copy of their values in merges, imports, exports, idempotency answers and jobs. Nothing brings them back. Smart lists are left as they are, also where one names the person, and so are texts of other records. docs/audit.md has it all.",
    args: {
      input: t.arg({ type: EraseInput, required: true, description: "Whom." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => eraseContact(context, input, idempotencyKey)),
  }),
);
