import { Prisma } from "../../generated/prisma/browser.ts";

/** The rules of the models: who may see which rows, and what a call may say of them. */

/** The data layer was asked for something that no scoped client may do: a fault of ours, never of the caller's. */
export class ScopeError extends Error {
  override readonly name = "ScopeError";
}

export type Where = Readonly<Record<string, unknown>>;

export interface Rule {
  readonly fields: Readonly<Record<string, string>>;
  /** What a member restricted to assigned data may see; absent when the model is not a matter of assignment. */
  readonly assigned?: (memberId: string) => Where;
  /** Relations that a `where` may follow, and the model at their end: many rows (`some`, `none`) or one (`is`). */
  readonly relations?: Readonly<Record<string, { readonly model: string; readonly one?: true }>>;
  /** A model that belongs to no organization; it is reached through a relation only. */
  readonly shared?: true;
  /** Rows that a restricted member creates must be assigned to them, or they would make what they cannot see. */
  readonly ownable?: boolean;
}

const ownedByOrDealing = (ownerId: string): Where[] => [
  { contact: { is: { ownerId } } },
  { lead: { is: { ownerId } } },
];
const dealAssigned = (ownerId: string): Where => ({ OR: [{ ownerId }, ...ownedByOrDealing(ownerId)] });

const one = (model: string) => ({ model, one: true }) as const;

/** Every model that a scoped client can name. A model without a rule cannot be reached. */
const rules: Readonly<Record<string, Rule>> = {
  Member: { fields: Prisma.MemberScalarFieldEnum, relations: { user: one("User") } },
  User: { fields: Prisma.UserScalarFieldEnum, shared: true },
  ApiKey: { fields: Prisma.ApiKeyScalarFieldEnum, assigned: (memberId) => ({ memberId }) },
  Contact: {
    fields: Prisma.ContactScalarFieldEnum,
    assigned: (ownerId) => ({ ownerId }),
    ownable: true,
    relations: {
      owner: one("Member"),
      tally: one("ContactTally"),
      deals: { model: "Deal" },
      activities: { model: "Activity" },
      conversations: { model: "Conversation" },
      convertedLeads: { model: "Lead" },
    },
  },
  ContactTally: { fields: Prisma.ContactTallyScalarFieldEnum },
  Lead: {
    fields: Prisma.LeadScalarFieldEnum,
    assigned: (ownerId) => ({ ownerId }),
    ownable: true,
    relations: {
      owner: one("Member"),
      tally: one("LeadTally"),
      deals: { model: "Deal" },
      activities: { model: "Activity" },
    },
  },
  LeadTally: { fields: Prisma.LeadTallyScalarFieldEnum },
  Deal: {
    fields: Prisma.DealScalarFieldEnum,
    assigned: dealAssigned,
    relations: {
      owner: one("Member"),
      tally: one("DealTally"),
      contact: one("Contact"),
      lead: one("Lead"),
      activities: { model: "Activity" },
    },
  },
  DealTally: { fields: Prisma.DealTallyScalarFieldEnum },
  Activity: {
    fields: Prisma.ActivityScalarFieldEnum,
    relations: { author: one("Member") },
    assigned: (ownerId) => ({ OR: [...ownedByOrDealing(ownerId), { deal: { is: dealAssigned(ownerId) } }] }),
  },
  Conversation: {
    fields: Prisma.ConversationScalarFieldEnum,
    assigned: (ownerId) => ({ contact: { is: { ownerId } } }),
  },
  Tag: { fields: Prisma.TagScalarFieldEnum },
  ContactTag: {
    fields: Prisma.ContactTagScalarFieldEnum,
    assigned: (ownerId) => ({ contact: { is: { ownerId } } }),
  },
  LeadTag: { fields: Prisma.LeadTagScalarFieldEnum, assigned: (ownerId) => ({ lead: { is: { ownerId } } }) },
  CustomField: { fields: Prisma.CustomFieldScalarFieldEnum },
  CustomFieldFolder: { fields: Prisma.CustomFieldFolderScalarFieldEnum },
  CustomValue: { fields: Prisma.CustomValueScalarFieldEnum },
  SmartList: { fields: Prisma.SmartListScalarFieldEnum },
  SmartListSet: { fields: Prisma.SmartListSetScalarFieldEnum },
  ContactMerge: {
    fields: Prisma.ContactMergeScalarFieldEnum,
    assigned: (ownerId) => ({ primary: { is: { ownerId } } }),
  },
  ContactMergeSource: {
    fields: Prisma.ContactMergeSourceScalarFieldEnum,
    assigned: (ownerId) => ({ merge: { is: { primary: { is: { ownerId } } } } }),
  },
  ImportJob: { fields: Prisma.ImportJobScalarFieldEnum, assigned: (memberId) => ({ memberId }) },
  ImportChunk: {
    fields: Prisma.ImportChunkScalarFieldEnum,
    assigned: (memberId) => ({ job: { is: { memberId } } }),
  },
  ImportError: {
    fields: Prisma.ImportErrorScalarFieldEnum,
    assigned: (memberId) => ({ job: { is: { memberId } } }),
  },
  BulkJob: { fields: Prisma.BulkJobScalarFieldEnum, assigned: (memberId) => ({ memberId }) },
  BulkChunk: {
    fields: Prisma.BulkChunkScalarFieldEnum,
    assigned: (memberId) => ({ job: { is: { memberId } } }),
  },
  IdempotencyKey: { fields: Prisma.IdempotencyKeyScalarFieldEnum },
};

/** @throws ScopeError for a model that no scoped client can name */
export function ruleOf(model: string): Rule {
  const rule = Object.hasOwn(rules, model) ? rules[model] : undefined;
  if (!rule) throw new ScopeError(`model ${model} cannot be reached through a scoped client`);
  return rule;
}
