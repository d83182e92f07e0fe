import type { OwnedName } from "../models.ts";
import { ScopeError } from "../scope/rules.ts";
import type { ColumnLimits } from "../scope/scope.ts";
import type { AuditRow } from "./audit.ts";
import type { LockOrder } from "./lock-order.ts";
import type { Lock } from "./locks.ts";
import {
  changeRow,
  insertContact,
  readLocked,
  readUnlocked,
  type StoreConnection,
} from "./row-statements.ts";
import type { StoredModel, StoredRows, Values } from "./stored-rows.ts";

/**
 * Reads one row to change it, and then changes it. In a transaction the row is locked in between. An optimistic write
 * reads it without a lock, and changes it only if it is still as it was read.
 */
export interface RowStore {
  /**
   * Reads a row that may be changed.
   *
   * @param mustBeNull a column that must be null; a row with a value there is not returned
   * @returns null if the member may see no such row
   */
  read<Name extends StoredModel>(
    model: Name,
    id: string,
    mustBeNull?: keyof StoredRows[Name] & string,
  ): Promise<StoredRows[Name] | null>;
  /**
   * Changes a row that was read.
   *
   * @param before the row as it was read
   * @param values columns to set. If `keepCustom` is set, the parts of `keys` and `facets` that come from custom fields
   *   stay as they are in the row.
   * @param event the audit event of the change, if it goes with the statement (`rides`)
   * @returns the row after the change; null if the row is not as it was read, or is out of reach
   */
  change<Name extends StoredModel>(
    model: Name,
    before: StoredRows[Name],
    values: Values,
    keepCustom: boolean,
    event?: AuditRow | null,
  ): Promise<StoredRows[Name] | null>;
  /** Whether the audit event of a change is written by the same statement, because there is no transaction. */
  readonly rides: boolean;
  /**
   * Inserts a contact of this organization, and its addresses.
   *
   * @param event the audit event, if it goes with the statement (`rides`)
   * @throws ScopeError if the member may not create it
   */
  insertContact(row: NewRow, event?: AuditRow | null): Promise<StoredRows["contact"]>;
}

/** A row to insert. */
type NewRow = Values & { readonly id: string };

/** Confines a new contact to what the member may create. @throws ScopeError if the member may not create it */
type ScopedRow = (row: NewRow) => NewRow;

/** A row as it was read. */
type Before = Values & { readonly id: string; readonly version: number };

/**
 * The locked or the optimistic mode. Limits are null if the row's own columns do not decide what the member may see.
 */
interface Mode {
  readonly rides: boolean;
  read(model: StoredModel, id: string, limits: ColumnLimits | null, mustBeNull?: string): Promise<unknown>;
  change(
    model: StoredModel,
    before: Before,
    values: Values,
    keepCustom: boolean,
    limits: ColumnLimits | null,
    event: AuditRow | null,
  ): Promise<unknown>;
  insertContact(row: NewRow, event: AuditRow | null): Promise<unknown>;
}

/**
 * Makes a row store.
 *
 * @param limitsOf columns that decide which rows of a model the member may see, with their values; null if the row's
 *   own columns do not decide it
 */
export function rowStore(limitsOf: (model: StoredModel) => ColumnLimits | null, mode: Mode): RowStore {
  const store = {
    read: (model: StoredModel, id: string, mustBeNull?: string) =>
      mode.read(model, id, limitsOf(model), mustBeNull),
    change: (
      model: StoredModel,
      before: Before,
      values: Values,
      keepCustom: boolean,
      event: AuditRow | null = null,
    ) => mode.change(model, before, values, keepCustom, limitsOf(model), event),
    rides: mode.rides,
    insertContact: (row: NewRow, event: AuditRow | null = null) => mode.insertContact(row, event),
  };
  return store as RowStore;
}

const modelNames = { contact: "Contact", lead: "Lead", deal: "Deal" } as const satisfies Record<
  StoredModel,
  OwnedName
>;

/** Makes a call of Prisma, confined to what the member may see. */
type Call = (
  model: StoredModel,
  operation: "findFirst" | "updateManyAndReturn",
  args: object,
) => Promise<unknown>;

/**
 * The locked mode, for transactions: a row is locked until the transaction ends. Takes one statement if the row's own
 * columns decide who may see it, else a lock and a read through Prisma.
 */
export const locked = (
  connection: StoreConnection,
  call: Call,
  {
    lock,
    order,
    scopedRow,
    touch,
  }: {
    readonly lock: Lock;
    readonly order: LockOrder;
    readonly scopedRow: ScopedRow;
    /** Called with the model of a row that is changed. */
    readonly touch: (model: OwnedName) => void;
  },
): Mode => ({
  rides: false,
  async read(model, id, limits, mustBeNull) {
    if (!limits) {
      await lock.rows(model, [id], "update");
      return call(model, "findFirst", { where: { id, ...(mustBeNull && { [mustBeNull]: null }) } });
    }
    order.check(model, [id], "update");
    const row = await readLocked(connection, model, id, limits, mustBeNull);
    if (row !== null) order.take(model, [id], "update");
    return row;
  },
  async change(model, before, values, keepCustom, limits) {
    touch(modelNames[model]);
    if (limits) return changeRow(connection, model, before, values, keepCustom, limits, null);
    const where = { id: before.id, version: before.version };
    const [row] = (await call(model, "updateManyAndReturn", { where, data: values })) as unknown[];
    return row ?? null;
  },
  insertContact(row) {
    touch("Contact");
    return insertContact(connection, scopedRow(row), null);
  },
});

/**
 * Thrown by an optimistic write that needs a transaction: it locks or writes other rows, or the row changed meanwhile.
 */
export class NeedsTransaction extends Error {
  override readonly name = "NeedsTransaction";
}

/** @throws NeedsTransaction always */
export function needsTransaction(): never {
  throw new NeedsTransaction("the work needs a transaction");
}

/**
 * The optimistic mode: one INSERT, or one UPDATE, which changes the row only if nobody else has changed it since it was
 * read. `xmin`, the id of the transaction that wrote the row, shows that. Work on several rows needs a transaction.
 */
export function optimistic(connection: StoreConnection, scopedRow: ScopedRow): Mode {
  let seen: { readonly id: string; readonly xmin: string } | null = null;
  let changed = false;
  const begin = () => {
    if (changed) throw new ScopeError("an optimistic write is one statement, and has done it already");
  };
  return {
    rides: true,
    async read(model, id, limits, mustBeNull) {
      begin();
      if (limits === null || seen !== null) needsTransaction();
      const found = await readUnlocked(connection, model, id, limits);
      if (found === null) return null;
      const { row, xmin } = found;
      // What the work does in this case may depend on other rows.
      if (mustBeNull !== undefined && row[mustBeNull] != null) needsTransaction();
      seen = { id, xmin };
      return row;
    },
    async change(model, before, values, keepCustom, limits, event) {
      begin();
      // Tags are rows of another table, too.
      if (limits === null || seen?.id !== before.id || "tagIds" in values) needsTransaction();
      const asRead = { ...limits, xmin: seen.xmin };
      const row = await changeRow(connection, model, before, values, keepCustom, asRead, event);
      if (row === null) needsTransaction();
      changed = true;
      return row;
    },
    async insertContact(row, event) {
      begin();
      // Tags are rows of another table, too.
      if (Array.isArray(row.tagIds) && row.tagIds.length > 0) needsTransaction();
      changed = true;
      return insertContact(connection, scopedRow(row), event);
    },
  };
}
