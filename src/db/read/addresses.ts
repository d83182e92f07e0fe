import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import { assignedSql } from "../scope/sql.ts";

/** A contact that has or had an e-mail address. */
export interface AddressRow {
  /** Comparison key of the address. */
  readonly key: string;
  readonly id: string;
  /**
   * `live`: the contact has it. `merged`: a contact that was merged into it had it. `trash`: the contact is in the
   * trash.
   */
  readonly place: "live" | "merged" | "trash";
  /** Whether the caller may see the contact of `id`. */
  readonly visible: boolean;
  readonly doNotContact: boolean;
  readonly allowPhoneCalls: boolean;
}

/**
 * Every contact that has or had one of these addresses, whether or not the caller may see it: live ones first, then
 * those merged or trashed, the latest first. A contact merged into one that is in the trash counts as in the trash.
 *
 * The addresses are looked up once, before contacts are joined: without statistics, as in a first import, the planner
 * takes the tables for empty, and looked up all addresses again for each contact (1,000 of both: 17 s).
 *
 * @returns the contacts; for a merged one, the survivor's `id`
 *
 * @param keys comparison keys
 */
export async function readAddresses(
  query: Query,
  principal: Principal,
  keys: readonly string[],
): Promise<AddressRow[]> {
  if (keys.length === 0) return [];
  const values: unknown[] = [principal.orgId, keys, keys.map((key) => `email:${key}`)];
  const seen = assignedSql("Contact", "s", principal, "$1", () => `$${values.push(principal.memberId)}`);
  return query<AddressRow>(
    `WITH had AS MATERIALIZED (
       SELECT email_key AS key, contact_id AS id, contact_id AS leads_to, NULL::timestamptz AS gone,
         false AS do_not_contact, true AS allow_phone_calls
       FROM contact_email WHERE org_id = $1::uuid AND email_key = ANY($2::text[])
       UNION ALL
       SELECT email_key, id, coalesce(merged_into_id, id), deleted_at, do_not_contact, allow_phone_calls
       FROM contact WHERE org_id = $1::uuid AND email_key = ANY($2::text[]) AND deleted_at IS NOT NULL
       UNION ALL
       SELECT substr(t.token, 7), c.id, coalesce(c.merged_into_id, c.id), c.deleted_at, c.do_not_contact,
         c.allow_phone_calls
       FROM contact AS c CROSS JOIN LATERAL unnest(c.facets) AS t(token)
       WHERE c.org_id = $1::uuid AND c.deleted_at IS NOT NULL AND c.other_emails <> '{}'
         AND c.facets && (SELECT $3::text[]) AND t.token = ANY($3::text[]))
     SELECT had.key, s.id::text AS id,
       CASE WHEN s.deleted_at IS NOT NULL THEN 'trash' WHEN had.id = s.id THEN 'live' ELSE 'merged' END AS place,
       ${seen ?? "true"} AS visible,
       s.do_not_contact OR had.do_not_contact AS "doNotContact",
       s.allow_phone_calls AND had.allow_phone_calls AS "allowPhoneCalls"
     FROM had JOIN contact AS s ON s.org_id = $1::uuid AND s.id = had.leads_to
     ORDER BY had.gone DESC NULLS FIRST, had.id`,
    values,
  );
}
