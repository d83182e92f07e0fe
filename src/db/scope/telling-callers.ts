import type { Database } from "../database.ts";
import { callerModels, type TouchedName } from "../models.ts";
import { notification } from "../open/listen.ts";
import type { Send } from "../open/query.ts";

/** To be called at the end of a transaction, with its sender and the models whose rows it changed. */
type Tell = (send: Send, touched: ReadonlySet<TouchedName>) => Promise<void>;

/**
 * Runs a transaction. If it changes keys, members or the organization, other processes hear of it at its commit, and
 * this one before the result is returned: the next request looks up its caller.
 *
 * @param run runs the transaction
 */
export async function tellingCallers<Result>(
  { callerChanges, embedded }: Pick<Database, "callerChanges" | "embedded">,
  orgId: string,
  run: (tell: Tell) => Promise<Result>,
): Promise<Result> {
  let changed = false;
  try {
    return await run(async (send, touched) => {
      changed = callerModels.some((model) => touched.has(model));
      if (changed && !embedded) await send(notification(orgId));
    });
  } finally {
    // Also after an error: the transaction may have been committed although its answer was lost.
    if (changed) callerChanges.tell(orgId);
  }
}
