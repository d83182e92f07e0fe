import type { LeadRow } from "../../db/prisma/rows.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import {
  createMissingTagsArg,
  customFieldArgs,
  expectedVersionArg,
  idArg,
  idempotencyKeyArg,
  tagsArg,
} from "../../records/args.ts";
import { partsOf } from "../../records/parts.ts";
import { type Converted, convertLead } from "./lead.convert.ts";
import { LeadConvertInput, LeadCreateInput, LeadUpdateInput } from "./lead.inputs.ts";
import { createLead, deleteLead, lockLiveLead, restoreLead, updateLead } from "./lead.service.ts";

const leadPayload = (name: string, done: string) =>
  payloadType<LeadRow>(name, `the ${done} lead`, (t) => ({
    lead: t.expose("result", {
      type: "Lead",
      nullable: true,
      description: `The ${done} lead; null when refused.`,
    }),
  }));

const ContactOutcome = builder.enumType("LeadConvertContactOutcome", {
  description: "Whether the contact of a converted lead is new.",
  values: {
    CREATED: { description: "The contact was created." },
    MATCHED: { description: "The contact existed; its empty fields were filled from the lead." },
  } as const,
});

const ConvertPayload = payloadType<Converted>("LeadConvertPayload", "the contact and the deal", (t) => ({
  lead: t.field({
    type: "Lead",
    nullable: true,
    description: "The converted lead; null when refused.",
    resolve: ({ result }) => result?.lead ?? null,
  }),
  contact: t.field({
    type: "Contact",
    nullable: true,
    description: "The contact that it was converted into.",
    resolve: ({ result }) => result?.contact ?? null,
  }),
  contactOutcome: t.field({
    type: ContactOutcome,
    nullable: true,
    description: "Whether the contact is new.",
    resolve: ({ result }) => result?.contactOutcome ?? null,
  }),
  deal: t.field({
    type: "Deal",
    nullable: true,
    description: "The deal that was created.",
    resolve: ({ result }) => result?.deal ?? null,
  }),
}));

const parts = partsOf("lead", lockLiveLead);

builder.mutationFields((t) => ({
  leadCreate: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadCreatePayload", "created"),
    description: "Creates a lead.",
    args: {
      input: t.arg({ type: LeadCreateInput, required: true, description: "The new lead." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createLead(context, input, idempotencyKey)),
  }),
  leadUpdate: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadUpdatePayload", "changed"),
    description: "Changes a lead: omitted fields are left as they are, null clears.",
    args: {
      ...idArg("lead"),
      input: t.arg({ type: LeadUpdateInput, required: true, description: "The fields to change." }),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, input, expectedVersion }, context) =>
      payload(() => updateLead(context, id, input, expectedVersion)),
  }),
  leadDelete: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadDeletePayload", "trashed"),
    description: "Moves a lead to the trash, from which it can be restored for 30 days. Its deals are kept.",
    args: { ...idArg("lead"), ...expectedVersionArg() },
    resolve: (_root, { id, expectedVersion }, context) =>
      payload(() => deleteLead(context, id, expectedVersion)),
  }),
  leadRestore: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadRestorePayload", "restored"),
    description: "Restores a lead from the trash. A lead that is not in the trash is returned unchanged.",
    args: idArg("lead"),
    resolve: (_root, { id }, context) => payload(() => restoreLead(context, id)),
  }),
  leadConvert: t.field({
    extensions: needs("LEAD_WRITE"),
    type: ConvertPayload,
    description:
      "Converts a lead into a contact, an existing one with its e-mail address or a new one, and a deal. The lead's activities and deals then belong to the contact too.",
    args: {
      ...idArg("lead"),
      input: t.arg({ type: LeadConvertInput, description: "How to convert it." }),
      ...expectedVersionArg(),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { id, input, expectedVersion, idempotencyKey }, context) =>
      payload(() => convertLead(context, id, input, expectedVersion, idempotencyKey)),
  }),
  leadTagsAdd: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadTagsAddPayload", "changed"),
    description: "Adds tags to a lead.",
    args: { ...idArg("lead"), ...tagsArg(), ...createMissingTagsArg() },
    resolve: (_root, { id, tags, createMissingTags }, context) =>
      payload(() => parts.addTags(context, id, tags, createMissingTags)),
  }),
  leadTagsRemove: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadTagsRemovePayload", "changed"),
    description: "Removes tags from a lead; tags that it does not have are ignored.",
    args: { ...idArg("lead"), ...tagsArg() },
    resolve: (_root, { id, tags }, context) => payload(() => parts.removeTags(context, id, tags)),
  }),
  leadCustomFieldSet: t.field({
    extensions: needs("LEAD_WRITE"),
    type: leadPayload("LeadCustomFieldSetPayload", "changed"),
    description: "Sets one custom field of a lead.",
    args: { ...idArg("lead"), ...customFieldArgs(), ...expectedVersionArg() },
    resolve: (_root, { id, slug, value, expectedVersion }, context) =>
      payload(() => parts.setCustomField(context, id, slug, value, expectedVersion)),
  }),
}));
