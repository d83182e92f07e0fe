import type { CustomFieldEntity } from "../../generated/prisma/enums.ts";
import type { Query } from "../open/query.ts";
import type { Principal } from "../scope/scope.ts";
import { assignedSql } from "../scope/sql.ts";

/**
 * Values of unique custom fields: one row of custom_unique for each value of a live record, whose primary key
 * prevents two records with the same value. The rows are derived from the records, in the transaction that writes
 * them.
 */

/** A value of a unique field, by its comparison key. */
export interface UniqueValue {
  readonly fieldId: string;
  readonly key: string;
}

/** A record with a unique value. */
export interface UniqueHolder extends UniqueValue {
  readonly id: string;
  /** Whether the caller may see the record. */
  readonly visible: boolean;
}

export interface UniqueValues {
  /** The live records that have these values, whether or not the caller may see them. */
  holders(entity: CustomFieldEntity, values: readonly UniqueValue[]): Promise<UniqueHolder[]>;
  /**
   * Assigns values to records. Waits for other transactions that add or remove the same values.
   *
   * @returns the values that other records have, which were not assigned
   */
  give(values: readonly (UniqueValue & { readonly id: string })[]): Promise<UniqueValue[]>;
  /** Removes all values of records. */
  takeFrom(ids: readonly string[]): Promise<void>;
  /** Removes all values of a field. */
  takeAll(fieldId: string): Promise<void>;
}

/** @param query sends statements of constant text, whose plans are kept */
export function uniqueValues(query: Query, principal: Principal): UniqueValues {
  const { orgId } = principal;
  const lists = (values: readonly UniqueValue[]) => [
    values.map(({ fieldId }) => fieldId),
    values.map(({ key }) => key),
  ];
  return {
    async holders(entity, values) {
      if (values.length === 0) return [];
      const [model, table] =
        entity === "LEAD" ? (["Lead", "lead"] as const) : (["Contact", "contact"] as const);
      const parameters: unknown[] = [orgId, ...lists(values)];
      const seen = assignedSql(model, "s", principal, "$1", () => `$${parameters.push(principal.memberId)}`);
      return query<UniqueHolder>(
        `SELECT u.field_id::text AS "fieldId", u.key, u.record_id::text AS id, ${seen ?? "true"} AS visible
         FROM unnest($2::uuid[], $3::text[]) AS v(field_id, key)
         JOIN custom_unique AS u ON u.org_id = $1::uuid AND u.field_id = v.field_id AND u.key = v.key
         JOIN ${table} AS s ON s.org_id = $1::uuid AND s.id = u.record_id`,
        parameters,
      );
    },
    async give(values) {
      if (values.length === 0) return [];
      return query<UniqueValue>(
        `WITH v AS (
           SELECT * FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS v(field_id, key, record_id)),
         given AS (
           INSERT INTO custom_unique (org_id, field_id, key, record_id)
           SELECT $1::uuid, field_id, key, record_id FROM v ORDER BY field_id, key
           ON CONFLICT (org_id, field_id, key) DO NOTHING RETURNING field_id, key, record_id)
         SELECT field_id::text AS "fieldId", key FROM v
         WHERE NOT EXISTS (SELECT FROM given AS g
           WHERE g.field_id = v.field_id AND g.key = v.key AND g.record_id = v.record_id)`,
        [orgId, ...lists(values), values.map(({ id }) => id)],
      );
    },
    async takeFrom(ids) {
      if (ids.length === 0) return;
      await query("DELETE FROM custom_unique WHERE org_id = $1::uuid AND record_id = ANY($2::uuid[])", [
        orgId,
        ids,
      ]);
    },
    async takeAll(fieldId) {
      await query("DELETE FROM custom_unique WHERE org_id = $1::uuid AND field_id = $2::uuid", [
        orgId,
        fieldId,
      ]);
    },
  };
}
