import { columnLimits, type Principal, scope } from "../scope/scope.ts";
import {
  changeHeld,
  type Held,
  type HeldConnection,
  type HeldModel,
  type HeldRows,
  readHeld,
  type Values,
} from "./held.ts";
import type { LockOrder } from "./lock-order.ts";
import type { Lock } from "./locks.ts";

/** Calls Prisma with arguments that are confined. */
type Call = (
  model: HeldModel,
  operation: "findFirst" | "updateManyAndReturn",
  args: object,
) => Promise<unknown>;

const models = { contact: "Contact", lead: "Lead", deal: "Deal" } as const satisfies Record<
  HeldModel,
  string
>;

/**
 * Rows held in a transaction: by hand where the row's own columns say who may see it, else by what Prisma does with
 * two statements.
 */
export function heldRows(
  connection: HeldConnection,
  principal: Principal,
  call: Call,
  { lock, order }: { readonly lock: Lock; readonly order: LockOrder },
): Held {
  const confined = (model: HeldModel, operation: Parameters<Call>[1], args: Values) =>
    call(model, operation, scope(models[model], operation, args, principal));
  const held = {
    async read(model: HeldModel, id: string): Promise<unknown> {
      const limits = columnLimits(models[model], principal);
      if (limits) {
        order.check(model, [id], "update");
        const row = await readHeld(connection, model, id, limits);
        if (row !== null) order.take(model, [id], "update");
        return row;
      }
      await lock.rows(model, [id], "update");
      return confined(model, "findFirst", { where: { id } });
    },
    async change(model: HeldModel, before: HeldRows[HeldModel], data: Values, keepCustom: boolean) {
      const limits = columnLimits(models[model], principal);
      if (limits) return changeHeld(connection, model, { ...before }, data, keepCustom, limits);
      const where = { id: before.id, version: before.version };
      const [row] = (await confined(model, "updateManyAndReturn", { where, data })) as unknown[];
      return row ?? null;
    },
  };
  return held as Held;
}
