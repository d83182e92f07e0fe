import type { FilterEntity, FilterField } from "./fields.ts";

/**
 * The registry of fields that can be filtered and sorted, which both filter forms, the typed inputs, the compiler and
 * the derived columns use. A column that is not here cannot be filtered.
 *
 * Each entity registers its fields when its table of columns is loaded (`entities/<name>/<name>.columns.ts`): this room
 * may not import entities.
 */

const known = new Map<FilterEntity, readonly FilterField[]>();

/** Registers the built-in fields of an entity, once. */
export function defineFields(entity: FilterEntity, fields: readonly FilterField[]): void {
  if (known.has(entity)) throw new Error(`the fields of ${entity} are defined twice`);
  known.set(entity, fields);
}

/**
 * The built-in fields of an entity.
 *
 * @throws Error when the entity's table of columns was not loaded
 */
export function builtInFields(entity: FilterEntity): readonly FilterField[] {
  const fields = known.get(entity);
  if (!fields) throw new Error(`the fields of ${entity} are not defined: import its table of columns`);
  return fields;
}
