import type { Context } from "../../graphql/context.ts";
import { compile, type TagIds, type Where } from "../compile/compile.ts";
import type { Leaf, Normal } from "../language/ast.ts";

/**
 * Counts what a filter matches. A single condition can often be counted without reading its rows: a tag in the join
 * table; a negated condition as all rows minus the rows that meet it. Otherwise PostgreSQL reads every row. Measured
 * by bench/filters.ts with 500 000 contacts: a tag of 29 % in 1/8 of the time, an option that 95 % do not have in
 * 1/3.
 */

type Counter = Pick<Context, "db" | "viewer">;

/** A filter of live records, without search or other conditions. */
export interface LiveFilter {
  readonly tree: Normal;
  readonly tagIds: TagIds;
  /** The compiled filter, confined to live records. */
  readonly where: Where;
}

/** How many live contacts or leads a filter matches. */
export function countLive(
  { db, viewer }: Counter,
  model: "contact" | "lead",
  { tree, tagIds, where }: LiveFilter,
): Promise<number> {
  if (tree.kind === "leaf") {
    const tagId = loneTag(tree, tagIds);
    if (tagId !== null && viewer.dataScope === "ALL") return db.sets.countTagged(model, tagId, tree.negated);
    if (tree.negated) {
      const fulfilled = compile({ ...tree, negated: false }, tagIds);
      return db.sets.countOthers({ model, where: live }, { model, where: { AND: [live, fulfilled] } });
    }
  }
  return model === "contact" ? db.contact.count({ where }) : db.lead.count({ where });
}

const live: Where = { deletedAt: null };

/** A filter confined to rows that are not in the trash. */
export const liveWhere = (where: Where): Where => ({ AND: [live, where] });

/** The only tag of a condition; null if there are none or several. */
function loneTag({ field, comparator, operands }: Leaf, tagIds: TagIds): string | null {
  if (field.type !== "tags" || comparator === "isEmpty" || operands.length !== 1) return null;
  return tagIds.get(String(operands[0])) ?? null;
}
