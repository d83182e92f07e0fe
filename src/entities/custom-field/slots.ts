import { SLOT_COUNT } from "../../db/prisma/rows.ts";
import { type Definition, slotKinds } from "../../filter/registry/fields.ts";
import type { CustomFieldType } from "../../generated/prisma/enums.ts";

/**
 * Finds a typed column for a field's values.
 *
 * @param taken the other fields of its entity
 * @returns the first column that no other field has; null if the type has none, or all are taken
 */
export function freeSlot(type: CustomFieldType, taken: readonly Pick<Definition, "slot">[]): string | null {
  const kind = slotKinds[type];
  if (kind === null) return null;
  const used = new Set(taken.map(({ slot }) => slot));
  for (let number = 1; number <= SLOT_COUNT; number += 1) {
    if (!used.has(`${kind}${number}`)) return `${kind}${number}`;
  }
  return null;
}

/**
 * The field that gets a typed column that has become free.
 *
 * @param definitions the entity's fields, without the field that had the column
 */
export const heirOf = (slot: string, definitions: readonly Definition[]): Definition | undefined =>
  definitions.find((field) => field.slot === null && slot.startsWith(slotKinds[field.type] ?? "none"));
