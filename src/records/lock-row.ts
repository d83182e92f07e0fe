import { entities } from "../db/entities.ts";
import { decodeId } from "../db/ids.ts";
import type { Delegate, LockedName } from "../db/models.ts";
import type { Db } from "../db/scope/db.ts";
import { delegate } from "../db/scope/delegate.ts";
import { models } from "../db/scope/models.ts";
import { refuse } from "../lib/errors.ts";
import type { Rows } from "./write/rows.ts";
import type { Writer } from "./write/writer.ts";

/** All models except contacts, whose ids may lead to a survivor (`lockContact`). */
type LockedModel = Exclude<Delegate<LockedName>, "contact">;

/**
 * Finds a record by the id that a caller sent, and locks it until the transaction ends.
 *
 * @param path position of the id in the arguments
 * @throws RefusalError NOT_FOUND if the caller can see no such record
 */
export async function lockRow<Name extends LockedModel>(
  { tx }: Writer,
  model: Name,
  id: string,
  path: readonly string[] = ["id"],
): Promise<Rows[Name]> {
  const name = models[model];
  const decoded = decodeId(id);
  if (decoded?.type === name) {
    const row = await lockById(tx, model, decoded.uuid);
    if (row !== null) return row as Rows[Name];
  }
  throw refuse("NOT_FOUND", path, `there is no such ${entities[name].nouns[0]}`);
}

async function lockById(tx: Db, model: LockedModel, id: string): Promise<unknown> {
  if (model === "lead" || model === "deal") return tx.rows.read(model, id);
  await tx.lock.rows(entities[models[model]].table, [id], "update");
  return delegate(tx, model).findFirst({ where: { id } });
}
