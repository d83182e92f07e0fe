import type { CustomValue } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { LONG_TEXT, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
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
  description: "A text of the organization that `{{custom_values.key}}` stands for.",
  fields: (t) => ({
    ...shownFieldsOf(t, customValueTable),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
  }),
});

asNode(CustomValueType, "custom_value", byId.customValue.load);

const RenderedType = builder.objectRef<RenderedTemplate>("RenderedTemplate").implement({
  description: "A text whose tokens were filled.",
  fields: (t) => ({
    text: t.exposeString("text", {
      description: "The text. Tokens that could not be filled stay in it.",
      // Up to a million characters.
      extensions: price({ cost: LONG_TEXT * 20 }),
    }),
    missing: t.stringList({
      description: "The tokens that could not be filled, each once, in the order in which they appear.",
      resolve: ({ missing }) => [...missing],
    }),
    found: t.boolean({
      nullable: true,
      description:
        "Whether the contact and lead that were named are there for the caller; null when none was.",
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
      'Fills the tokens of a text: `{{custom_values.x}}`, `{{organization.name}}`, and of a contact or lead `{{contact.first_name}}`, `{{contact.owner.name}}`, `{{contact.custom.slug}}`. `{{contact.first_name | "there"}}` has a text for when there is no value.',
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
    type: SetPayload,
    description: "Sets what a token stands for, whether it was there or not.",
    args: {
      key: t.arg.string({ required: true, description: customValueTable.key.create.description }),
      value: t.arg.string({ required: true, description: customValueTable.value.create.description }),
    },
    resolve: (_root, { key, value }, context) => payload(() => setCustomValue(context, key, value)),
  }),
  customValueDelete: t.field({
    type: DeletePayload,
    description: "Deletes a custom value; texts that use it keep their token.",
    args: { key: t.arg.string({ required: true, description: "What it is called." }) },
    resolve: (_root, { key }, context) => payload(() => deleteCustomValue(context, key)),
  }),
}));
