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
 * Creates custom fields for texts, as an import does for columns that match no other field.
 *
 * @param names each once
 * @param path position in the arguments where the caller asked for them
 * @returns their slugs by name; a slug gets a number if it is not allowed, or is another field's
 * @throws RefusalError LIMIT_REACHED if there would be too many fields, FORBIDDEN for a caller who may not create them
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
    const message = `would create ${names.length} custom fields in addition to ${definitions.length}; the limit is ${MAX_FIELDS}`;
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
