import { ScopeError } from "../scope/rules.ts";
import type { ColumnLimits } from "../scope/scope.ts";
import { changeHeld, type Held, type HeldConnection, type HeldModel, readHeld, type Values } from "./held.ts";

/**
 * Writes that are one statement: a row is read without being held, and its change finds it as it was read, or
 * nothing. PostgreSQL has a number of the transaction that wrote a row (`xmin`), which any other write moves.
 */

/** The work needs a transaction: it holds, locks or writes something else, or the row has changed meanwhile. */
export class NotAlone extends Error {
  override readonly name = "NotAlone";
}

export function needsTransaction(): never {
  throw new NotAlone("the work needs a transaction");
}

/** @param limitsOf what the member may see of a model; null when more than the row's columns say it */
export function aloneRow(
  connection: HeldConnection,
  limitsOf: (model: HeldModel) => ColumnLimits | null,
): Held {
  let seen: { readonly id: string; readonly xmin: string } | null = null;
  let changed = false;
  const alone = {
    async read(model: HeldModel, id: string) {
      if (changed) throw new ScopeError("a write that is one statement has done it already");
      const limits = limitsOf(model) ?? needsTransaction();
      if (seen !== null) needsTransaction();
      const found = await readHeld(connection, model, id, limits, "look");
      if (found === null) return null;
      // It may no longer lead to the other one when that one is written.
      if (found.mergedIntoId != null) needsTransaction();
      const { xmin, ...row } = found;
      seen = { id, xmin: String(xmin) };
      return row;
    },
    async change(
      model: HeldModel,
      before: Values & { readonly id: string; readonly version: number },
      values: Values,
      keepCustom: boolean,
    ) {
      if (changed) throw new ScopeError("a write that is one statement has done it already");
      // What a record carries is rows of another table as well.
      if (seen?.id !== before.id || "tagIds" in values) needsTransaction();
      const limits = { ...(limitsOf(model) ?? needsTransaction()), xmin: seen.xmin };
      const row = await changeHeld(connection, model, before, values, keepCustom, limits);
      if (row === null) needsTransaction();
      changed = true;
      return row;
    },
  };
  return alone as unknown as Held;
}
