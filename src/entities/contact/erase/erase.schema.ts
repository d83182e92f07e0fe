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
        "A contact, live or in the trash. The id of a merged contact stands for the contact that it was merged into: they are one person.",
    }),
    deleteDeals: t.boolean({
      defaultValue: false,
      description:
        "Whether to delete the person's deals, with the activities that belong only to these deals. By default, deals are kept as business records without the person; a deal whose name contains the person's name, address or number is renamed.",
    }),
  }),
});

const kinds = {
  activities: "Activities with the person, including those that also belonged to a deal.",
  conversations: "Conversations with the person.",
  merges: "Merges whose data for undoing them were erased.",
  idempotencyAnswers:
    "Answers stored under idempotency keys; if such a request is repeated, it is refused with NOT_FOUND. An answer that is a deal that is kept becomes the deal without the person, and is not counted.",
  importErrors: "Errors and notes of imports whose row of the file was erased; its number and code are kept.",
  imports:
    "Imports that were cancelled because their waiting file contains the person or is too large to be searched, as `problem` says, or whose samples and file name were erased.",
  exports: "Exports whose file was deleted because it contained the person.",
  duplicateGroups: "Groups of likely duplicates that were deleted.",
  bulkJobs: "Ended bulk changes whose values were erased. Only earlier versions stored values after the end.",
} as const satisfies Record<keyof ErasedCounts, string>;

const CountsType = builder.objectRef<ErasedCounts>("ErasureCounts").implement({
  description: "How many rows of each kind were erased, or cleared of the person's values.",
  fields: (t) =>
    Object.fromEntries(
      erasedKinds.map((kind) => [
        kind,
        t.int({ description: kinds[kind], resolve: (counts) => counts[kind] }),
      ]),
    ),
});

const ReceiptType = builder.objectRef<Receipt>("ErasureReceipt").implement({
  description: "What was erased of a person: ids and numbers, but none of the person's values.",
  fields: (t) => ({
    auditEventId: t.id({
      description: "The audit event of the erasure.",
      resolve: ({ eventId }) => encodeId("AuditEvent", eventId),
    }),
    erasedAt: t.field({
      type: "DateTime",
      description: "When the person was erased.",
      resolve: ({ erasedAt }) => new Date(erasedAt),
    }),
    contactIds: t.idList({
      description: "The person's contacts, which no longer exist.",
      resolve: ({ contactIds }) => contactIds.map((id) => encodeId("Contact", id)),
    }),
    leadIds: t.idList({
      description: "Leads that had been converted into these contacts, and were erased too.",
      resolve: ({ leadIds }) => leadIds.map((id) => encodeId("Lead", id)),
    }),
    dealIds: t.idList({
      description: "The person's deals, which are kept without the person unless `dealsDeleted`.",
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
      "Erases a person for good and at once, without 30 days in the trash: the contact, contacts merged into it, leads that were converted into it, its activities and conversations, and every copy of their values in merges, imports, exports, idempotency answers and jobs. It cannot be undone. Smart lists and texts of other records are left as they are, even if they name the person. Details: docs/audit.md.",
    args: {
      input: t.arg({ type: EraseInput, required: true, description: "The person to erase." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => eraseContact(context, input, idempotencyKey)),
  }),
);
