import type { DealRow } from "../../db/prisma/rows.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { deletedPayload, payload, payloadType } from "../../graphql/payload.ts";
import { expectedVersionArg, idArg, idempotencyKeyArg } from "../../records/args.ts";
import { DealCreateInput, DealUpdateInput } from "./deal.inputs.ts";
import { createDeal, deleteDeal, updateDeal } from "./deal.service.ts";

const dealPayload = (name: string, done: string) =>
  payloadType<DealRow>(name, `the ${done} deal`, (t) => ({
    deal: t.expose("result", {
      type: "Deal",
      nullable: true,
      description: `The ${done} deal; null when refused.`,
    }),
  }));

builder.mutationFields((t) => ({
  dealCreate: t.field({
    extensions: needs("DEAL_WRITE"),
    type: dealPayload("DealCreatePayload", "created"),
    description: "Creates a deal.",
    args: {
      input: t.arg({ type: DealCreateInput, required: true, description: "The new deal." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createDeal(context, input, idempotencyKey)),
  }),
  dealUpdate: t.field({
    extensions: needs("DEAL_WRITE"),
    type: dealPayload("DealUpdatePayload", "changed"),
    description: "Changes a deal: omitted fields are left as they are, null clears.",
    args: {
      ...idArg("deal"),
      input: t.arg({ type: DealUpdateInput, required: true, description: "The fields to change." }),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, input, expectedVersion }, context) =>
      payload(() => updateDeal(context, id, input, expectedVersion)),
  }),
  dealDelete: t.field({
    extensions: needs("DEAL_WRITE"),
    type: deletedPayload("DealDeletePayload", "Deal", "deal"),
    description:
      "Permanently deletes a deal. Activities that also belong to a contact or lead are kept; the others are deleted with it.",
    args: { ...idArg("deal"), ...expectedVersionArg() },
    resolve: (_root, { id, expectedVersion }, context) =>
      payload(() => deleteDeal(context, id, expectedVersion)),
  }),
}));
