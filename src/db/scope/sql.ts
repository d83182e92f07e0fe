import { columnOf } from "../prisma/columns.ts";
import { ScopeError } from "./rules.ts";
import { assignment, type Principal } from "./scope.ts";

/** The rules of `scope.ts` as SQL, for statements that Prisma does not make. Pure. */

/** Rows that a rule may follow; their tables have their names, and the rows that point to them a column `<name>_id`. */
const followed: ReadonlySet<string> = new Set(["contact", "lead", "deal"]);

/**
 * Whether a row is one that the principal may see, beside being their organization's.
 *
 * @param model Prisma model name
 * @param row what the row is called in the statement
 * @param orgId parameter that holds the organization's id
 * @param memberId parameter that holds the member's id, asked for when the rule needs it
 * @returns null when the principal may see every row of the organization
 * @throws ScopeError for a rule that has no words here
 */
export function assignedSql(
  model: string,
  row: string,
  principal: Principal,
  orgId: string,
  memberId: () => string,
): string | null {
  const where = assignment(model, principal);
  if (where === null) return null;
  const member = memberId();
  const render = (rule: object, of: string): string =>
    Object.entries(rule)
      .map(([key, value]) => {
        if (key === "OR") return `(${(value as object[]).map((one) => render(one, of)).join(" OR ")})`;
        if (value === principal.memberId) return `${of}.${columnOf(key)} = ${member}::uuid`;
        const inner = (value as { readonly is?: object }).is;
        if (inner === undefined || !followed.has(key)) {
          throw new ScopeError(`the rule of ${model} cannot be said in SQL`);
        }
        const at = `${of}_${key}`;
        return `EXISTS (SELECT FROM ${key} AS ${at} WHERE ${at}.org_id = ${orgId} AND ${at}.id = ${of}.${key}_id AND ${render(inner, at)})`;
      })
      .join(" AND ");
  return render(where, row);
}
