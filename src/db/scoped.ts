import type { CustomFieldEntity } from "../generated/prisma/enums.ts";
import { fold } from "../lib/fold.ts";
import { decodeId } from "../lib/typeid.ts";
import { type Catalogue, readCatalogue } from "./catalogue.ts";
import { type ChildReader, childReader } from "./children.ts";
import type { Database, UnscopedClient } from "./database.ts";
import { type MemberProfile, readMembers } from "./members.ts";
import { type Principal, ScopeError, scope } from "./scope.ts";

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
  /** Children of many parents in one statement each. */
  readonly children: ChildReader;
  /**
   * Definitions of an entity's custom fields, and tags by name or id, in one statement.
   *
   * @param tags names in any case, or ids
   */
  catalogue(entity: CustomFieldEntity, tags?: readonly string[]): Promise<Catalogue>;
  /** Members with the names of their users: those of the ids, or all. */
  members(ids: readonly string[] | null): Promise<MemberProfile[]>;
  /** Runs work in one transaction; a throw rolls all of it back. Inside a transaction it joins that one. */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
}

/** Confines a database to a principal. */
export function scopedDb({ prisma, pool }: Database, principal: Principal): Db {
  const readers: Readers = {
    children: childReader(pool, principal),
    members: (ids) => readMembers(pool, principal.orgId, ids),
    catalogue: (entity, tags = []) => {
      const ids = tags.flatMap((tag) => decodeId(tag)?.uuid ?? []);
      return readCatalogue(
        pool,
        principal.orgId,
        entity,
        tags.map((tag) => fold(tag.trim())),
        ids,
      );
    },
  };
  return confine(prisma, principal, readers, (work) =>
    prisma.$transaction((tx) => work(confine(tx, principal, outside, null))),
  );
}

type Readers = Pick<Db, "children" | "catalogue" | "members">;

/** These read through the pool: inside a transaction they would not see its rows, and wait for ever on PGlite. */
const outside: Readers = {
  get children(): never {
    throw new ScopeError("children cannot be read inside a transaction");
  },
  get members(): never {
    throw new ScopeError("members cannot be read inside a transaction");
  },
  get catalogue(): never {
    throw new ScopeError("the catalogue cannot be read inside a transaction");
  },
};

type Transaction = Db["transaction"];
type Call = (args: object) => Promise<unknown>;

function confine(
  delegates: Delegates,
  principal: Principal,
  readers: Readers,
  transaction: Transaction | null,
): Db {
  const db: Record<string, unknown> = { orgId: principal.orgId };
  Object.defineProperties(db, Object.getOwnPropertyDescriptors(readers));
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
