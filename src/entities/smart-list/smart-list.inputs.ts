import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, inputFieldsOf } from "../../records/columns.ts";
import { smartListTable } from "./smart-list.columns.ts";

export const SmartListCreateInput = builder.inputType("SmartListCreateInput", {
  description: "A new smart list.",
  fields: (t) => inputFieldsOf(t, smartListTable, "create"),
});

export const SmartListUpdateInput = builder.inputType("SmartListUpdateInput", {
  description: "Fields to change; omitted fields are left as they are.",
  fields: (t) => inputFieldsOf(t, smartListTable, "update"),
});

export const SmartListReplaceInput = builder.inputType("SmartListReplaceInput", {
  description: "A list of the set: an existing one if it has an id, else a new one.",
  fields: (t) => ({
    id: t.id({ description: "Id of an existing list; omitted for a new one." }),
    ...inputFieldsOf(t, smartListTable, "create"),
  }),
});

export const ListCreate = z.object(checksOf(smartListTable, "create"));
export const ListUpdate = z.object(checksOf(smartListTable, "update"));
export const ListReplace = z
  .array(ListCreate.extend({ id: z.string().nullish() }))
  .max(200, "must not have more than 200 lists");

/** A checked input of a list. */
export type ListInput = z.infer<typeof ListUpdate>;
