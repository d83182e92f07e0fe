import type { FilterEntity, FilterField } from "./fields.ts";

/**
 * The registry of what can be filtered and sorted, from which both filter forms, the typed inputs, the compiler and
 * the derived columns take what they know. A column that is not here cannot be filtered.
 *
 * Each entity says its own fields, in its table of columns, when that is loaded: `entities/<name>/<name>.columns.ts`.
 * The filter lies below the entities and knows none of them.
 */

const known = new Map<FilterEntity, readonly FilterField[]>();

/** Says what of an entity can be filtered, once, beside its custom fields. */
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
