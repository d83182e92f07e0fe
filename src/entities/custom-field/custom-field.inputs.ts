import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { fold } from "../../lib/fold.ts";
import { requiredText, rule } from "../../records/inputs.ts";
import { CustomFieldEntityEnum, CustomFieldTypeEnum } from "./custom-field.enums.ts";

export const CustomFieldCreateInput = builder.inputType("CustomFieldCreateInput", {
  description: "A new custom field.",
  fields: (t) => ({
    entity: t.field({ type: CustomFieldEntityEnum, required: true, description: "What it belongs to." }),
    slug: t.string({
      description:
        "What values are read and written under: a to z, 0 to 9 and _, beginning with a letter, 64 characters at most. Made from the name when left out (`行业` becomes `xingye`); never changes.",
    }),
    name: t.string({ required: true, description: "What people see, 1 to 100 characters." }),
    type: t.field({ type: CustomFieldTypeEnum, required: true, description: "What values it holds." }),
    options: t.stringList({
      description: "What SELECT and MULTI_SELECT may hold, in order: 1 to 500. Not for other types.",
    }),
    folderId: t.id({ description: "The folder to show it in." }),
  }),
});

const OptionRename = builder.inputType("CustomFieldOptionRenameInput", {
  description:
    "An option's new name. Records that have it and smart lists that name it keep it under the new name.",
  fields: (t) => ({
    from: t.string({ required: true, description: "The option as it is." }),
    to: t.string({ required: true, description: "The option as it is to be; it must be in `options`." }),
  }),
});

export const CustomFieldUpdateInput = builder.inputType("CustomFieldUpdateInput", {
  description: "What to change: left out is untouched.",
  fields: (t) => ({
    name: t.string({ description: "What people see, 1 to 100 characters." }),
    type: t.field({
      type: CustomFieldTypeEnum,
      description: "What values it holds. Refused when a record has a value that would not fit.",
    }),
    options: t.stringList({
      description:
        "All options of SELECT and MULTI_SELECT, in order. One that a record has or a smart list uses cannot go.",
    }),
    optionRenames: t.field({ type: [OptionRename], description: "Options that get another name." }),
    folderId: t.id({ description: "The folder to show it in; null for none." }),
  }),
});

export const FolderCreateInput = builder.inputType("CustomFieldFolderCreateInput", {
  description: "A new folder.",
  fields: (t) => ({
    entity: t.field({
      type: CustomFieldEntityEnum,
      required: true,
      description: "What its fields belong to.",
    }),
    name: t.string({ required: true, description: "What people see, 1 to 100 characters." }),
  }),
});

export const FolderUpdateInput = builder.inputType("CustomFieldFolderUpdateInput", {
  description: "What to change: left out is untouched.",
  fields: (t) => ({
    name: t.string({ description: "What people see, 1 to 100 characters." }),
    position: t.int({ description: "Its place among the folders of its entity, from 0." }),
  }),
});

const types = ["TEXT", "NUMBER", "BOOLEAN", "DATE", "DATE_TIME", "SELECT", "MULTI_SELECT", "URL"] as const;

const options = z
  .array(requiredText(200))
  .max(500, "must not have more than 500 options")
  .refine(
    (list) => new Set(list.map(fold)).size === list.length,
    rule("INVALID_VALUE", "must not have an option twice"),
  );

export const FieldUpdate = z.object({
  name: requiredText(100).optional(),
  type: z.enum(types, rule("REQUIRED", "must not be null")).optional(),
  options: options.nullish(),
  optionRenames: z.array(z.object({ from: z.string(), to: z.string() })).nullish(),
  folderId: z.string().nullish(),
});

export const FieldCreate = z.object({
  entity: z.enum(["CONTACT", "LEAD"]),
  slug: z.string().nullish(),
  name: requiredText(100),
  type: z.enum(types),
  options: options.nullish(),
  folderId: z.string().nullish(),
});

export const FolderCreate = z.object({ entity: z.enum(["CONTACT", "LEAD"]), name: requiredText(100) });
export const FolderUpdate = z.object({
  name: requiredText(100).optional(),
  position: z.int().min(0, "must be 0 or more").nullish(),
});
