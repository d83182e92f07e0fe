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
  type StoredModel,
  type StoredRows,
  type Values,
} from "./row-statements.ts";

/**
 * One row at a time: read to be changed, then changed. In a transaction the row is locked in between. An optimistic
 * write reads it without a lock, and changes it only if it is still as it was read.
 */
export interface RowStore {
  /**
   * Reads a row that may be changed.
   *
   * @param mustBeNull a column that must have no value; a row that has one is left alone
   * @returns null when there is none that the member may see
   */
  read<Name extends StoredModel>(
    model: Name,
    id: string,
    mustBeNull?: keyof StoredRows[Name] & string,
  ): Promise<StoredRows[Name] | null>;
  /**
   * Changes a row that was read.
   *
   * @param before what it was when it was read
   * @param values columns to set. In `keys` and `facets`, what comes from custom fields stays as it is in the row
   *   when `keepCustom` is set.
   * @param event the audit event of the change, where it rides with the statement
   * @returns the row as it is now; null when the row is no longer the one that was read, or out of reach
   */
  change<Name extends StoredModel>(
    model: Name,
    before: StoredRows[Name],
    values: Values,
    keepCustom: boolean,
    event?: AuditRow | null,
  ): Promise<StoredRows[Name] | null>;
  /** Whether a change's audit event rides with its statement: where there is no transaction for one of its own. */
  readonly rides: boolean;
  /** Inserts a contact of this organization, its addresses with it. */
  insertContact(row: Values & { readonly id: string }): Promise<StoredRows["contact"]>;
}

/** A row as it was read. */
type Before = Values & { readonly id: string; readonly version: number };

/**
 * The locked or the optimistic mode. Limits are null when the row's own columns cannot express what the member may see.
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
  insertContact(row: Values & { readonly id: string }): Promise<unknown>;
}

/**
 * Makes a row store.
 *
 * @param limitsOf what the member may see of a model; null when the row's own columns cannot express it
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
    insertContact: (row: Values & { readonly id: string }) => mode.insertContact(row),
  };
  return store as RowStore;
}

const modelNames = { contact: "Contact", lead: "Lead", deal: "Deal" } as const satisfies Record<
  StoredModel,
  OwnedName
>;

/** Calls Prisma with arguments that are to be confined. */
type Call = (
  model: StoredModel,
  operation: "findFirst" | "updateManyAndReturn",
  args: object,
) => Promise<unknown>;

/**
 * The locked mode, of transactions: a row is locked until the transaction ends. One statement where the row's own
 * columns express who may see it, else a lock and a read through Prisma.
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
    /** A contact as the member may create it. @throws ScopeError when it is not theirs */
    readonly scopedRow: (row: Values & { readonly id: string }) => Values & { readonly id: string };
    /** Told of the model whose row is changed. */
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
    return insertContact(connection, scopedRow(row));
  },
});

/** An optimistic write needs a transaction: it locks or writes something else, or the row has changed meanwhile. */
export class NeedsTransaction extends Error {
  override readonly name = "NeedsTransaction";
}

/** @throws NeedsTransaction always */
export function needsTransaction(): never {
  throw new NeedsTransaction("the work needs a transaction");
}

/**
 * The optimistic mode: one UPDATE, which changes the row only if nobody else has since it was read. That is seen by
 * `xmin`, the id of the transaction that wrote the row. Work on more than one row needs a transaction.
 */
export function optimistic(connection: StoreConnection): Mode {
  let seen: { readonly id: string; readonly xmin: string } | null = null;
  let changed = false;
  const begin = () => {
    if (changed) throw new ScopeError("a write that is one statement has done it already");
  };
  return {
    rides: true,
    async read(model, id, limits, mustBeNull) {
      begin();
      if (limits === null || seen !== null) needsTransaction();
      const found = await readUnlocked(connection, model, id, limits);
      if (found === null) return null;
      // What the work does then may depend on other rows.
      if (mustBeNull !== undefined && found[mustBeNull] != null) needsTransaction();
      const { xmin, ...row } = found;
      seen = { id, xmin: String(xmin) };
      return row;
    },
    async change(model, before, values, keepCustom, limits, event) {
      begin();
      // Tags are also rows of another table.
      if (limits === null || seen?.id !== before.id || "tagIds" in values) needsTransaction();
      const asRead = { ...limits, xmin: seen.xmin };
      const row = await changeRow(connection, model, before, values, keepCustom, asRead, event);
      if (row === null) needsTransaction();
      changed = true;
      return row;
    },
    insertContact: needsTransaction,
  };
}
