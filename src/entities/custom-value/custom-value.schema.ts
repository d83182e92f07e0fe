import type { CustomValue } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { LONG_TEXT, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { asNode } from "../../graphql/node.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { customValueTable } from "./custom-value.columns.ts";
import {
  deleteCustomValue,
  MAX_TEMPLATE,
  type RenderedTemplate,
  renderTemplate,
  setCustomValue,
} from "./custom-value.service.ts";

const CustomValueType = builder.prismaObject("CustomValue", {
  ...keyed,
  description: "A text of the organization, for the token `{{custom_values.key}}` in templates.",
  fields: (t) => ({
    ...shownFieldsOf(t, customValueTable),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
  }),
});

asNode(CustomValueType, "custom_value", byId.customValue.load);

const RenderedType = builder.objectRef<RenderedTemplate>("RenderedTemplate").implement({
  description: "A text with its tokens replaced.",
  fields: (t) => ({
    text: t.exposeString("text", {
      description: "The text. Tokens without a value are left in it.",
      // Up to a million characters.
      extensions: price({ cost: LONG_TEXT * 20 }),
    }),
    missing: t.stringList({
      description: "The tokens without a value, each once, in order of appearance.",
      resolve: ({ missing }) => [...missing],
    }),
    found: t.boolean({
      nullable: true,
      description: "Whether the given contact and lead exist for the caller; null if none was given.",
      resolve: ({ found }) => found,
    }),
  }),
});

builder.queryFields((t) => ({
  customValues: t.field({
    type: ["CustomValue"],
    extensions: price({ items: 100 }),
    description: "The organization's custom values, by key.",
    resolve: (_root, _args, { db }, info) =>
      db.customValue.findMany({ orderBy: [{ key: "asc" }], ...selectOf(info, "CustomValue") }),
  }),
  renderTemplate: t.field({
    type: RenderedType,
    description:
      'Replaces the tokens of a text: `{{custom_values.x}}`, `{{organization.name}}`, and of a contact or lead `{{contact.first_name}}`, `{{contact.owner.name}}`, `{{contact.custom.slug}}`. `{{contact.first_name | "there"}}` gives a text for an empty value.',
    args: {
      text: t.arg.string({
        required: true,
        description: `The text, ${MAX_TEMPLATE.toLocaleString("en")} characters at most.`,
      }),
      contactId: t.arg.id({ description: "The contact that `{{contact.…}}` is about." }),
      leadId: t.arg.id({ description: "The lead that `{{lead.…}}` is about." }),
    },
    resolve: (_root, { text, contactId, leadId }, context) =>
      renderTemplate(context, text, {
        ...(contactId != null && { contactId: readIdOf("Contact", contactId, "contactId") }),
        ...(leadId != null && { leadId: readIdOf("Lead", leadId, "leadId") }),
      }),
  }),
}));

const SetPayload = payloadType<CustomValue>("CustomValueSetPayload", "the value", (t) => ({
  customValue: t.expose("result", {
    type: "CustomValue",
    nullable: true,
    description: "The value as it is now; null when refused.",
  }),
}));

const DeletePayload = payloadType<CustomValue>("CustomValueDeletePayload", "the deleted key", (t) => ({
  deletedKey: t.string({
    nullable: true,
    description: "The key; null when refused.",
    resolve: ({ result }) => result?.key ?? null,
  }),
}));

builder.mutationFields((t) => ({
  customValueSet: t.field({
    extensions: needs("CUSTOM_VALUE_MANAGE"),
    type: SetPayload,
    description: "Creates or changes a custom value.",
    args: {
      key: t.arg.string({ required: true, description: customValueTable.key.create.description }),
      value: t.arg.string({ required: true, description: customValueTable.value.create.description }),
    },
    resolve: (_root, { key, value }, context) => payload(() => setCustomValue(context, key, value)),
  }),
  customValueDelete: t.field({
    extensions: needs("CUSTOM_VALUE_MANAGE"),
    type: DeletePayload,
    description: "Deletes a custom value; its token is left as it is in texts that use it.",
    args: { key: t.arg.string({ required: true, description: "Its key." }) },
    resolve: (_root, { key }, context) => payload(() => deleteCustomValue(context, key)),
  }),
}));
