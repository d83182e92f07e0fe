import type { LeadRow } from "../../db/prisma/rows.ts";
import { builder } from "../../graphql/builder.ts";
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
  description: "Where the contact that a lead became comes from.",
  values: {
    CREATED: { description: "It is new." },
    MATCHED: { description: "It was there; its blanks were filled." },
  } as const,
});

const ConvertPayload = payloadType<Converted>("LeadConvertPayload", "what the lead became", (t) => ({
  lead: t.field({
    type: "Lead",
    nullable: true,
    description: "The converted lead; null when refused.",
    resolve: ({ result }) => result?.lead ?? null,
  }),
  contact: t.field({
    type: "Contact",
    nullable: true,
    description: "The contact that it became.",
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
    description: "The deal that was made.",
    resolve: ({ result }) => result?.deal ?? null,
  }),
}));

const parts = partsOf("lead", lockLiveLead);

builder.mutationFields((t) => ({
  leadCreate: t.field({
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
    type: leadPayload("LeadUpdatePayload", "changed"),
    description: "Changes a lead: what is left out stays as it is, null clears.",
    args: {
      ...idArg("lead"),
      input: t.arg({ type: LeadUpdateInput, required: true, description: "What to change." }),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, input, expectedVersion }, context) =>
      payload(() => updateLead(context, id, input, expectedVersion)),
  }),
  leadDelete: t.field({
    type: leadPayload("LeadDeletePayload", "trashed"),
    description: "Moves a lead to the trash, from which it can be restored for 30 days. Its deals stay.",
    args: { ...idArg("lead"), ...expectedVersionArg() },
    resolve: (_root, { id, expectedVersion }, context) =>
      payload(() => deleteLead(context, id, expectedVersion)),
  }),
  leadRestore: t.field({
    type: leadPayload("LeadRestorePayload", "restored"),
    description: "Takes a lead out of the trash. One that is not there stays as it is.",
    args: idArg("lead"),
    resolve: (_root, { id }, context) => payload(() => restoreLead(context, id)),
  }),
  leadConvert: t.field({
    type: ConvertPayload,
    description:
      "Makes a lead a contact, matched by e-mail address or new, and a deal, in one step. Its activities and deals are the contact's too from then on.",
    args: {
      ...idArg("lead"),
      input: t.arg({ type: LeadConvertInput, description: "What it becomes." }),
      ...expectedVersionArg(),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { id, input, expectedVersion, idempotencyKey }, context) =>
      payload(() => convertLead(context, id, input, expectedVersion, idempotencyKey)),
  }),
  leadTagsAdd: t.field({
    type: leadPayload("LeadTagsAddPayload", "changed"),
    description: "Lets a lead carry tags as well.",
    args: { ...idArg("lead"), ...tagsArg(), ...createMissingTagsArg() },
    resolve: (_root, { id, tags, createMissingTags }, context) =>
      payload(() => parts.addTags(context, id, tags, createMissingTags)),
  }),
  leadTagsRemove: t.field({
    type: leadPayload("LeadTagsRemovePayload", "changed"),
    description: "Takes tags off a lead; those that it does not carry are passed over.",
    args: { ...idArg("lead"), ...tagsArg() },
    resolve: (_root, { id, tags }, context) => payload(() => parts.removeTags(context, id, tags)),
  }),
  leadCustomFieldSet: t.field({
    type: leadPayload("LeadCustomFieldSetPayload", "changed"),
    description: "Sets one custom field of a lead.",
    args: { ...idArg("lead"), ...customFieldArgs(), ...expectedVersionArg() },
    resolve: (_root, { id, slug, value, expectedVersion }, context) =>
      payload(() => parts.setCustomField(context, id, slug, value, expectedVersion)),
  }),
}));
