import { defineFields } from "../../filter/registry/built-in.ts";
import { related } from "../../filter/registry/make.ts";
import { filtersOf } from "../../records/columns.ts";
import { personFields } from "../../records/person.ts";
import { leadTable } from "./lead.columns.ts";

/** The fields by which leads can be filtered and sorted: their columns, and values that callers do not write. */

const { id, rest } = personFields("lead");

defineFields("LEAD", [
  ...id,
  ...filtersOf(leadTable),
  ...rest,
  ...related(
    "deals",
    { target: "DEAL", relation: "deals" },
    "Its deals.",
    "deal_org_id_lead_id_created_at_id_idx",
    "How many deals it has.",
  ),
  ...related(
    "activities",
    { target: "ACTIVITY", relation: "activities" },
    "Its activities.",
    "activity_org_id_lead_id_occurred_at_id_idx",
    "How many activities it has.",
  ),
]);
