import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { RefusalError, refusal } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import { requirePermission } from "../../records/permission.ts";
import type { Writer } from "../../records/write/writer.ts";
import { slugFrom, slugRefusals } from "./custom-field.rules.ts";
import { lockFields, MAX_FIELDS } from "./custom-field.service.ts";
import { freeSlot } from "./slots.ts";

/** Longest name of a custom field, in UTF-16 units. */
const MAX_NAME = 100;

/**
 * Makes custom fields for texts, as an import does for columns that have no other place.
 *
 * @param names each once
 * @param path where the caller asked for them
 * @returns their slugs by the names; of a name that a slug cannot be, or that is another field's slug, one with a
 *   number
 * @throws RefusalError LIMIT_REACHED when there would be too many, and for members who see assigned data only
 */
export async function makeTextFields(
  writer: Writer,
  entity: Entity,
  names: readonly string[],
  path: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const slugs = new Map<string, string>();
  if (names.length === 0) return slugs;
  requirePermission(writer.caller, "CUSTOM_FIELD_MANAGE");
  const definitions = [...(await lockFields(writer, entity))];
  if (definitions.length + names.length > MAX_FIELDS) {
    const message = `would make ${names.length} custom fields beside ${definitions.length}; there can be ${MAX_FIELDS}`;
    throw new RefusalError([refusal("LIMIT_REACHED", path, message)]);
  }
  const first = Math.max(-1, ...definitions.map(({ position }) => position)) + 1;
  for (const [at, text] of names.entries()) {
    const slug = await freeSlug(text, entity, definitions);
    const field = await writer.insert("customField", {
      entity,
      slug,
      name: text
        .replace(/\p{Cc}+/gu, " ")
        .trim()
        .slice(0, MAX_NAME)
        .toWellFormed(),
      type: "TEXT",
      unique: false,
      options: [],
      folderId: null,
      position: first + at,
      slot: freeSlot("TEXT", definitions),
    });
    definitions.push(field);
    slugs.set(text, slug);
  }
  return slugs;
}

/** A slug that no field of the entity has. */
async function freeSlug(name: string, entity: Entity, others: readonly Definition[]): Promise<string> {
  const plain = await slugFrom(isBlank(name) ? "column" : name, entity, others);
  const taken = new Set(others.map(({ slug }) => slug));
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? plain : `${plain.slice(0, 59)}_${number}`;
    if (!taken.has(slug) && slugRefusals(slug, entity, false).length === 0) return slug;
  }
}
