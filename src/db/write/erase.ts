import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import type { LockOrder } from "./lock-order.ts";

/** Erases people: their records, and the copies of their values in other tables. */

/** The people to erase, by row ids, and the values by which copies are found. */
export interface Erased {
  readonly contactIds: readonly string[];
  /** Leads that became these contacts. */
  readonly leadIds: readonly string[];
  /** Deals that are deleted, or whose name contained a person's name and was changed. */
  readonly dealIds: readonly string[];
  /** Deals that stay. Stored answers that are one of these deals stay too. */
  readonly keptDealIds: readonly string[];
  /** Imports that were cancelled because of their files. */
  readonly cancelled: readonly string[];
  /** E-mail addresses and names, in lower case. */
  readonly texts: readonly string[];
  /** The last digits of phone numbers. */
  readonly digits: readonly string[];
  /** LIKE patterns of each of these texts, in lower case and as JSON writes it. */
  readonly inJson: readonly string[];
}

/** How many rows of each kind were erased or emptied. */
export type ErasedCounts = Readonly<Record<(typeof erasedKinds)[number], number>>;

export const erasedKinds = [
  "activities",
  "conversations",
  "merges",
  "idempotencyAnswers",
  "importErrors",
  "imports",
  "exports",
  "duplicateGroups",
  "bulkJobs",
] as const;

export interface EraseStatements {
  /** Deletes what belongs to erased people, and every copy of their values. The caller has locked their records. */
  eraseTraces(erased: Erased): Promise<ErasedCounts>;
  /** Replaces stored answers that are a deal by the deal's current row, and removes their warnings. */
  renewAnswers(dealId: string, answer: unknown): Promise<void>;
  /** Deletes the records themselves, when nothing points to them any more. */
  erasePeople(erased: Pick<Erased, "contactIds" | "leadIds">): Promise<void>;
  /** Deletes deals, and the activities that belong to them alone. The caller has locked the deals. */
  eraseDeals(dealIds: readonly string[], now: Date): Promise<void>;
}

/** Key of the object that replaces a stored answer with an erased record; `write.ts` refuses to repeat it. */
export const ERASED_ANSWER = "$erased";

const ENDED =
  "Its file contained a person who has been erased, so the file was deleted. Start the export again.";

/** Maximum number of import errors that one statement searches, unless a single import has more. */
const SEARCHED = 20_000;

/** LIKE patterns that find texts anywhere. */
const patterns = (texts: readonly string[]): string[] =>
  texts.map((text) => `%${text.replace(/[\\%_]/g, "\\$&")}%`);

export function eraseStatements(query: Query, { orgId }: Principal, order: LockOrder): EraseStatements {
  /** Runs a statement and counts its rows. */
  const count = async (text: string, values: readonly unknown[]): Promise<number> => {
    const [row] = await query<{ count: number }>(
      `WITH done AS (${text} RETURNING 1) SELECT count(*)::int AS count FROM done`,
      [orgId, ...values],
    );
    return row?.count ?? 0;
  };

  /** SQL condition: `text` contains an address or a name, or `numbered` contains a number. */
  const has = (text: string, numbered: string) => `(lower(${text}) LIKE ANY($2::text[])
    OR EXISTS (SELECT FROM unnest($3::text[]) AS d(digits)
      WHERE position(d.digits IN regexp_replace(${numbered}, '[^0-9\\n,;|\\t]', '', 'g')) > 0))`;

  /**
   * Empties import errors that contain a value, some imports at a time.
   *
   * @returns ids of their imports, once for each error
   */
  async function emptyErrors({ texts, digits }: Erased): Promise<string[]> {
    const jobs = await query<{ id: string; errors: number }>(
      `SELECT job_id::text AS id, count(*)::int AS errors FROM import_error
       WHERE org_id = $1::uuid GROUP BY job_id ORDER BY job_id`,
      [orgId],
    );
    const parts: { ids: string[]; errors: number }[] = [];
    for (const { id, errors } of jobs) {
      const part = parts.at(-1);
      if (part === undefined || part.errors + errors > SEARCHED) parts.push({ ids: [id], errors });
      else parts.splice(-1, 1, { ids: [...part.ids, id], errors: part.errors + errors });
    }
    const found: string[] = [];
    for (const { ids } of parts) {
      const rows = await query<{ jobId: string }>(
        `UPDATE import_error AS e SET raw = '', text = NULL, message = 'erased together with the person in this row'
         WHERE e.org_id = $1::uuid AND e.job_id = ANY($4::uuid[]) AND ${has(
           "e.raw || ' ' || coalesce(e.text, '') || ' ' || e.message",
           "e.raw || ' ' || coalesce(e.text, '')",
         )} RETURNING e.job_id::text AS "jobId"`,
        [orgId, patterns(texts), digits, ids],
      );
      found.push(...rows.map(({ jobId }) => jobId));
    }
    return found;
  }

  return {
    async eraseTraces(erased) {
      const { contactIds, leadIds, dealIds, keptDealIds, cancelled, texts, digits, inJson } = erased;
      order.enter("activity");
      const activities = await count(
        `DELETE FROM activity WHERE org_id = $1::uuid AND id IN (
           SELECT id FROM activity WHERE org_id = $1::uuid AND (contact_id = ANY($2::uuid[]) OR lead_id = ANY($3::uuid[]))
           ORDER BY id FOR UPDATE)`,
        [contactIds, leadIds],
      );
      order.enter("conversation");
      const conversations = await count(
        "DELETE FROM conversation WHERE org_id = $1::uuid AND contact_id = ANY($2::uuid[])",
        [contactIds],
      );
      // An undone merge of a contact that stays still has values of the erased contact that had been merged into it.
      const emptied = await count(
        `UPDATE contact_merge AS m SET before = '{}', after = '{}', choices = '[]'
         WHERE m.org_id = $1::uuid AND m.primary_id <> ALL($2::uuid[]) AND m.id IN (
           SELECT merge_id FROM contact_merge_source WHERE org_id = $1::uuid AND contact_id = ANY($2::uuid[]))`,
        [contactIds],
      );
      const deleted = await count(
        "DELETE FROM contact_merge WHERE org_id = $1::uuid AND primary_id = ANY($2::uuid[])",
        [contactIds],
      );
      const ids = [...contactIds, ...leadIds, ...dealIds];
      const refused = await emptyErrors(erased);
      // Imports that wrote the person, or refused a row with the person's values, may have kept samples of the row.
      const jobs = await query<{ id: string }>(
        `SELECT job_id::text AS id FROM audit_event
         WHERE org_id = $1::uuid AND record_ids && $2::uuid[] AND job_type = 'ImportJob'
         UNION SELECT unnest($3::uuid[])::text`,
        [orgId, ids, [...refused, ...cancelled]],
      );
      const imports = jobs.map(({ id }) => id);
      const idempotencyAnswers = await count(
        `UPDATE idempotency_key SET answer = '{"${ERASED_ANSWER}": true}', warnings = '[]'
         WHERE org_id = $1::uuid AND (
           answer::text LIKE ANY($2::text[]) AND coalesce(answer->>'id', '') <> ALL($5::text[])
           OR answer ? 'unmapped' AND (answer->>'id' = ANY($3::text[]) OR lower(answer::text) LIKE ANY($4::text[])))`,
        [patterns(ids), imports, inJson, keptDealIds],
      );
      const emptiedJobs = await query<{ id: string }>(
        `UPDATE import_job SET unmapped = '[]', file_name = NULL
         WHERE org_id = $1::uuid AND (unmapped <> '[]' OR file_name IS NOT NULL) AND (id = ANY($4::uuid[])
           OR ${has("unmapped::text || ' ' || coalesce(file_name, '')", "unmapped::text || ' ' || coalesce(file_name, '')")})
         RETURNING id::text AS id`,
        [orgId, [...patterns(texts), ...inJson], digits, imports],
      );
      const sampled = emptiedJobs.map(({ id }) => id);
      const exports = await count(
        `UPDATE export_job AS j SET state = 'FAILED', finished_at = coalesce(finished_at, now()), leased_until = NULL,
           problem = $3, bytes = 0
         WHERE j.org_id = $1::uuid AND EXISTS (SELECT FROM export_chunk AS c
           WHERE c.org_id = j.org_id AND c.job_id = j.id AND (c.record_ids && $2::uuid[] OR c.record_ids IS NULL))`,
        [ids, ENDED],
      );
      for (const table of ["export_chunk", "export_batch"]) {
        await query(
          `DELETE FROM ${table} AS c USING export_job AS j
           WHERE j.org_id = $1::uuid AND j.state = 'FAILED' AND c.org_id = j.org_id AND c.job_id = j.id`,
          [orgId],
        );
      }
      const duplicateGroups = await count(
        "DELETE FROM duplicate_group WHERE org_id = $1::uuid AND contact_ids && $2::uuid[]",
        [contactIds],
      );
      // Nothing reads the input of a job that has ended. The inputs of other jobs are emptied when they end.
      const bulkJobs = await count(
        "UPDATE bulk_job SET input = '{}' WHERE org_id = $1::uuid AND finished_at IS NOT NULL AND input <> '{}'",
        [],
      );
      return {
        activities,
        conversations,
        merges: emptied + deleted,
        idempotencyAnswers,
        importErrors: refused.length,
        imports: new Set([...cancelled, ...sampled]).size,
        exports,
        duplicateGroups,
        bulkJobs,
      };
    },
    async renewAnswers(dealId, answer) {
      await query(
        `UPDATE idempotency_key SET answer = $3::jsonb, warnings = '[]'
         WHERE org_id = $1::uuid AND answer->>'id' = $2`,
        [orgId, dealId, JSON.stringify(answer)],
      );
    },
    async erasePeople({ contactIds, leadIds }) {
      const people = [orgId, contactIds, leadIds];
      await query(
        "DELETE FROM custom_unique WHERE org_id = $1::uuid AND record_id = ANY($2::uuid[] || $3::uuid[])",
        people,
      );
      await query("DELETE FROM lead WHERE org_id = $1::uuid AND id = ANY($2::uuid[])", [orgId, leadIds]);
      const contacts = [orgId, contactIds];
      await query(
        "DELETE FROM contact_email WHERE org_id = $1::uuid AND contact_id = ANY($2::uuid[])",
        contacts,
      );
      // Merged contacts are deleted before the contact that they lead to.
      for (const merged of ["NOT NULL", "NULL"]) {
        await query(
          `DELETE FROM contact WHERE org_id = $1::uuid AND id = ANY($2::uuid[]) AND merged_into_id IS ${merged}`,
          contacts,
        );
      }
    },
    async eraseDeals(dealIds, now) {
      const deals = [orgId, dealIds];
      order.enter("activity");
      await query(
        `DELETE FROM activity WHERE org_id = $1::uuid AND deal_id = ANY($2::uuid[])
           AND contact_id IS NULL AND lead_id IS NULL`,
        deals,
      );
      await query(
        `UPDATE activity SET deal_id = NULL, updated_at = $3::timestamptz
         WHERE org_id = $1::uuid AND deal_id = ANY($2::uuid[])`,
        [...deals, now.toISOString()],
      );
      await query("DELETE FROM deal WHERE org_id = $1::uuid AND id = ANY($2::uuid[])", deals);
    },
  };
}
