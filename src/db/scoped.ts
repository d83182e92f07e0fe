import type { CustomFieldEntity } from "../generated/prisma/enums.ts";
import { fold } from "../lib/fold.ts";
import { decodeId } from "../lib/typeid.ts";
import { type Bulk, bulkStatements } from "./bulk.ts";
import { type Catalogue, readCatalogue } from "./catalogue.ts";
import { type ChildReader, childReader } from "./children.ts";
import { keepChunk } from "./chunks.ts";
import type { Database, UnscopedClient } from "./database.ts";
import type { CountedRows, KeptReads, PageOfAll, ReadOperation } from "./kept-reads.ts";
import { type Lock, lockFields, lockPhones, lockRows } from "./locks.ts";
import { type MemberProfile, readMembers } from "./members.ts";
import { poolQuery, type Query, transactionQuery } from "./query.ts";
import { type Principal, ScopeError, scope } from "./scope.ts";
import { type RowSet, type SetReader, setReader } from "./sets.ts";
import type { ReadArgs } from "./shape.ts";
import { readTagUsage, type TagUsage } from "./tag-usage.ts";

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
  /** Children of many parents in one statement. */
  readonly children: ChildReader;
  /**
   * Definitions of custom fields, and tags by name or id, in one statement.
   *
   * @param entity whose custom fields; everybody's when null
   * @param tags names in any case, or ids
   */
  catalogue(entity: CustomFieldEntity | null, tags?: readonly string[]): Promise<Catalogue>;
  /** Members with the names of their users: those of the ids, or all. */
  members(ids: readonly string[] | null): Promise<MemberProfile[]>;
  /** How many live contacts and leads that the member may see carry each tag. */
  tagUsage(tagIds: readonly string[]): Promise<TagUsage[]>;
  /** What sets of rows are like, for what Prisma cannot say. */
  readonly sets: SetReader;
  /**
   * The first rows of a list and the number of all of them, in one statement that finds every row: for lists of few.
   * Only outside a transaction.
   */
  countedRows(model: RowSet["model"], args: ReadArgs, page: PageOfAll): Promise<CountedRows>;
  /** Keeps one piece of the file of an import that is being uploaded. Only outside a transaction. */
  keepChunk(jobId: string, position: number, bytes: Buffer): Promise<void>;
  /** Holds rows until the transaction ends, always in the order of their ids. Only inside a transaction. */
  readonly lock: Lock;
  /** Changes of many rows in one statement each. Only inside a transaction. */
  readonly bulk: Bulk;
  /**
   * Runs work in one transaction; a throw rolls all of it back. Inside a transaction it joins that one.
   *
   * @param timeout milliseconds after which it is given up; 30 s when left out
   */
  transaction<T>(work: (tx: Db) => Promise<T>, timeout?: number): Promise<T>;
}

/** Confines a database to a principal. */
export function scopedDb(database: Database, principal: Principal): Db {
  const { prisma, pool, reads } = database;
  const readers = (): Readers => {
    const query = poolQuery(pool);
    return {
      ...readersOf(query, principal, reads.statement),
      children: childReader(database, principal),
      countedRows: (model, args, page) =>
        reads.countedRows(model, scope(models[model], "findMany", { ...args }, principal), page),
      keepChunk: (jobId, position, bytes) => keepChunk(query, principal.orgId, jobId, position, bytes),
      get lock(): never {
        throw new ScopeError("rows can be locked inside a transaction only");
      },
      get bulk(): never {
        throw new ScopeError("bulk statements run inside a transaction only");
      },
    };
  };
  const transaction: Transaction = (work, timeout = 30_000) =>
    prisma.$transaction((tx) => work(confine(tx, principal, () => insideReaders(tx, principal))), {
      timeout,
    });
  return confine(prisma, principal, readers, { transaction, reads });
}

const readerNames = [
  "children",
  "catalogue",
  "members",
  "tagUsage",
  "sets",
  "countedRows",
  "keepChunk",
  "lock",
  "bulk",
] as const satisfies readonly (keyof Db)[];

type Readers = Pick<Db, (typeof readerNames)[number]>;

const readersOf = (
  query: Query,
  principal: Principal,
  statement?: KeptReads["statement"],
): Pick<Db, "catalogue" | "members" | "tagUsage" | "sets"> => ({
  sets: setReader(query, principal, statement),
  members: (ids) => readMembers(query, principal.orgId, ids),
  tagUsage: (tagIds) => readTagUsage(query, principal, tagIds),
  catalogue: (entity, tags = []) =>
    readCatalogue(
      query,
      principal.orgId,
      entity,
      tags.map((tag) => fold(tag.trim())),
      tags.flatMap((tag) => decodeId(tag)?.uuid ?? []),
    ),
});

function insideReaders(tx: Parameters<typeof transactionQuery>[0], principal: Principal): Readers {
  const query = transactionQuery(tx);
  const readers = readersOf(query, principal);
  return {
    ...readers,
    // Definitions stay as they are until the transaction ends: what is derived from them must not go stale.
    catalogue: async (entity, tags) => {
      await lockFields(query, principal.orgId, "share");
      return readers.catalogue(entity, tags);
    },
    lock: {
      rows: (table, ids, strength) => lockRows(query, principal.orgId, table, ids, strength),
      fields: () => lockFields(query, principal.orgId, "update"),
      phones: (numbers) => lockPhones(query, principal.orgId, numbers),
    },
    bulk: bulkStatements(query, principal),
    /** These read through the pool: they would not see the transaction's rows, and wait for ever on PGlite. */
    get children(): never {
      throw new ScopeError("children cannot be read inside a transaction");
    },
    get countedRows(): never {
      throw new ScopeError("lists are read outside of transactions");
    },
    get keepChunk(): never {
      throw new ScopeError(
        "chunks are kept outside of transactions, which would be open while a caller sends",
      );
    },
  };
}

type Transaction = Db["transaction"];
type Call = (args: object) => Promise<unknown>;

const confine = (
  delegates: Delegates,
  principal: Principal,
  readers: () => Readers,
  outside: Outside = {},
): Db => new Confined(delegates, principal, readers, outside) as object as Db;

/** What there is outside of transactions only: one can begin, and reads need not go through Prisma. */
interface Outside {
  readonly transaction?: Transaction;
  readonly reads?: KeptReads;
}

/** What makes a Db. Every request needs one and little of it: the rest of it is not made. */
class Confined {
  readonly orgId: string;
  readonly transaction: Transaction;
  readonly #delegates: Delegates;
  readonly #principal: Principal;
  readonly #make: () => Readers;
  readonly #reads: KeptReads | undefined;
  #made: Readers | undefined;

  constructor(
    delegates: Delegates,
    principal: Principal,
    readers: () => Readers,
    { transaction, reads }: Outside,
  ) {
    this.orgId = principal.orgId;
    this.transaction = transaction ?? ((work) => work(this as object as Db));
    this.#delegates = delegates;
    this.#principal = principal;
    this.#make = readers;
    this.#reads = reads;
  }

  static {
    for (const name of Object.keys(models) as ModelName[]) {
      Object.defineProperty(Confined.prototype, name, {
        get(this: Confined) {
          return new ConfinedModel(this.#delegates[name], name, this.#principal, this.#reads);
        },
      });
    }
    for (const name of readerNames) {
      Object.defineProperty(Confined.prototype, name, {
        get(this: Confined) {
          this.#made ??= this.#make();
          return this.#made[name];
        },
      });
    }
  }
}

/** One model's operations. */
class ConfinedModel {
  readonly #calls: Readonly<Record<Operation, Call>>;
  readonly #name: ModelName;
  readonly #principal: Principal;
  readonly #reads: KeptReads | undefined;

  constructor(delegate: object, name: ModelName, principal: Principal, reads: KeptReads | undefined) {
    this.#calls = delegate as Readonly<Record<Operation, Call>>;
    this.#name = name;
    this.#principal = principal;
    this.#reads = reads;
  }

  static {
    for (const operation of operations) {
      Object.defineProperty(ConfinedModel.prototype, operation, {
        value(this: ConfinedModel, args: object = {}) {
          const confined = scope(models[this.#name], operation, { ...args }, this.#principal);
          const ask = () => this.#calls[operation](confined);
          return this.#reads && isKept(operation)
            ? this.#reads.read(this.#name, operation, confined, ask)
            : ask();
        },
      });
    }
  }
}

const isKept = (operation: Operation): operation is ReadOperation =>
  operation === "findMany" || operation === "findFirst" || operation === "count";
