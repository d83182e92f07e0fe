import type { Db } from "../db/scope/scoped.ts";
import type { Lockable } from "../db/write/locks.ts";
import { refuse } from "../lib/errors.ts";
import { decodeId, type IdType } from "../lib/typeid.ts";
import type { Rows, Writer } from "./writer.ts";

/** Records that are found by their id alone; contacts lead on to what they were merged into. */
type Held =
  | "lead"
  | "deal"
  | "activity"
  | "conversation"
  | "tag"
  | "customField"
  | "customFieldFolder"
  | "importJob"
  | "bulkJob";

const kinds = {
  lead: { type: "Lead", table: "lead", noun: "lead" },
  deal: { type: "Deal", table: "deal", noun: "deal" },
  activity: { type: "Activity", table: "activity", noun: "activity" },
  conversation: { type: "Conversation", table: "conversation", noun: "conversation" },
  tag: { type: "Tag", table: "tag", noun: "tag" },
  customField: { type: "CustomField", table: "custom_field", noun: "custom field" },
  importJob: { type: "ImportJob", table: "import_job", noun: "import" },
  bulkJob: { type: "BulkJob", table: "bulk_job", noun: "bulk job" },
  customFieldFolder: { type: "CustomFieldFolder", table: "custom_field_folder", noun: "custom field folder" },
} as const satisfies Record<Held, { type: IdType; table: Lockable; noun: string }>;

type Delegate = { findFirst(args: { where: { id: string } }): Promise<unknown> };

/**
 * A record by the id that a caller sent, held until the transaction ends.
 *
 * @param path where the id stands in the arguments
 * @throws RefusalError NOT_FOUND when there is none that the caller may see
 */
export async function holdRow<Name extends Held>(
  { tx }: Writer,
  model: Name,
  id: string,
  path: readonly string[] = ["id"],
): Promise<Rows[Name]> {
  const { type, noun } = kinds[model];
  const decoded = decodeId(id);
  if (decoded?.type === type) {
    const row = await hold(tx, model, decoded.uuid);
    if (row !== null) return row as Rows[Name];
  }
  throw refuse("NOT_FOUND", path, `there is no such ${noun}`);
}

async function hold(tx: Db, model: Held, id: string): Promise<unknown> {
  if (model === "lead" || model === "deal") return tx.held.read(model, id);
  await tx.lock.rows(kinds[model].table, [id], "update");
  return (tx[model] as unknown as Delegate).findFirst({ where: { id } });
}
