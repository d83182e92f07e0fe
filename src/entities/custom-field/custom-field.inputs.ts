import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, inputFieldsOf } from "../../records/columns.ts";
import { seen } from "../../records/inputs.ts";
import { customFieldTable, folderTable } from "./custom-field.columns.ts";

export const CustomFieldCreateInput = builder.inputType("CustomFieldCreateInput", {
  description: "A new custom field.",
  fields: (t) => inputFieldsOf(t, customFieldTable, "create"),
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
    ...inputFieldsOf(t, customFieldTable, "update"),
    optionRenames: t.field({ type: [OptionRename], description: "Options that get another name." }),
  }),
});

export const FolderCreateInput = builder.inputType("CustomFieldFolderCreateInput", {
  description: "A new folder.",
  fields: (t) => inputFieldsOf(t, folderTable, "create"),
});

export const FolderUpdateInput = builder.inputType("CustomFieldFolderUpdateInput", {
  description: "What to change: left out is untouched.",
  fields: (t) => inputFieldsOf(t, folderTable, "update"),
});

export const FieldUpdate = z.object({
  ...checksOf(customFieldTable, "update"),
  optionRenames: z.array(z.object({ from: seen(), to: seen() })).nullish(),
});

export const FieldCreate = z.object(checksOf(customFieldTable, "create"));

export const FolderCreate = z.object(checksOf(folderTable, "create"));
export const FolderUpdate = z.object(checksOf(folderTable, "update"));
