import type { PreparedReads } from "../prisma/prepared-reads.ts";
import type { Statement } from "../prisma/statement.ts";
import { type Principal, scope } from "../scope/scope.ts";

/** The rows of one model that match a `where`. */
export interface RowSet {
  readonly model: "contact" | "lead" | "deal" | "auditEvent";
  readonly where: object;
}

/**
 * One `SELECT` of these columns and the keys, for the rows of a set that the principal may see.
 *
 * @param statement makes the SQL of a read
 */
export function setStatement(
  principal: Principal,
  { model, where }: RowSet,
  select: readonly string[],
  statement: PreparedReads["statement"],
): Promise<Statement> {
  const chosen = Object.fromEntries(select.map((column) => [column, true]));
  const name = model.charAt(0).toUpperCase() + model.slice(1);
  return statement(model, scope(name, "findMany", { where, select: chosen }, principal));
}
