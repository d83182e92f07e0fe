import { encodeId } from "../../db/ids.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { CustomField, CustomFieldFolder } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { deletedPayload, payload, payloadType } from "../../graphql/payload.ts";
import { idArg, idempotencyKeyArg } from "../../records/args.ts";
import { CustomFieldEntityEnum } from "./custom-field.enums.ts";
import {
  CustomFieldCreateInput,
  CustomFieldUpdateInput,
  FolderCreateInput,
  FolderUpdateInput,
} from "./custom-field.inputs.ts";
import {
  type ChangedField,
  createField,
  type DeletedField,
  deleteField,
  reorderFields,
  updateField,
} from "./custom-field.service.ts";
import { createFolder, deleteFolder, updateFolder } from "./folder.service.ts";

const FieldCreatePayload = payloadType<CustomField>("CustomFieldCreatePayload", "the new field", (t) => ({
  customField: t.expose("result", {
    type: "CustomField",
    nullable: true,
    description: "The new field; null when refused.",
  }),
}));

const FieldUpdatePayload = payloadType<ChangedField>(
  "CustomFieldUpdatePayload",
  "the changed field",
  (t) => ({
    customField: t.field({
      type: "CustomField",
      nullable: true,
      description: "The changed field, in a dry run as it would be; null when refused.",
      resolve: ({ result }) => result?.field ?? null,
    }),
    valueCount: t.int({
      nullable: true,
      description: "Number of records whose value is converted; in a dry run, that would be.",
      resolve: ({ result }) => result?.values ?? null,
    }),
  }),
);

const FieldDeletePayload = payloadType<DeletedField>(
  "CustomFieldDeletePayload",
  "the deleted field",
  (t) => ({
    deletedId: t.id({
      nullable: true,
      description: "The id of the deleted field; null when refused.",
      resolve: ({ result }) => (result === null ? null : encodeId("CustomField", result.id)),
    }),
    valueCount: t.int({
      nullable: true,
      description: "Number of records whose value was deleted.",
      resolve: ({ result }) => result?.values ?? null,
    }),
  }),
);

const ReorderPayload = payloadType<readonly Definition[]>(
  "CustomFieldsReorderPayload",
  "the fields",
  (t) => ({
    customFields: t.field({
      type: ["CustomField"],
      description: "The entity's fields in their new order; empty when refused.",
      resolve: ({ result }) => [...(result ?? [])],
    }),
  }),
);

const folderPayload = (name: string, done: string) =>
  payloadType<CustomFieldFolder>(name, `the ${done} folder`, (t) => ({
    folder: t.expose("result", {
      type: "CustomFieldFolder",
      nullable: true,
      description: `The ${done} folder; null when refused.`,
    }),
  }));

builder.mutationFields((t) => ({
  customFieldCreate: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: FieldCreatePayload,
    description: "Adds a field to contacts or leads.",
    args: {
      input: t.arg({ type: CustomFieldCreateInput, required: true, description: "The new field." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createField(context, input, idempotencyKey)),
  }),
  customFieldUpdate: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: FieldUpdatePayload,
    description:
      "Changes a custom field. Every existing value has to fit a new type or new options; otherwise nothing is changed, and the error has the number of values that do not fit and some of their records. Options that smart lists use cannot be removed.",
    args: {
      ...idArg("field"),
      input: t.arg({ type: CustomFieldUpdateInput, required: true, description: "The fields to change." }),
      dryRun: t.arg.boolean({
        defaultValue: false,
        description: "If true, checks whether every value would fit, and changes nothing.",
      }),
    },
    resolve: (_root, { id, input, dryRun }, context) =>
      payload(() => updateField(context, id, input, dryRun ?? false)),
  }),
  customFieldDelete: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: FieldDeletePayload,
    description: "Deletes a custom field and all of its values. Refused while smart lists use it.",
    args: idArg("field"),
    resolve: (_root, { id }, context) => payload(() => deleteField(context, id)),
  }),
  customFieldsReorder: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: ReorderPayload,
    description: "Puts an entity's custom fields in order.",
    args: {
      entity: t.arg({
        type: CustomFieldEntityEnum,
        required: true,
        description: "The kind of records that have the fields.",
      }),
      ids: t.arg.idList({ required: true, description: "All of its fields, in their new order." }),
    },
    resolve: (_root, { entity, ids }, context) => payload(() => reorderFields(context, entity, ids)),
  }),
  customFieldFolderCreate: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: folderPayload("CustomFieldFolderCreatePayload", "new"),
    description: "Creates a folder for custom fields.",
    args: {
      input: t.arg({ type: FolderCreateInput, required: true, description: "The new folder." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createFolder(context, input, idempotencyKey)),
  }),
  customFieldFolderUpdate: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: folderPayload("CustomFieldFolderUpdatePayload", "changed"),
    description: "Renames a folder or moves it.",
    args: {
      ...idArg("folder"),
      input: t.arg({ type: FolderUpdateInput, required: true, description: "The fields to change." }),
    },
    resolve: (_root, { id, input }, context) => payload(() => updateFolder(context, id, input)),
  }),
  customFieldFolderDelete: t.field({
    extensions: needs("CUSTOM_FIELD_MANAGE"),
    type: deletedPayload("CustomFieldFolderDeletePayload", "CustomFieldFolder", "folder"),
    description: "Deletes a folder; its fields are kept, without a folder.",
    args: idArg("folder"),
    resolve: (_root, { id }, context) => payload(() => deleteFolder(context, id)),
  }),
}));
