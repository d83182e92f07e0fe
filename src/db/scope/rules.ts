import type { AnyModel, AnyOwned, ModelName } from "../entity.ts";
import { allModels, columnsOf } from "../models.ts";

/** Scope rules, made from the table of models: who may see which rows, and what the arguments of a call may name. */

/** A call that no scoped client may make: a bug in this program, never an error of the API's caller. */
export class ScopeError extends Error {
  override readonly name = "ScopeError";
}

export type Where = Readonly<Record<string, unknown>>;

export interface Rule {
  readonly fields: Readonly<Record<string, string>>;
  /** The rows that a member restricted to assigned data may see; absent when such a member may see all. */
  readonly assigned?: (memberId: string) => Where;
  /** Relations that a `where` may follow, and the model they lead to: many rows (`some`, `none`) or one (`is`). */
  readonly relations?: Readonly<Record<string, { readonly model: string; readonly one?: true }>>;
  /** A model that belongs to no organization; it is reached through a relation only. */
  readonly shared?: true;
  /** Whether a scoped client only reads its rows. */
  readonly readOnly?: true;
  /** Whether a restricted member must own the rows that they create: others they could not see afterwards. */
  readonly ownable?: boolean;
}

const rows = new Map<string, AnyModel>(allModels);

/** The condition that a restricted member may see a row, for a model whose rows not everybody sees. */
function assigned({ visibleThrough, pointers }: AnyOwned, memberId: string): Where {
  const ways = (visibleThrough === "everybody" ? [] : visibleThrough).map((name): Where => {
    const pointer = pointers[name];
    const end = pointer && rows.get(pointer.to);
    return end?.kind === "owned" ? { [name]: { is: assigned(end, memberId) } } : { [name]: memberId };
  });
  const [only, ...others] = ways;
  return only !== undefined && others.length === 0 ? only : { OR: ways };
}

/** Null for a model that no scoped client reaches. */
function makeRule(name: ModelName, row: AnyModel): Rule | null {
  const fields = columnsOf(name);
  if (row.kind === "shared") return row.followed ? { fields, shared: true } : null;
  if (row.kind === "view") return { fields };
  const { visibleThrough, pointers, many, readOnly } = row;
  const one = (model: string) => ({ model, one: true }) as const;
  const followed = Object.entries(pointers).filter(([, pointer]) => pointer.followed);
  return {
    fields,
    ...(readOnly && { readOnly }),
    ...(visibleThrough !== "everybody" && { assigned: (memberId: string) => assigned(row, memberId) }),
    relations: {
      ...Object.fromEntries(followed.map(([relation, { to }]) => [relation, one(to)])),
      ...Object.fromEntries(
        Object.entries(many ?? {}).flatMap(([relation, model]) =>
          model === null ? [] : [[relation, { model }]],
        ),
      ),
    },
    ownable: visibleThrough !== "everybody" && visibleThrough.length === 1 && visibleThrough[0] === "ownerId",
  };
}

/** The rule of every model that a scoped client can name. */
const rules: Readonly<Record<string, Rule>> = Object.fromEntries(
  allModels.flatMap(([name, row]) => {
    const rule = makeRule(name, row);
    return rule ? [[name, rule]] : [];
  }),
);

/**
 * The rule of a model.
 *
 * @throws ScopeError for a model that no scoped client can name
 */
export function ruleOf(model: string): Rule {
  const rule = Object.hasOwn(rules, model) ? rules[model] : undefined;
  if (!rule) throw new ScopeError(`model ${model} cannot be reached through a scoped client`);
  return rule;
}
