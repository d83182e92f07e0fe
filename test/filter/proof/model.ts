/**
 * The filter fields and operators, listed again for the proof: nothing here comes from the registry that it checks.
 */

export type Entity = "contact" | "deal" | "activity" | "conversation" | "lead";

export type Type =
  | "text"
  | "email"
  | "phone"
  | "boolean"
  | "integer"
  | "number"
  | "currency"
  | "enum"
  | "date"
  | "dateTime"
  | "select"
  | "multiSelect"
  | "tags"
  | "id"
  | "member"
  | "relation";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Input = { readonly [name: string]: Json };

/** A record of the proof: plain values by the names of filter fields. */
export type Row = Readonly<Record<string, unknown>>;

const person = {
  id: "id",
  name: "text",
  email: "email",
  company: "text",
  source: "text",
  notes: "text",
  phone: "phone",
  tags: "tags",
  owner: "member",
  "owner.role": "enum",
  "owner.email": "email",
  lastModificationSource: "enum",
  createdAt: "dateTime",
  updatedAt: "dateTime",
} as const satisfies Record<string, Type>;

const keys = [
  "firstName",
  "lastName",
  "title",
  "street",
  "city",
  "state",
  "zip",
  "country",
  "url",
  "linkedinUrl",
  "linkedinSalesUrl",
] as const;

/** The texts of a contact without a column for comparisons. */
export const keyFields: readonly string[] = keys;

/** The fields of each kind of record, by their names in the query form; also the counts of relations. */
export const fields: Readonly<Record<Entity, Readonly<Record<string, Type>>>> = {
  contact: {
    ...person,
    ...Object.fromEntries(keys.map((key) => [key, "text" as const])),
    doNotContact: "boolean",
    allowPhoneCalls: "boolean",
    callCount: "integer",
    lastCallAt: "dateTime",
    deals: "relation",
    "deals.count": "integer",
    activities: "relation",
    "activities.count": "integer",
    conversations: "relation",
    "conversations.count": "integer",
    leads: "relation",
    "leads.count": "integer",
  },
  lead: {
    ...person,
    status: "enum",
    dealValue: "number",
    currency: "text",
    deals: "relation",
    "deals.count": "integer",
    activities: "relation",
    "activities.count": "integer",
  },
  deal: {
    id: "id",
    name: "text",
    stage: "text",
    status: "enum",
    value: "number",
    currency: "currency",
    expectedCloseOn: "date",
    owner: "member",
    "owner.role": "enum",
    "owner.email": "email",
    createdAt: "dateTime",
    updatedAt: "dateTime",
    contact: "relation",
    lead: "relation",
    activities: "relation",
    "activities.count": "integer",
  },
  activity: {
    id: "id",
    kind: "enum",
    occurredAt: "dateTime",
    durationSeconds: "integer",
    author: "member",
    "author.role": "enum",
    "author.email": "email",
  },
  conversation: { id: "id", channel: "enum", lastMessageAt: "dateTime" },
};

/** The relations of each kind of record, and whether a relation has at most one record. */
export const relations: Readonly<
  Record<Entity, Readonly<Record<string, { readonly entity: Entity; readonly one: boolean }>>>
> = {
  contact: {
    deals: { entity: "deal", one: false },
    activities: { entity: "activity", one: false },
    conversations: { entity: "conversation", one: false },
    leads: { entity: "lead", one: false },
  },
  lead: { deals: { entity: "deal", one: false }, activities: { entity: "activity", one: false } },
  deal: {
    activities: { entity: "activity", one: false },
    contact: { entity: "contact", one: true },
    lead: { entity: "lead", one: true },
  },
  activity: {},
  conversation: {},
};

/** Custom fields of contacts: each type without a typed slot, and also with one if the type can have it. */
export const customFields = [
  { slug: "text", type: "TEXT", as: "text", slot: "text1" },
  { slug: "text_json", type: "TEXT", as: "text", slot: null },
  { slug: "link", type: "URL", as: "text", slot: "text2" },
  { slug: "link_json", type: "URL", as: "text", slot: null },
  { slug: "choice", type: "SELECT", as: "select", slot: "text3" },
  { slug: "choice_json", type: "SELECT", as: "select", slot: null },
  { slug: "number", type: "NUMBER", as: "number", slot: "number1" },
  { slug: "number_json", type: "NUMBER", as: "number", slot: null },
  { slug: "flag", type: "BOOLEAN", as: "boolean", slot: null },
  { slug: "day", type: "DATE", as: "date", slot: "date1" },
  { slug: "day_json", type: "DATE", as: "date", slot: null },
  { slug: "moment", type: "DATE_TIME", as: "dateTime", slot: "date2" },
  { slug: "moment_json", type: "DATE_TIME", as: "dateTime", slot: null },
  { slug: "several", type: "MULTI_SELECT", as: "multiSelect", slot: null },
] as const;

export const options = ["Red", "Grün", "İ 100%", "a:b", "Straße"] as const;

export const enums: Readonly<Record<string, readonly string[]>> = {
  role: ["OWNER", "ADMIN", "MEMBER", "READ_ONLY"],
  lastModificationSource: ["API", "IMPORT", "SKIPCALL", "HUBSPOT", "PIPEDRIVE"],
  "deal.status": ["OPEN", "WON", "LOST"],
  "lead.status": ["NEW", "CONTACTED", "QUALIFIED", "UNQUALIFIED", "CONVERTED"],
  kind: ["CALL", "EMAIL", "SMS", "MEETING", "NOTE", "TASK"],
  channel: ["EMAIL", "SMS", "CHAT", "WHATSAPP", "LINKEDIN", "CALL"],
};

/** Further names of fields in the query form. */
export const aliases: Readonly<Record<string, readonly string[]>> = {
  tags: ["tag"],
  owner: ["owner_id", "ownerId"],
  phone: ["phoneNumbers", "phone_numbers"],
  title: ["role"],
  street: ["address.street"],
  city: ["address.city"],
  state: ["address.state"],
  zip: ["address.zip"],
  country: ["address.country"],
  doNotContact: ["dnc", "do_not_contact"],
  createdAt: ["created_at"],
  updatedAt: ["updated_at"],
  callCount: ["call_count"],
  lastCallAt: ["last_call_at"],
  firstName: ["first_name"],
  linkedinSalesUrl: ["linkedin_sales_url"],
  lastModificationSource: ["last_modification_source"],
};

/** The further names of a field. A lead has one phone number, which has a single name. */
export const aliasesOf = (entity: Entity, path: string): readonly string[] =>
  entity === "lead" && path === "phone" ? [] : (aliases[path] ?? []);

const equality = ["EQ", "NE", "IN", "NOT_IN"] as const;
const emptiness = ["IS_EMPTY", "IS_NOT_EMPTY"] as const;
const parts = ["CONTAINS", "NOT_CONTAINS", "STARTS_WITH", "ENDS_WITH"] as const;
const ranges = ["GT", "GTE", "LT", "LTE"] as const;
const dates = ["ON", "WITHIN", "OLDER_THAN"] as const;
const sets = ["CONTAINS", "NOT_CONTAINS", "HAS_ANY", "HAS_ALL", "HAS_NONE"] as const;

export type Op =
  | (typeof equality)[number]
  | (typeof emptiness)[number]
  | (typeof parts)[number]
  | (typeof ranges)[number]
  | (typeof dates)[number]
  | (typeof sets)[number];

/** The operators of each type. */
export const operators: Readonly<Record<Type, readonly Op[]>> = {
  text: [...equality, ...parts, ...emptiness],
  email: [...equality, ...parts, ...emptiness],
  phone: [...equality, ...parts, ...emptiness],
  boolean: ["EQ", "NE", ...emptiness],
  integer: [...equality, ...ranges, ...emptiness],
  number: [...equality, ...ranges, ...emptiness],
  currency: equality,
  date: [...equality, ...ranges, ...dates, ...emptiness],
  dateTime: [...ranges, ...dates, ...emptiness],
  enum: equality,
  select: [...equality, ...emptiness],
  multiSelect: [...sets, ...emptiness],
  tags: [...sets, ...emptiness],
  id: equality,
  member: [...equality, ...emptiness],
  relation: emptiness,
};

/** Operators whose complement is an operator too. */
export const twins: Readonly<Partial<Record<Op, Op>>> = {
  EQ: "NE",
  NE: "EQ",
  IN: "NOT_IN",
  NOT_IN: "IN",
  CONTAINS: "NOT_CONTAINS",
  NOT_CONTAINS: "CONTAINS",
  IS_EMPTY: "IS_NOT_EMPTY",
  IS_NOT_EMPTY: "IS_EMPTY",
  HAS_ANY: "HAS_NONE",
  HAS_NONE: "HAS_ANY",
};

/** Operators that are true exactly if their twin is false, also for records without a value. */
export const negatives: readonly Op[] = ["NE", "NOT_IN", "NOT_CONTAINS", "HAS_NONE", "IS_EMPTY"];
