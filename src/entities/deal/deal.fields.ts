import { defineFields } from "../../filter/registry/built-in.ts";
import { recordId, related, times } from "../../filter/registry/make.ts";
import { filtersOf } from "../../records/columns.ts";
import { dealTable } from "./deal.columns.ts";

/** The fields by which deals can be filtered and sorted: their columns, and values that callers do not write. */

defineFields("DEAL", [
  recordId("Deal", "deal"),
  ...filtersOf(dealTable),
  ...times("deal_org_id_created_at_id_idx"),
  ...related(
    "contact",
    { target: "CONTACT", relation: "contact", one: true, live: true },
    "The live contact that it is with.",
    "contact_pkey",
  ),
  ...related(
    "lead",
    { target: "LEAD", relation: "lead", one: true, live: true },
    "The live lead that it came from.",
    "lead_pkey",
  ),
  ...related(
    "activities",
    { target: "ACTIVITY", relation: "activities" },
    "Its activities.",
    "activity_org_id_deal_id_occurred_at_id_idx",
    "How many activities it has.",
  ),
]);
