import { SLOT_COUNT } from "../../db/prisma/rows.ts";
import { type Definition, slotKinds } from "../../filter/registry/fields.ts";
import type { CustomFieldType } from "../../generated/prisma/enums.ts";

/**
 * A typed column for a field's values.
 *
 * @param taken the fields of its entity, itself apart
 * @returns the first that no other field has, or null when the type has none or all are taken
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
 * The field that gets a slot which has come free.
 *
 * @param definitions the entity's fields, without the one that has left the slot
 */
export const heirOf = (slot: string, definitions: readonly Definition[]): Definition | undefined =>
  definitions.find((field) => field.slot === null && slot.startsWith(slotKinds[field.type] ?? "none"));
