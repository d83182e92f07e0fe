import type { ContactRow } from "../../db/prisma/rows.ts";
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
import { lockLiveContact } from "../../records/lock-contact.ts";
import { partsOf } from "../../records/parts.ts";
import { ContactCreateInput, ContactUpdateInput, ContactUpsertInput } from "./contact.inputs.ts";
import { createContact, updateContact } from "./contact.service.ts";
import { deleteContact, restoreContact } from "./contact.trash.ts";
import { type Upserted, upsertContact } from "./contact.upsert.ts";

const MatchKey = builder.enumType("ContactMatchKey", {
  description: "Keys by which a contact is matched.",
  values: {
    EMAIL: { description: "The same e-mail address, without regard to case." },
    PHONE: { description: "One of the phone numbers." },
    CUSTOM_FIELD: { description: "A value of a unique custom field." },
  } as const,
});

const Outcome = builder.enumType("UpsertOutcome", {
  description: "What an upsert did.",
  values: {
    CREATED: { description: "No contact matched: one was created." },
    UPDATED: { description: "A contact matched and was changed." },
    UNCHANGED: { description: "A contact matched and had the same values already." },
  } as const,
});

const contactPayload = (name: string, done: string) =>
  payloadType<ContactRow>(name, `the ${done} contact`, (t) => ({
    contact: t.expose("result", {
      type: "Contact",
      nullable: true,
      description: `The ${done} contact; null when refused.`,
    }),
  }));

const parts = partsOf("contact", lockLiveContact);

builder.mutationFields((t) => ({
  contactCreate: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactCreatePayload", "created"),
    description: "Creates a contact.",
    args: {
      input: t.arg({ type: ContactCreateInput, required: true, description: "The new contact." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createContact(context, input, idempotencyKey)),
  }),
  contactUpdate: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactUpdatePayload", "changed"),
    description: "Changes a contact: omitted fields are left as they are, null clears.",
    args: {
      ...idArg("contact"),
      input: t.arg({ type: ContactUpdateInput, required: true, description: "The fields to change." }),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, input, expectedVersion }, context) =>
      payload(() => updateContact(context, id, input, expectedVersion)),
  }),
  contactUpsert: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: payloadType<Upserted>("ContactUpsertPayload", "the created or changed contact", (p) => ({
      contact: p.field({
        type: "Contact",
        nullable: true,
        description: "The contact as it is now; null when refused.",
        resolve: ({ result }) => result?.contact ?? null,
      }),
      outcome: p.field({
        type: Outcome,
        nullable: true,
        description: "What the upsert did; null when refused.",
        resolve: ({ result }) => result?.outcome ?? null,
      }),
    })),
    description:
      "Creates a contact, or changes the live one that has the same e-mail address, phone number or unique custom value, by the keys of `matchOn`. If the keys match several contacts, the upsert is refused with the candidates.",
    args: {
      input: t.arg({ type: ContactUpsertInput, required: true, description: "The contact." }),
      matchOn: t.arg({
        type: [MatchKey],
        defaultValue: ["EMAIL"],
        description: "Keys by which it is matched to an existing contact.",
      }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, matchOn, idempotencyKey }, context) =>
      payload(() => upsertContact(context, input, matchOn ?? ["EMAIL"], idempotencyKey)),
  }),
  contactDelete: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactDeletePayload", "trashed"),
    description:
      "Moves a contact to the trash, from which it can be restored for 30 days. Its deals and conversations are kept, and show it as removed.",
    args: { ...idArg("contact"), ...expectedVersionArg() },
    resolve: (_root, { id, expectedVersion }, context) =>
      payload(() => deleteContact(context, id, expectedVersion)),
  }),
  contactRestore: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactRestorePayload", "restored"),
    description:
      "Restores a contact from the trash. A contact that is not in the trash is returned unchanged.",
    args: idArg("contact"),
    resolve: (_root, { id }, context) => payload(() => restoreContact(context, id)),
  }),
  contactTagsAdd: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactTagsAddPayload", "changed"),
    description: "Adds tags to a contact.",
    args: {
      ...idArg("contact"),
      ...tagsArg(),
      ...createMissingTagsArg(),
    },
    resolve: (_root, { id, tags, createMissingTags }, context) =>
      payload(() => parts.addTags(context, id, tags, createMissingTags)),
  }),
  contactTagsRemove: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactTagsRemovePayload", "changed"),
    description: "Removes tags from a contact; tags that it does not have are ignored.",
    args: { ...idArg("contact"), ...tagsArg() },
    resolve: (_root, { id, tags }, context) => payload(() => parts.removeTags(context, id, tags)),
  }),
  contactCustomFieldSet: t.field({
    extensions: needs("CONTACT_WRITE"),
    type: contactPayload("ContactCustomFieldSetPayload", "changed"),
    description: "Sets one custom field of a contact.",
    args: {
      ...idArg("contact"),
      ...customFieldArgs(),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, slug, value, expectedVersion }, context) =>
      payload(() => parts.setCustomField(context, id, slug, value, expectedVersion)),
  }),
}));
