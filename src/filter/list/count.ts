import type { Context } from "../../graphql/context.ts";
import { compile, type TagIds, type Where } from "../compile/compile.ts";
import type { Leaf, Normal } from "../language/ast.ts";

/**
 * Counting what a filter matches. A single condition can often be counted by less than its rows: what carries a tag,
 * in the table of tags carried; what does not fulfil a condition, as all that is left of everything. PostgreSQL
 * reads every row for both. Measured by bench/filters.ts with 500 000 contacts: a tag of 29 % in 1/8 of the time,
 * an option that 95 % do not have in 1/3.
 */

type Counter = Pick<Context, "db" | "viewer">;

/** A filter of live records, which is all that is asked. */
export interface LiveFilter {
  readonly tree: Normal;
  readonly tagIds: TagIds;
  /** What it was compiled to, live records alone. */
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

/** A filter's rows that are not in the trash. */
export const liveWhere = (where: Where): Where => ({ AND: [live, where] });

/** The tag that a condition is about, if there is one and no more. */
function loneTag({ field, comparator, operands }: Leaf, tagIds: TagIds): string | null {
  if (field.type !== "tags" || comparator === "isEmpty" || operands.length !== 1) return null;
  return tagIds.get(String(operands[0])) ?? null;
}
