import type { IdType } from "../../db/ids.ts";
import type { FilterEntity, FilterField } from "./fields.ts";
import { column, field, member, related, sorted } from "./make.ts";

/**
 * The registry of what can be filtered and sorted, from which both filter forms, the typed inputs and the compiler take
 * what they know. A column that is not here cannot be filtered.
 */

const sources = ["API", "IMPORT", "SKIPCALL", "HUBSPOT", "PIPEDRIVE"];

const times = (created: string, updated?: string): FilterField[] => [
  field("createdAt", "dateTime", column("createdAt"), "When it was created.", {
    ...sorted("createdAt", false, "date"),
    index: created,
  }),
  field("updatedAt", "dateTime", column("updatedAt"), "When it last changed.", {
    ...sorted("updatedAt", false, "date"),
    ...(updated !== undefined && { index: updated }),
  }),
];

const id = (idType: IdType, table: string): FilterField =>
  field("id", "id", column("id"), "The record's id.", { idType, index: `${table}_pkey` });

/** What contacts and leads have in common. */
const person = (idType: IdType, table: "contact" | "lead"): readonly FilterField[] => [
  id(idType, table),
  field("name", "text", column("nameKey", false, { searched: true }), "The full name.", {
    ...sorted("nameKey", false, "text"),
    index: `${table}_live_name_key_idx`,
  }),
  field(
    "email",
    "email",
    column("emailKey", true, { searched: true, shown: "email" }),
    "The e-mail address.",
    {
      ...sorted("emailKey", true, "text"),
      index: table === "contact" ? "contact_email_live" : "lead_live_email_key_idx",
    },
  ),
  field("company", "text", column("companyKey", true, { searched: true }), "The company.", {
    ...sorted("companyKey", true, "text"),
    index: `${table}_live_company_key_idx`,
  }),
  field("source", "text", column("sourceKey", true), "Where the record came from.", {
    ...sorted("sourceKey", true, "text"),
    index: `${table}_live_source_key_idx`,
  }),
  field("notes", "text", column("notesKey", true), "Free notes."),
  field("tags", "tags", { kind: "array", column: "tagIds" }, "Tags carried, by name or id.", {
    aliases: ["tag"],
    index: `${table}_tag_ids_idx`,
  }),
  ...member("owner", "ownerId", "The member it is assigned to.", {
    aliases: ["owner_id", "ownerId"],
    index: `${table}_org_id_owner_id_created_at_id_idx`,
  }),
  field("lastModificationSource", "enum", column("lastModificationSource"), "Which system wrote it last.", {
    options: sources,
  }),
  ...times(`${table}_live_created_at_idx`, `${table}_live_updated_at_idx`),
];

const key = (
  name: string,
  description: string,
  aliases: readonly string[] = [],
  index = "contact_facets_idx",
) => field(name, "text", { kind: "key", key: name }, description, { aliases, index });

/** Text columns of a contact that live under `keys`: filtered by facet token when equal, else by reading. */
export const contactKeyFields = [
  key("firstName", "The first name."),
  key("lastName", "The last name."),
  key("title", "The job title.", ["role"]),
  key("street", "Street and number.", ["address.street"]),
  key("city", "The city.", ["address.city"]),
  key("state", "State or province.", ["address.state"]),
  key("zip", "Postal code.", ["address.zip"]),
  key("country", "The country.", ["address.country"]),
  key("url", "The website."),
  key("linkedinUrl", "The LinkedIn profile."),
  key("linkedinSalesUrl", "The LinkedIn Sales Navigator profile."),
] as const;

const contactFields: readonly FilterField[] = [
  ...person("Contact", "contact"),
  field("phone", "phone", { kind: "lines", column: "phoneKey" }, "Any of the phone numbers.", {
    aliases: ["phoneNumbers", "phone_numbers"],
    index: "contact_search_text_idx",
  }),
  ...contactKeyFields,
  field("doNotContact", "boolean", column("doNotContact"), "Must not be contacted.", { aliases: ["dnc"] }),
  field("allowPhoneCalls", "boolean", column("allowPhoneCalls"), "Accepts phone calls."),
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
    "The live leads that became it.",
    "lead_org_id_converted_contact_id_idx",
    "How many live leads became it.",
  ),
];

const leadFields: readonly FilterField[] = [
  ...person("Lead", "lead"),
  field("phone", "phone", { kind: "lines", column: "phoneKey" }, "The phone number.", {
    index: "lead_search_text_idx",
  }),
  field("status", "enum", column("status"), "Where the lead stands.", {
    options: ["NEW", "CONTACTED", "QUALIFIED", "UNQUALIFIED", "CONVERTED"],
    index: "lead_live_status_idx",
  }),
  field("dealValue", "number", column("dealValue", true), "The expected value, in the lead's own currency.", {
    ...sorted("dealValue", true, "number"),
  }),
  key("currency", "ISO 4217 code of the expected value.", [], "lead_facets_idx"),
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
];

const dealFields: readonly FilterField[] = [
  id("Deal", "deal"),
  field("name", "text", column("nameKey"), "What it is called.", sorted("nameKey", false, "text")),
  field("stage", "text", column("stageKey"), "Where it stands in the pipeline.", {
    ...sorted("stageKey", false, "text"),
  }),
  field("status", "enum", column("status"), "Open, won or lost.", { options: ["OPEN", "WON", "LOST"] }),
  field("value", "number", column("value"), "What it is worth, in its own currency.", {
    ...sorted("value", false, "number"),
  }),
  field("currency", "currency", column("currency"), "ISO 4217 code of its value."),
  field("expectedCloseOn", "date", column("expectedCloseOn", true), "The day on which it should close.", {
    ...sorted("expectedCloseOn", true, "date"),
  }),
  ...member("owner", "ownerId", "The member it is assigned to.", {
    aliases: ["owner_id", "ownerId"],
    index: "deal_org_id_owner_id_created_at_id_idx",
  }),
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
];

const activityFields: readonly FilterField[] = [
  id("Activity", "activity"),
  field("kind", "enum", column("kind"), "What it was.", {
    options: ["CALL", "EMAIL", "SMS", "MEETING", "NOTE", "TASK"],
  }),
  field("occurredAt", "dateTime", column("occurredAt"), "When it happened."),
  field("durationSeconds", "integer", column("durationSeconds", true), "How long it took, in seconds."),
  ...member("author", "authorId", "The member who logged it."),
];

const conversationFields: readonly FilterField[] = [
  id("Conversation", "conversation"),
  field("channel", "enum", column("channel"), "Where it is held.", {
    options: ["EMAIL", "SMS", "CHAT", "WHATSAPP", "LINKEDIN", "CALL"],
  }),
  field("lastMessageAt", "dateTime", column("lastMessageAt"), "When its latest message came."),
];

/** The built-in fields of each entity. */
export const builtInFields: Readonly<Record<FilterEntity, readonly FilterField[]>> = {
  CONTACT: contactFields,
  LEAD: leadFields,
  DEAL: dealFields,
  ACTIVITY: activityFields,
  CONVERSATION: conversationFields,
};
