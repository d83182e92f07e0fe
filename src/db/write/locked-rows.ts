import { columnLimits, type Principal, scope } from "../scope/scope.ts";
import type { LockOrder } from "./lock-order.ts";
import type { Lock } from "./locks.ts";
import {
  changeRow,
  type RowStore,
  readRow,
  type StoreConnection,
  type StoredModel,
  type StoredRows,
  type Values,
} from "./row-store.ts";

/** Calls Prisma with arguments that are confined. */
type Call = (
  model: StoredModel,
  operation: "findFirst" | "updateManyAndReturn",
  args: object,
) => Promise<unknown>;

const models = { contact: "Contact", lead: "Lead", deal: "Deal" } as const satisfies Record<
  StoredModel,
  string
>;

/**
 * Rows locked in a transaction: by hand where the row's own columns say who may see it, else by what Prisma does with
 * two statements.
 */
export function lockedRows(
  connection: StoreConnection,
  principal: Principal,
  call: Call,
  { lock, order }: { readonly lock: Lock; readonly order: LockOrder },
): RowStore {
  const confined = (model: StoredModel, operation: Parameters<Call>[1], args: Values) =>
    call(model, operation, scope(models[model], operation, args, principal));
  const store = {
    async read(model: StoredModel, id: string): Promise<unknown> {
      const limits = columnLimits(models[model], principal);
      if (limits) {
        order.check(model, [id], "update");
        const row = await readRow(connection, model, id, limits);
        if (row !== null) order.take(model, [id], "update");
        return row;
      }
      await lock.rows(model, [id], "update");
      return confined(model, "findFirst", { where: { id } });
    },
    async change(model: StoredModel, before: StoredRows[StoredModel], data: Values, keepCustom: boolean) {
      const limits = columnLimits(models[model], principal);
      if (limits) return changeRow(connection, model, { ...before }, data, keepCustom, limits);
      const where = { id: before.id, version: before.version };
      const [row] = (await confined(model, "updateManyAndReturn", { where, data })) as unknown[];
      return row ?? null;
    },
  };
  return store as RowStore;
}
