/** What a scoped client reaches: Prisma's name of each delegate, and of its model. */
export const models = {
  member: "Member",
  apiKey: "ApiKey",
  contact: "Contact",
  lead: "Lead",
  deal: "Deal",
  activity: "Activity",
  conversation: "Conversation",
  tag: "Tag",
  contactTag: "ContactTag",
  leadTag: "LeadTag",
  customField: "CustomField",
  customFieldFolder: "CustomFieldFolder",
  customValue: "CustomValue",
  smartList: "SmartList",
  smartListSet: "SmartListSet",
  contactMerge: "ContactMerge",
  contactMergeSource: "ContactMergeSource",
  importJob: "ImportJob",
  importChunk: "ImportChunk",
  importError: "ImportError",
  bulkJob: "BulkJob",
  bulkChunk: "BulkChunk",
  idempotencyKey: "IdempotencyKey",
} as const;

export const operations = [
  "findMany",
  "findFirst",
  "count",
  "groupBy",
  "create",
  "createMany",
  "updateMany",
  "updateManyAndReturn",
  "deleteMany",
] as const;

export type ModelName = keyof typeof models;
export type Operation = (typeof operations)[number];

/** Makes a call of a model's delegate, whose arguments are confined. */
export type Call = (name: ModelName, operation: Operation, args: object) => Promise<unknown>;
