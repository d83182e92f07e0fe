import { encodeId } from "../../db/ids.ts";
import type { Tag } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { idArg, idempotencyKeyArg } from "../../records/args.ts";
import { inputFieldsOf } from "../../records/columns.ts";
import { tagTable } from "./tag.columns.ts";
import { createTag, type DeletedTag, deleteTag, updateTag } from "./tag.service.ts";

const TagCreateInput = builder.inputType("TagCreateInput", {
  description: "A new tag.",
  fields: (t) => inputFieldsOf(t, tagTable, "create"),
});

const TagUpdateInput = builder.inputType("TagUpdateInput", {
  description: "Fields to change: omitted fields are left as they are, null clears.",
  fields: (t) => inputFieldsOf(t, tagTable, "update"),
});

const tagPayload = (name: string, done: string) =>
  payloadType<Tag>(name, `the ${done} tag`, (t) => ({
    tag: t.expose("result", {
      type: "Tag",
      nullable: true,
      description: `The ${done} tag; null when refused.`,
    }),
  }));

const TagDeletePayload = payloadType<DeletedTag>("TagDeletePayload", "the id of the deleted tag", (t) => ({
  deletedId: t.id({
    nullable: true,
    description: "The id of the deleted tag; null when refused.",
    resolve: ({ result }) => (result === null ? null : encodeId("Tag", result.id)),
  }),
  contactCount: t.int({
    nullable: true,
    description: "Number of contacts that had it, the trash included.",
    resolve: ({ result }) => result?.contacts ?? null,
  }),
  leadCount: t.int({
    nullable: true,
    description: "Number of leads that had it, the trash included.",
    resolve: ({ result }) => result?.leads ?? null,
  }),
}));

builder.mutationFields((t) => ({
  tagCreate: t.field({
    extensions: needs("TAG_CREATE"),
    type: tagPayload("TagCreatePayload", "new"),
    description: "Creates a tag.",
    args: {
      input: t.arg({ type: TagCreateInput, required: true, description: "The new tag." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createTag(context, input, idempotencyKey)),
  }),
  tagUpdate: t.field({
    extensions: needs("TAG_MANAGE"),
    type: tagPayload("TagUpdatePayload", "changed"),
    description: "Renames or recolours a tag. Records and smart lists that have it keep it.",
    args: {
      ...idArg("tag"),
      input: t.arg({ type: TagUpdateInput, required: true, description: "The fields to change." }),
    },
    resolve: (_root, { id, input }, context) => payload(() => updateTag(context, id, input)),
  }),
  tagDelete: t.field({
    extensions: needs("TAG_MANAGE"),
    type: TagDeletePayload,
    description:
      "Deletes a tag and removes it from all records. Smart lists that use it become invalid and report it.",
    args: idArg("tag"),
    resolve: (_root, { id }, context) => payload(() => deleteTag(context, id)),
  }),
}));
