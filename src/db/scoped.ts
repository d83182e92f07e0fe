import type { Database, UnscopedClient } from "./database.ts";
import { type Principal, scope } from "./scope.ts";

/** What a scoped client reaches: Prisma's name of each delegate, and of its model. */
const models = {
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
} as const;

const operations = [
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

type ModelName = keyof typeof models;
type Operation = (typeof operations)[number];
type Delegates = Pick<UnscopedClient, ModelName>;

/**
 * The one door to rows: every call is confined to one organization and to what its member may see. There is no
 * raw SQL behind it and no way to another organization; see `scope` for what a call may say.
 */
export interface Db extends Readonly<{ [Name in ModelName]: Pick<Delegates[Name], Operation> }> {
  /** The organization whose rows these are. */
  readonly orgId: string;
  /** Runs work in one transaction; a throw rolls all of it back. Inside a transaction it joins that one. */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
}

/** Confines a database to a principal. */
export function scopedDb({ prisma }: Database, principal: Principal): Db {
  return confine(prisma, principal, (work) =>
    prisma.$transaction((tx) => work(confine(tx, principal, null))),
  );
}

type Transaction = Db["transaction"];
type Call = (args: object) => Promise<unknown>;

function confine(delegates: Delegates, principal: Principal, transaction: Transaction | null): Db {
  const db: Record<string, unknown> = { orgId: principal.orgId };
  db.transaction = transaction ?? ((work: (tx: Db) => Promise<unknown>) => work(db as unknown as Db));
  for (const name of Object.keys(models) as ModelName[]) {
    Object.defineProperty(db, name, { get: () => confineModel(delegates[name], models[name], principal) });
  }
  return db as unknown as Db;
}

function confineModel(delegate: object, model: string, principal: Principal) {
  const calls = delegate as Readonly<Record<Operation, Call>>;
  return Object.fromEntries(
    operations.map((operation) => [
      operation,
      (args: object = {}) => calls[operation](scope(model, operation, { ...args }, principal)),
    ]),
  );
}
