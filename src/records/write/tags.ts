import type { Db } from "../../db/scope/db.ts";
import { delegate } from "../../db/scope/delegate.ts";
import type { Caller } from "../../graphql/context.ts";
import type { Tagged } from "./rows.ts";

/**
 * Updates the join table of tags to a row's new `tagIds`.
 *
 * @param id the row's id
 * @param before ids of the tags that it had
 */
export async function carry(
  { tx, caller: { now, viewer } }: { readonly tx: Db; readonly caller: Caller },
  model: Tagged,
  id: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const table = delegate(tx, `${model}Tag`);
  const row = { [`${model}Id`]: id };
  const gone = before.filter((tag) => !after.includes(tag));
  const come = after.filter((tag) => !before.includes(tag));
  if (gone.length > 0) await table.deleteMany({ where: { ...row, tagId: { in: gone } } });
  const stamp = { orgId: tx.orgId, addedById: viewer.memberId, createdAt: now };
  if (come.length > 0) await table.createMany({ data: come.map((tagId) => ({ ...stamp, ...row, tagId })) });
}
