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
    "A new name for an option. Records and smart lists that have the option keep it under the new name.",
  fields: (t) => ({
    from: t.string({ required: true, description: "The current name." }),
    to: t.string({ required: true, description: "The new name; it must be in `options`." }),
  }),
});

export const CustomFieldUpdateInput = builder.inputType("CustomFieldUpdateInput", {
  description: "Fields to change; omitted fields are left as they are.",
  fields: (t) => ({
    ...inputFieldsOf(t, customFieldTable, "update"),
    optionRenames: t.field({ type: [OptionRename], description: "Options to rename." }),
  }),
});

export const FolderCreateInput = builder.inputType("CustomFieldFolderCreateInput", {
  description: "A new folder.",
  fields: (t) => inputFieldsOf(t, folderTable, "create"),
});

export const FolderUpdateInput = builder.inputType("CustomFieldFolderUpdateInput", {
  description: "Fields to change; omitted fields are left as they are.",
  fields: (t) => inputFieldsOf(t, folderTable, "update"),
});

export const FieldUpdate = z.object({
  ...checksOf(customFieldTable, "update"),
  optionRenames: z.array(z.object({ from: seen(), to: seen() })).nullish(),
});

export const FieldCreate = z.object(checksOf(customFieldTable, "create"));

export const FolderCreate = z.object(checksOf(folderTable, "create"));
export const FolderUpdate = z.object(checksOf(folderTable, "update"));
