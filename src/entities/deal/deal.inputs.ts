import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, inputFieldsOf } from "../../records/columns.ts";
import { dealTable } from "./deal.columns.ts";
import "./deal.fields.ts";

export const DealCreateInput = builder.inputType("DealCreateInput", {
  description: "A new deal.",
  fields: (t) => inputFieldsOf(t, dealTable, "create"),
});

export const DealUpdateInput = builder.inputType("DealUpdateInput", {
  description: "Fields to change: omitted fields are left as they are, null clears.",
  fields: (t) => inputFieldsOf(t, dealTable, "update"),
});

export const DealUpdate = z.object(checksOf(dealTable, "update"));

export const DealCreate = z.object(checksOf(dealTable, "create"));

/** A checked deal input. */
export type DealInput = z.infer<typeof DealUpdate>;
