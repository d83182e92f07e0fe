import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, inputFieldsOf } from "../../records/columns.ts";
import { smartListTable } from "./smart-list.columns.ts";

export const SmartListCreateInput = builder.inputType("SmartListCreateInput", {
  description: "A new smart list.",
  fields: (t) => inputFieldsOf(t, smartListTable, "create"),
});

export const SmartListUpdateInput = builder.inputType("SmartListUpdateInput", {
  description: "What to change: left out is untouched.",
  fields: (t) => inputFieldsOf(t, smartListTable, "update"),
});

export const SmartListReplaceInput = builder.inputType("SmartListReplaceInput", {
  description: "One list of a set: with an id that list changes, without one it is new.",
  fields: (t) => ({
    id: t.id({ description: "The list that it is; none for a new one." }),
    ...inputFieldsOf(t, smartListTable, "create"),
  }),
});

export const ListCreate = z.object(checksOf(smartListTable, "create"));
export const ListUpdate = z.object(checksOf(smartListTable, "update"));
export const ListReplace = z
  .array(ListCreate.extend({ id: z.string().nullish() }))
  .max(200, "must not have more than 200 lists");

/** What a list says, checked. */
export type ListInput = z.infer<typeof ListUpdate>;
