import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import type { LockOrder } from "./lock-order.ts";

/** Erasing people: their records, and what holds copies of their values. */

/** Who is erased, by row ids, and by what copies of their values are found. */
export interface Erased {
  readonly contactIds: readonly string[];
  /** Leads that became these contacts. */
  readonly leadIds: readonly string[];
  /** Deals of which a name was taken out, or that are deleted. */
  readonly dealIds: readonly string[];
  /** E-mail addresses and names, in small letters. */
  readonly texts: readonly string[];
  /** The last digits of phone numbers. */
  readonly digits: readonly string[];
  /** LIKE patterns of every text of them, as JSON has it in small letters. */
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
  /** Deletes what hangs on erased people, and every copy of their values. Their records are locked. */
  eraseTraces(erased: Erased): Promise<ErasedCounts>;
  /** Deletes the records themselves, to which nothing points any more. */
  erasePeople(erased: Pick<Erased, "contactIds" | "leadIds">): Promise<void>;
  /** Deletes deals, with the activities that are theirs alone. The deals are locked. */
  eraseDeals(dealIds: readonly string[], now: Date): Promise<void>;
}

/** What is left of a stored answer of which a record was erased; `write.ts` refuses to repeat it. */
export const ERASED_ANSWER = "$erased";

const ENDED = "A person whose values its file had was erased, and the file with them. Ask for it again.";

/** LIKE patterns of texts, wherever they stand. */
const patterns = (texts: readonly string[]): string[] =>
  texts.map((text) => `%${text.replace(/[\\%_]/g, "\\$&")}%`);

/**
 * A text of bytes in any encoding, in small letters and without what UTF-16 has between ASCII; the same of a text that
 * is looked for. Whole for bytes of UTF-8 and of single-byte encodings, as far as ASCII goes.
 */
const plain = (bytes: string) => `lower(replace(encode(${bytes}, 'escape'), '\\000', ''))`;

/** Bytes of the next piece of a file that are read with a piece, for a value that is cut in two. */
const OVERLAP = 1000;

export function eraseStatements(query: Query, { orgId }: Principal, order: LockOrder): EraseStatements {
  /** Runs a statement whose rows are counted. */
  const count = async (text: string, values: readonly unknown[]): Promise<number> => {
    const [row] = await query<{ count: number }>(
      `WITH done AS (${text} RETURNING 1) SELECT count(*)::int AS count FROM done`,
      [orgId, ...values],
    );
    return row?.count ?? 0;
  };

  /** Ends imports that are under way, and whose files have a value. */
  async function endImports({ texts, digits }: Erased): Promise<number> {
    return count(
      `UPDATE import_job AS j SET state = 'CANCELLED', finished_at = now(), leased_until = NULL, problem = $4
       WHERE j.org_id = $1::uuid AND j.finished_at IS NULL AND EXISTS (
         SELECT FROM (
           SELECT ${plain(`c.bytes || coalesce(substring(n.bytes FROM 1 FOR ${OVERLAP}), '')`)} AS file
           FROM import_chunk AS c
           LEFT JOIN import_chunk AS n ON n.org_id = c.org_id AND n.job_id = c.job_id AND n.position = c.position + 1
           WHERE c.org_id = j.org_id AND c.job_id = j.id) AS f
         WHERE EXISTS (SELECT FROM unnest($2::text[]) AS t(text)
             WHERE position(${plain("convert_to(t.text, 'UTF8')")} IN f.file) > 0)
           OR EXISTS (SELECT FROM unnest($3::text[]) AS d(digits)
             WHERE position(d.digits IN regexp_replace(regexp_replace(f.file, '\\\\\\d{3}', ' ', 'g'), '[^0-9\\n,;|\\t]', '', 'g')) > 0))`,
      [texts, digits, ENDED],
    );
  }

  return {
    async eraseTraces(erased) {
      const { contactIds, leadIds, dealIds, texts, digits, inJson } = erased;
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
      // A merge that was undone has values of the one who had been merged in what the other one was.
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
      const found = `(lower(e.raw || ' ' || coalesce(e.text, '') || ' ' || e.message) LIKE ANY($2::text[])
           OR EXISTS (SELECT FROM unnest($3::text[]) AS d(digits) WHERE position(d.digits IN
             regexp_replace(e.raw || ' ' || coalesce(e.text, ''), '[^0-9\\n,;|\\t]', '', 'g')) > 0))`;
      const rows = await query<{ jobId: string }>(
        `UPDATE import_error AS e SET raw = '', text = NULL, message = 'erased, with the person whose row it was'
         WHERE e.org_id = $1::uuid AND ${found} RETURNING e.job_id::text AS "jobId"`,
        [orgId, patterns(texts), digits],
      );
      // Those that wrote the person, or refused a row of theirs, may have kept samples of the row.
      const jobs = await query<{ id: string }>(
        `SELECT job_id::text AS id FROM audit_event
         WHERE org_id = $1::uuid AND record_ids && $2::uuid[] AND job_type = 'ImportJob'
         UNION SELECT unnest($3::uuid[])::text`,
        [orgId, ids, rows.map(({ jobId }) => jobId)],
      );
      const imports = jobs.map(({ id }) => id);
      const idempotencyAnswers = await count(
        `UPDATE idempotency_key SET answer = '{"${ERASED_ANSWER}": true}', warnings = '[]'
         WHERE org_id = $1::uuid AND (answer::text LIKE ANY($2::text[])
           OR answer ? 'unmapped' AND (answer->>'id' = ANY($3::text[]) OR lower(answer::text) LIKE ANY($4::text[])))`,
        [patterns(ids), imports, inJson],
      );
      const ended = await endImports(erased);
      await query(
        `DELETE FROM import_chunk AS c USING import_job AS j
         WHERE j.org_id = $1::uuid AND j.state = 'CANCELLED' AND c.org_id = j.org_id AND c.job_id = j.id`,
        [orgId],
      );
      const sampled = await count(
        `UPDATE import_job SET unmapped = '[]', file_name = NULL
         WHERE org_id = $1::uuid AND (unmapped <> '[]' OR file_name IS NOT NULL) AND (id = ANY($3::uuid[])
           OR lower(unmapped::text || ' ' || coalesce(file_name, '')) LIKE ANY($2::text[]))`,
        [[...patterns(texts), ...inJson], imports],
      );
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
      const bulkJobs = await count(
        `UPDATE bulk_job SET input = '{}'
         WHERE org_id = $1::uuid AND finished_at IS NOT NULL AND lower(input::text) LIKE ANY($2::text[])`,
        [inJson],
      );
      return {
        activities,
        conversations,
        merges: emptied + deleted,
        idempotencyAnswers,
        importErrors: rows.length,
        imports: ended + sampled,
        exports,
        duplicateGroups,
        bulkJobs,
      };
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
      // Those that were merged go before the one that they lead to.
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
