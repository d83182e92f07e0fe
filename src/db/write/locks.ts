import type { Query } from "../open/query.ts";

/** Tables whose rows a write may have to hold. */
export type Lockable =
  | "api_key"
  | "contact"
  | "lead"
  | "deal"
  | "activity"
  | "conversation"
  | "tag"
  | "custom_field"
  | "custom_field_folder"
  | "custom_value"
  | "import_job"
  | "bulk_job"
  | "smart_list";

/** What a held row keeps others from: "update" any other write, "share" being moved or removed. */
export type Strength = "update" | "share";

export interface Lock {
  /** Waits for rows and holds them. Ids that name no row are passed over. */
  rows(table: Lockable, ids: readonly string[], strength: Strength): Promise<void>;
  /** Keeps every write that reads the organization's custom fields out. */
  fields(): Promise<void>;
  /** Waits for whoever looks for a contact with one of these phone numbers, to make it when there is none. */
  phones(numbers: readonly string[]): Promise<void>;
}

/** Locks are always taken in the order of the ids, so that two callers never wait for each other. */
export async function lockRows(
  query: Query,
  orgId: string,
  table: Lockable,
  ids: readonly string[],
  strength: Strength,
): Promise<void> {
  if (ids.length === 0) return;
  await query(
    `SELECT 1 AS held FROM ${table} WHERE org_id = $1::uuid AND id = ANY($2::uuid[]) ORDER BY id
     FOR ${strength === "update" ? "UPDATE" : "SHARE"}`,
    [orgId, ids],
  );
}

/**
 * An advisory lock and not a row's: every write of a contact shares it, and shared row locks would write to the
 * organization's row each time.
 */
export async function lockFields(query: Query, orgId: string, strength: Strength): Promise<void> {
  const shared = strength === "share" ? "_shared" : "";
  await query(
    `SELECT 1 AS held FROM (SELECT pg_advisory_xact_lock${shared}(hashtextextended($1, 7242002))) AS l`,
    [`${orgId} custom fields`],
  );
}

/** Advisory locks, because a contact that is not there yet has no row to hold. Taken in the order of the numbers. */
export async function lockPhones(query: Query, orgId: string, numbers: readonly string[]): Promise<void> {
  if (numbers.length === 0) return;
  await query(
    `SELECT 1 AS held
     FROM (SELECT pg_advisory_xact_lock(hashtextextended($1 || key, 7242004)) FROM unnest($2::text[]) AS key) AS l`,
    [`${orgId} phone `, [...new Set(numbers)].sort()],
  );
}
