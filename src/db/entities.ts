import { Prisma } from "../generated/prisma/browser.ts";
import type { AnyModel, AnyOwned, ModelName, ModelRow } from "./entity.ts";

/**
 * The table of models: one row for each model of the Prisma schema, with all that the rest of the code needs to know of
 * it (the columns of the table are in `entity.ts`). From it come the scoped client and its rules, the order of locks,
 * ids and `node`, loaders, what a merge of contacts moves and what a purge erases. A model without a row does not
 * compile, nor a row that leaves out a pointer.
 *
 * The rows stand in the order in which every write takes its locks (see `write/lock-order.ts`).
 */
export const entities = {
  Organization: { kind: "shared", table: "organization", ids: true },
  User: { kind: "shared", table: "app_user", followed: true },
  UserIdentity: { kind: "shared", table: "user_identity" },
  Member: {
    kind: "owned",
    table: "member",
    nouns: ["member", "members"],
    ids: true,
    visibleThrough: "everybody",
    pointers: { user: { to: "User", followed: true } },
  },
  BulkJob: {
    kind: "owned",
    table: "bulk_job",
    nouns: ["bulk job", "bulk jobs"],
    ids: true,
    locked: true,
    visibleThrough: ["memberId"],
    pointers: { member: { to: "Member" }, apiKey: { to: "ApiKey" } },
  },
  BulkChunk: {
    kind: "owned",
    table: "bulk_chunk",
    nouns: ["piece of a bulk job", "pieces of bulk jobs"],
    visibleThrough: ["job"],
    pointers: { job: { to: "BulkJob" } },
  },
  CustomFieldFolder: {
    kind: "owned",
    table: "custom_field_folder",
    nouns: ["custom field folder", "custom field folders"],
    ids: true,
    locked: true,
    visibleThrough: "everybody",
    pointers: {},
  },
  CustomField: {
    kind: "owned",
    table: "custom_field",
    nouns: ["custom field", "custom fields"],
    ids: true,
    locked: true,
    visibleThrough: "everybody",
    pointers: { folder: { to: "CustomFieldFolder" } },
  },
  ContactEmail: {
    kind: "owned",
    table: "contact_email",
    nouns: ["address of a contact", "addresses of contacts"],
    visibleThrough: "everybody",
    pointers: {},
  },
  CustomUnique: {
    kind: "owned",
    table: "custom_unique",
    nouns: ["unique custom value", "unique custom values"],
    visibleThrough: "everybody",
    pointers: { field: { to: "CustomField" } },
  },
  Contact: {
    kind: "owned",
    table: "contact",
    nouns: ["contact", "contacts"],
    ids: true,
    locked: true,
    filtered: true,
    visibleThrough: ["ownerId"],
    pointers: {
      owner: { to: "Member", followed: true },
      mergedInto: { to: "Contact", followed: false, merge: "mergedIds", purge: "keep" },
    },
    many: {
      deals: "Deal",
      activities: "Activity",
      conversations: "Conversation",
      convertedLeads: "Lead",
      facetRows: "ContactFacet",
      phoneRows: "ContactPhone",
      tags: "ContactTag",
      merged: null,
      mergesInto: null,
      mergesFrom: null,
    },
    tally: "ContactTally",
  },
  Lead: {
    kind: "owned",
    table: "lead",
    nouns: ["lead", "leads"],
    ids: true,
    locked: true,
    filtered: true,
    visibleThrough: ["ownerId"],
    pointers: {
      owner: { to: "Member", followed: true },
      convertedContact: { to: "Contact", followed: false, merge: "leadIds", purge: "keep" },
      convertedDeal: { to: "Deal", followed: false },
    },
    many: { deals: "Deal", activities: "Activity", facetRows: "LeadFacet", tags: "LeadTag" },
    tally: "LeadTally",
  },
  Deal: {
    kind: "owned",
    table: "deal",
    nouns: ["deal", "deals"],
    ids: true,
    locked: true,
    filtered: true,
    visibleThrough: ["ownerId", "contact", "lead"],
    pointers: {
      owner: { to: "Member", followed: true },
      contact: { to: "Contact", followed: true, merge: "dealIds", purge: "keep" },
      lead: { to: "Lead", followed: true, purge: "keep" },
    },
    many: { activities: "Activity", convertedLeads: null },
    tally: "DealTally",
  },
  Activity: {
    kind: "owned",
    table: "activity",
    nouns: ["activity", "activities"],
    createdVerb: "logged",
    ids: true,
    locked: true,
    filtered: true,
    visibleThrough: ["contact", "lead", "deal"],
    pointers: {
      author: { to: "Member", followed: true },
      contact: { to: "Contact", followed: false, merge: "activityIds", purge: "deleteUnlessShared" },
      lead: { to: "Lead", followed: false, purge: "deleteUnlessShared" },
      deal: { to: "Deal", followed: false },
    },
  },
  Conversation: {
    kind: "owned",
    table: "conversation",
    nouns: ["conversation", "conversations"],
    createdVerb: "begun",
    ids: true,
    locked: true,
    filtered: true,
    visibleThrough: ["contact"],
    pointers: { contact: { to: "Contact", followed: false, merge: "conversationIds", purge: "keep" } },
  },
  Tag: {
    kind: "owned",
    table: "tag",
    nouns: ["tag", "tags"],
    ids: true,
    locked: true,
    visibleThrough: "everybody",
    pointers: {},
  },
  ContactTag: {
    kind: "owned",
    table: "contact_tag",
    nouns: ["tag of a contact", "tags of contacts"],
    visibleThrough: ["contact"],
    pointers: {
      // A merge writes the survivor's tags anew, from its `tagIds`.
      contact: { to: "Contact", merge: "keep", purge: "delete" },
      tag: { to: "Tag" },
      addedBy: { to: "Member" },
    },
  },
  LeadTag: {
    kind: "owned",
    table: "lead_tag",
    nouns: ["tag of a lead", "tags of leads"],
    visibleThrough: ["lead"],
    pointers: { lead: { to: "Lead", purge: "delete" }, tag: { to: "Tag" }, addedBy: { to: "Member" } },
  },
  CustomValue: {
    kind: "owned",
    table: "custom_value",
    nouns: ["custom value", "custom values"],
    ids: true,
    locked: true,
    visibleThrough: "everybody",
    pointers: {},
  },
  SmartList: {
    kind: "owned",
    table: "smart_list",
    nouns: ["smart list", "smart lists"],
    ids: true,
    locked: true,
    visibleThrough: "everybody",
    pointers: {},
  },
  SmartListSet: {
    kind: "owned",
    table: "smart_list_set",
    nouns: ["set of smart lists", "sets of smart lists"],
    visibleThrough: "everybody",
    pointers: {},
  },
  ApiKey: {
    kind: "owned",
    table: "api_key",
    nouns: ["API key", "API keys"],
    ids: true,
    locked: true,
    visibleThrough: ["memberId"],
    pointers: { member: { to: "Member" } },
  },
  ContactMerge: {
    kind: "owned",
    table: "contact_merge",
    nouns: ["merge", "merges"],
    ids: true,
    visibleThrough: ["primary"],
    pointers: {
      primary: { to: "Contact", merge: "keep", purge: "delete" },
      mergedBy: { to: "Member" },
    },
  },
  ContactMergeSource: {
    kind: "owned",
    table: "contact_merge_source",
    nouns: ["duplicate of a merge", "duplicates of merges"],
    visibleThrough: ["merge"],
    pointers: {
      merge: { to: "ContactMerge" },
      contact: { to: "Contact", merge: "keep", purge: { clear: ["before", "after"], of: "merge" } },
    },
  },
  ImportJob: {
    kind: "owned",
    table: "import_job",
    nouns: ["import", "imports"],
    ids: true,
    locked: true,
    visibleThrough: ["memberId"],
    pointers: { member: { to: "Member" }, apiKey: { to: "ApiKey" } },
  },
  ImportChunk: {
    kind: "owned",
    table: "import_chunk",
    nouns: ["piece of an import", "pieces of imports"],
    visibleThrough: ["job"],
    pointers: { job: { to: "ImportJob" } },
  },
  ImportError: {
    kind: "owned",
    table: "import_error",
    nouns: ["error of an import", "errors of imports"],
    visibleThrough: ["job"],
    pointers: { job: { to: "ImportJob" } },
  },
  ExportJob: {
    kind: "owned",
    table: "export_job",
    nouns: ["export", "exports"],
    ids: true,
    locked: true,
    visibleThrough: ["memberId"],
    pointers: { member: { to: "Member" }, apiKey: { to: "ApiKey" } },
  },
  ExportBatch: {
    kind: "owned",
    table: "export_batch",
    nouns: ["batch of an export", "batches of exports"],
    visibleThrough: ["job"],
    pointers: { job: { to: "ExportJob" } },
  },
  ExportChunk: {
    kind: "owned",
    table: "export_chunk",
    nouns: ["piece of an export", "pieces of exports"],
    visibleThrough: ["job"],
    pointers: { job: { to: "ExportJob" } },
  },
  DuplicateSearch: {
    kind: "owned",
    table: "duplicate_search",
    nouns: ["search for duplicates", "searches for duplicates"],
    ids: true,
    locked: true,
    visibleThrough: "everybody",
    pointers: { member: { to: "Member" }, apiKey: { to: "ApiKey" } },
  },
  DuplicateGroup: {
    kind: "owned",
    table: "duplicate_group",
    nouns: ["group of duplicates", "groups of duplicates"],
    visibleThrough: "everybody",
    pointers: { job: { to: "DuplicateSearch" } },
  },
  IdempotencyKey: {
    kind: "owned",
    table: "idempotency_key",
    nouns: ["idempotency key", "idempotency keys"],
    visibleThrough: "everybody",
    pointers: {},
  },
  ContactTally: { kind: "view", table: "contact_tally" },
  LeadTally: { kind: "view", table: "lead_tally" },
  DealTally: { kind: "view", table: "deal_tally" },
  ContactFacet: { kind: "view", table: "contact_facet" },
  ContactPhone: { kind: "view", table: "contact_phone" },
  LeadFacet: { kind: "view", table: "lead_facet" },
} as const satisfies { readonly [Name in ModelName]: ModelRow<Name> };

type Entities = typeof entities;

/** The models whose rows belong each to one organization. */
export type OwnedName = {
  [Name in ModelName]: Entities[Name] extends { kind: "owned" } ? Name : never;
}[ModelName];

/** The models whose rows have ids in the API; each is the GraphQL type of the same name. */
export type IdType = {
  [Name in ModelName]: Entities[Name] extends { ids: true } ? Name : never;
}[ModelName];

/** The models whose rows a write may lock. */
export type LockedName = {
  [Name in ModelName]: Entities[Name] extends { locked: true } ? Name : never;
}[ModelName];

/** The tables of the models whose rows a write may lock. */
export type Lockable = Entities[LockedName]["table"];

/** The models that can be filtered. */
export type FilteredName = {
  [Name in ModelName]: Entities[Name] extends { filtered: true } ? Name : never;
}[ModelName];

/** Prisma's name of a model's delegate, such as `customField`. */
export type Delegate<Name extends ModelName> = Uncapitalize<Name>;
export const delegateOf = <Name extends ModelName>(name: Name): Delegate<Name> =>
  `${name.charAt(0).toLowerCase()}${name.slice(1)}` as Delegate<Name>;

/** Every model with its row, in the order of the table. */
export const allModels = Object.entries(entities) as readonly (readonly [ModelName, AnyModel])[];

/** Every model whose rows belong to an organization, with its row, in the order of the table. */
export const ownedModels = allModels.filter(
  ([, row]) => row.kind === "owned",
) as unknown as readonly (readonly [OwnedName, AnyOwned])[];

/** A model's columns by Prisma's field names; each name is mapped to itself, as in Prisma's enums. */
export const columnsOf = (name: ModelName): Readonly<Record<string, string>> =>
  Prisma[`${name}ScalarFieldEnum`];
