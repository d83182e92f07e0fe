import { ScopeError } from "../scope/rules.ts";
import type { ColumnLimits } from "../scope/scope.ts";
import {
  changeRow,
  type RowStore,
  readRow,
  type StoreConnection,
  type StoredModel,
  type Values,
} from "./row-store.ts";

/**
 * Writes that are one statement: a row is read without being locked, and its change finds it as it was read, or
 * nothing. PostgreSQL has a number of the transaction that wrote a row (`xmin`), which any other write moves.
 */

/** The work needs a transaction: it locks or writes something else, or the row has changed meanwhile. */
export class NeedsTransaction extends Error {
  override readonly name = "NeedsTransaction";
}

export function needsTransaction(): never {
  throw new NeedsTransaction("the work needs a transaction");
}

/** @param limitsOf what the member may see of a model; null when more than the row's columns say it */
export function optimisticRow(
  connection: StoreConnection,
  limitsOf: (model: StoredModel) => ColumnLimits | null,
): RowStore {
  let seen: { readonly id: string; readonly xmin: string } | null = null;
  let changed = false;
  const store = {
    async read(model: StoredModel, id: string) {
      if (changed) throw new ScopeError("a write that is one statement has done it already");
      const limits = limitsOf(model) ?? needsTransaction();
      if (seen !== null) needsTransaction();
      const found = await readRow(connection, model, id, limits, "look");
      if (found === null) return null;
      // It may no longer lead to the other one when that one is written.
      if (found.mergedIntoId != null) needsTransaction();
      const { xmin, ...row } = found;
      seen = { id, xmin: String(xmin) };
      return row;
    },
    async change(
      model: StoredModel,
      before: Values & { readonly id: string; readonly version: number },
      values: Values,
      keepCustom: boolean,
    ) {
      if (changed) throw new ScopeError("a write that is one statement has done it already");
      // What a record carries is rows of another table as well.
      if (seen?.id !== before.id || "tagIds" in values) needsTransaction();
      const limits = { ...(limitsOf(model) ?? needsTransaction()), xmin: seen.xmin };
      const row = await changeRow(connection, model, before, values, keepCustom, limits);
      if (row === null) needsTransaction();
      changed = true;
      return row;
    },
  };
  return store as unknown as RowStore;
}
