import { entities } from "../entities.ts";
import type { AnyModel, ModelName } from "../entity.ts";
import { columnOf } from "../prisma/columns.ts";
import { ScopeError } from "./rules.ts";
import { assignment, type Principal } from "./scope.ts";

/** The limits of `scope.ts` as SQL, for statements that Prisma does not make. Pure. */

/** The model that a pointer leads to. */
function endOf(model: ModelName, relation: string): ModelName {
  const row: AnyModel = entities[model];
  const end = row.kind === "owned" ? row.pointers[relation]?.to : undefined;
  if (end === undefined) throw new ScopeError(`the rule of ${model} cannot be said in SQL`);
  return end;
}

/**
 * The condition that the principal may see a row of their organization.
 *
 * @param model Prisma model name
 * @param row the row's alias in the statement
 * @param orgId parameter of the organization's id
 * @param memberId returns the parameter of the member's id, called only if the rule needs it
 * @returns null if the principal may see every row of the organization
 * @throws ScopeError for a rule that cannot be written as SQL here
 */
export function assignedSql(
  model: ModelName,
  row: string,
  principal: Principal,
  orgId: string,
  memberId: () => string,
): string | null {
  const where = assignment(model, principal);
  if (where === null) return null;
  const member = memberId();
  const render = (rule: object, name: ModelName, of: string): string =>
    Object.entries(rule)
      .map(([key, value]) => {
        if (key === "OR") return `(${(value as object[]).map((one) => render(one, name, of)).join(" OR ")})`;
        if (value === principal.memberId) return `${of}.${columnOf(key)} = ${member}::uuid`;
        const { is } = value as { readonly is: object };
        const end = endOf(name, key);
        const at = `${of}_${columnOf(key)}`;
        return `EXISTS (SELECT FROM ${entities[end].table} AS ${at} WHERE ${at}.org_id = ${orgId} AND ${at}.id = ${of}.${columnOf(key)}_id AND ${render(is, end, at)})`;
      })
      .join(" AND ");
  return render(where, model, row);
}
