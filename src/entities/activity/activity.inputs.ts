import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, inputFieldsOf } from "../../records/columns.ts";
import { activityTable } from "./activity.columns.ts";

export const ActivityCreateInput = builder.inputType("ActivityCreateInput", {
  description: "A new activity, with at least one of a contact, a lead and a deal.",
  fields: (t) => inputFieldsOf(t, activityTable, "create"),
});

export const ActivityUpdateInput = builder.inputType("ActivityUpdateInput", {
  description: "Fields to change: omitted fields are left as they are, null clears.",
  fields: (t) => inputFieldsOf(t, activityTable, "update"),
});

export const ActivityUpdate = z.object(checksOf(activityTable, "update"));

export const ActivityCreate = z.object(checksOf(activityTable, "create"));
