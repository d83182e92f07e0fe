import type { CustomFieldEntity } from "../../generated/prisma/enums.ts";
import type { TouchedName } from "../models.ts";
import type { UnscopedClient } from "../prisma/client.ts";
import type { ReadArgs } from "../prisma/shape.ts";
import type { AddressRow } from "../read/addresses.ts";
import type { Catalogue } from "../read/catalogue.ts";
import type { ChildReader } from "../read/children.ts";
import type { DuplicateReader } from "../read/duplicates.ts";
import type { Beside, RowsBeside } from "../read/rows-with.ts";
import type { SetReader } from "../read/sets.ts";
import type { TagUsage } from "../read/tag-usage.ts";
import type { AuditRow } from "../write/audit.ts";
import type { Bulk } from "../write/bulk.ts";
import type { KeptAnswer, KeyedRequest } from "../write/kept-answers.ts";
import type { Lock } from "../write/locks.ts";
import type { OrganizationRow } from "../write/organization.ts";
import type { RowStore } from "../write/row-store.ts";
import type { UniqueValues } from "../write/unique-values.ts";
import type { Users } from "../write/users.ts";
import type { MemberProfile } from "./members.ts";
import type { ModelName, Operation } from "./models.ts";

type Delegates = Pick<UnscopedClient, ModelName>;

/**
 * The scoped client, the only access to rows: every call is confined to one organization and to what its member may
 * see. It offers no raw SQL and no way to another organization; see `scope` for the arguments that a call may have.
 */
export interface Db extends Readonly<{ [Name in ModelName]: Pick<Delegates[Name], Operation> }> {
  /** The organization whose rows these are. */
  readonly orgId: string;
  /** Children of many parents in one statement. */
  readonly children: ChildReader;
  /**
   * Definitions of custom fields, tags by name or id, and members by id, in one statement.
   *
   * @param entity whose custom fields; those of all entities when null
   * @param named names of tags in any case, and ids of tags and members
   */
  catalogue(entity: CustomFieldEntity | null, named?: readonly string[]): Promise<Catalogue>;
  /**
   * Members with their names.
   *
   * @param ids only these, whether or not they were removed; all when null
   * @param removed whether those who were removed are among all of them
   */
  members(ids: readonly string[] | null, removed?: boolean): Promise<MemberProfile[]>;
  /** Contacts that have or had these e-mail addresses (comparison keys), whether or not the member may see them. */
  addresses(keys: readonly string[]): Promise<AddressRow[]>;
  /**
   * Ids of live contacts with one of these phone numbers that the member may see.
   *
   * @param nameKeys keys of names that they must have one of; null for any name
   */
  phoneHolders(numbers: readonly string[], nameKeys: readonly string[] | null): Promise<string[]>;
  /** How many live contacts and leads that the member may see carry each tag. */
  tagUsage(tagIds: readonly string[]): Promise<TagUsage[]>;
  /** Contacts that are likely one person. */
  readonly duplicates: DuplicateReader;
  /** Counts and fingerprints of sets of rows, which Prisma cannot make. */
  readonly sets: SetReader;
  /**
   * Rows, and beside them what belongs to them, in one statement: the answers of their children, or the number of all
   * rows of a short list. Only outside a transaction.
   */
  rowsWith(model: ModelName, args: ReadArgs, beside: Beside): Promise<RowsBeside>;
  /** Stores one chunk of the file of an import that is being uploaded. Only outside a transaction. */
  keepChunk(jobId: string, position: number, bytes: Buffer): Promise<void>;
  /** Locks rows until the transaction ends, all writes in one order. Only inside a transaction. */
  readonly lock: Lock;
  /** One row at a time: locked, or optimistically. Only inside a transaction or an optimistic write. */
  readonly rows: RowStore;
  /** Values of unique custom fields. Only inside a transaction. */
  readonly unique: UniqueValues;
  /** Users who are to become members. Only inside a transaction. */
  readonly users: Users;
  /** The settings of the organization. Only inside a transaction. */
  readonly organization: OrganizationRow;
  /** Changes of many rows in one statement each. Only inside a transaction. */
  readonly bulk: Bulk;
  /**
   * Claims an idempotency key for the request of this transaction. Only inside a transaction.
   *
   * @param since an earlier request has lost the key
   * @returns false if another request has it
   */
  claim(request: KeyedRequest, since: Date): Promise<boolean>;
  /** Writes audit events, and the answer of the request whose key was claimed. Only inside a transaction. */
  audit(events: readonly AuditRow[], kept: KeptAnswer | null): Promise<void>;
  /** The models whose rows this transaction has changed, but for what follows from that. Only inside a transaction. */
  readonly touched: ReadonlySet<TouchedName>;
  /**
   * Runs work in one transaction; a throw rolls all of it back. Inside a transaction it joins that one.
   *
   * @param timeout milliseconds after which it is rolled back; 30,000 when left out
   */
  transaction<T>(work: (tx: Db) => Promise<T>, timeout?: number): Promise<T>;
  /**
   * An optimistic write: tries work that changes at most one row as one statement, without a transaction. Only outside
   * a transaction.
   *
   * @returns null when the work needs a transaction; nothing was written then
   */
  optimistic<T>(work: (tx: Db) => Promise<T>): Promise<{ readonly result: T } | null>;
}
