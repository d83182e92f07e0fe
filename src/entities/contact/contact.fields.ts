import { defineFields } from "../../filter/registry/built-in.ts";
import { column, field, related, sorted } from "../../filter/registry/make.ts";
import { filtersOf } from "../../records/columns.ts";
import { personFields } from "../../records/person.ts";
import { contactTable } from "./contact.columns.ts";

/** The fields by which contacts can be filtered and sorted: their columns, and values that callers do not write. */

const { id, rest } = personFields("contact");

defineFields("CONTACT", [
  ...id,
  ...filtersOf(contactTable),
  ...rest,
  field("callCount", "integer", column("callCount"), "How many calls were logged.", {
    ...sorted("callCount", false, "number"),
  }),
  field("lastCallAt", "dateTime", column("lastCallAt", true), "When the last call was.", {
    ...sorted("lastCallAt", true, "date"),
    index: "contact_live_last_call_at_idx",
  }),
  field("inSmartList", "smartList", { kind: "lists" }, "The smart lists that it is in, by id.", {
    idType: "SmartList",
  }),
  ...related(
    "deals",
    { target: "DEAL", relation: "deals" },
    "Its deals.",
    "deal_org_id_contact_id_created_at_id_idx",
    "How many deals it has.",
  ),
  ...related(
    "activities",
    { target: "ACTIVITY", relation: "activities" },
    "Its activities.",
    "activity_org_id_contact_id_occurred_at_id_idx",
    "How many activities it has.",
  ),
  ...related(
    "conversations",
    { target: "CONVERSATION", relation: "conversations" },
    "Its conversations.",
    "conversation_org_id_contact_id_last_message_at_id_idx",
    "How many conversations it has.",
  ),
  ...related(
    "leads",
    { target: "LEAD", relation: "convertedLeads", live: true },
    "Live leads that were converted into this contact.",
    "lead_org_id_converted_contact_id_idx",
    "Number of live leads that were converted into this contact.",
  ),
]);
