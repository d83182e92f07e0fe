import type { CustomFieldEntity, CustomFieldType } from "../../generated/prisma/enums.ts";
import type { Query } from "../open/query.ts";

/** A custom field as the organization defined it. */
export interface Definition {
  readonly id: string;
  readonly entity: CustomFieldEntity;
  /** The key of its values in the column `custom`. */
  readonly slug: string;
  readonly name: string;
  readonly type: CustomFieldType;
  readonly options: readonly string[];
  readonly folderId: string | null;
  readonly position: number;
  /** The typed column that holds a copy of the value, such as `number3`; null when none was free. */
  readonly slot: string | null;
  /** Whether at most one live record may have each value. */
  readonly unique: boolean;
}

/** The definitions, tags and members that a filter or write needs, read in one statement. */
export interface Catalogue {
  /** Definitions of custom fields, in the order in which they are shown. */
  readonly definitions: readonly Definition[];
  /** The tags asked for, by comparison key. */
  readonly tags: readonly { readonly id: string; readonly name: string; readonly nameKey: string }[];
  /** The members asked for, with their users' names. */
  readonly members: readonly { readonly id: string; readonly name: string }[];
}

/**
 * SQL of the definitions as JSON, in the order in which they are shown.
 *
 * @param orgId SQL of the organization's id
 * @param entity SQL of the entity whose custom fields; those of all entities if it is null
 */
export const definitionsSql = (orgId: string, entity: string): string =>
  `SELECT coalesce(json_agg(field ORDER BY field.position, field.slug), '[]')
   FROM (SELECT id, entity, slug, name, type, options, folder_id AS "folderId", position, slot, "unique"
         FROM custom_field WHERE org_id = ${orgId} AND (${entity} IS NULL OR entity::text = ${entity})) AS field`;

/**
 * Reads definitions, tags and members in one statement.
 *
 * @param entity whose custom fields; those of all entities if null
 * @param tagKeys comparison keys of tag names
 * @param tagIds ids of tags; tags of other organizations are not found
 * @param memberIds ids of members; likewise
 */
export async function readCatalogue(
  query: Query,
  orgId: string,
  entity: CustomFieldEntity | null,
  tagKeys: readonly string[],
  tagIds: readonly string[],
  memberIds: readonly string[],
): Promise<Catalogue> {
  const [row] = await query<Catalogue>(
    `SELECT
       (${definitionsSql("$1::uuid", "$2::text")}) AS definitions,
       (SELECT coalesce(json_agg(json_build_object('id', id, 'name', name, 'nameKey', name_key)), '[]')
        FROM tag WHERE org_id = $1::uuid AND (name_key = ANY($3::text[]) OR id = ANY($4::uuid[]))) AS tags,
       (SELECT coalesce(json_agg(json_build_object('id', m.id, 'name', coalesce(m.name, u.name))), '[]')
        FROM member AS m JOIN app_user AS u ON u.id = m.user_id
        WHERE m.org_id = $1::uuid AND m.id = ANY($5::uuid[])) AS members`,
    [orgId, entity, tagKeys, tagIds, memberIds],
  );
  return row ?? { definitions: [], tags: [], members: [] };
}
