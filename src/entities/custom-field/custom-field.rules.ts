import { encodeId } from "../../db/ids.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { Registry } from "../../filter/registry/registry.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import { fold } from "../../lib/fold.ts";
import { uniqueTypes } from "../../records/unique.ts";

/** Rules for a custom field's slug, options and uniqueness. Pure. */

/** Longest slug, in characters. */
const MAX_SLUG = 64;
const slugForm = /^[a-z][a-z0-9_]*$/;

/** Letters outside the Latin alphabet: callers cannot foresee how they are written in ASCII. */
const foreign = /(?!\p{Script=Latin})\p{L}/u;

/**
 * Makes a slug from a name in any script: letters are written in ASCII, digits are kept, everything else becomes _.
 *
 * @param others the entity's other fields
 * @returns `field_1` or the next free number for a name without letters; `id_2` or the next free number for a name with
 *   letters outside the Latin alphabet, if its slug is that of a field with another name or of a built-in field
 */
export async function slugFrom(
  name: string,
  entity: Entity,
  others: readonly Pick<Definition, "slug" | "name">[],
): Promise<string> {
  // Loaded with the first name: its tables would slow down the start.
  const { default: anyAscii } = await import("any-ascii");
  const slug = anyAscii(name.normalize("NFKC"))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAX_SLUG)
    .replace(/_$/, "");
  const taken = new Set(others.map((field) => field.slug));
  if (slug === "") return numbered("field", 1, taken);
  const isBuiltIn = slugRefusals(slug, entity, false).length > 0;
  const isThere = others.some((field) => fold(field.name) === fold(name));
  const isOwn = !foreign.test(name) || isThere || !(taken.has(slug) || isBuiltIn);
  return isOwn ? slug : numbered(slug, 2, taken);
}

/** The first free slug of a numbered series: `field_1`, `field_2`. */
function numbered(stem: string, from: number, taken: ReadonlySet<string>): string {
  let number = from;
  const slugOf = () => `${stem.slice(0, MAX_SLUG - 5)}_${number}`;
  while (taken.has(slugOf())) number += 1;
  return slugOf();
}

/** What is wrong with a slug. @param given whether the caller sent it; otherwise the server made it from the name */
export function slugRefusals(slug: string, entity: Entity, given: boolean): Refusal[] {
  const path = ["input", "slug"];
  const ask = given ? "give another slug" : "set slug to choose another one";
  if (slug in Object.prototype) {
    const message = `${quote(slug)} is a key that every JSON object has in JavaScript; ${ask}`;
    return [refusal("RESERVED_KEY", path, message)];
  }
  if (slug.length > MAX_SLUG) {
    const message = `has ${slug.length} characters; the limit is ${MAX_SLUG}; ${ask}`;
    return [refusal("TOO_LONG", path, message)];
  }
  if (!slugForm.test(slug)) {
    const message = `${quote(slug)} is not a slug: give one of a to z, 0 to 9 and _ that begins with a letter, such as "industry", or omit it`;
    return [refusal("INVALID_VALUE", path, message)];
  }
  return new Registry(entity, []).byName(slug)
    ? [refusal("RESERVED_KEY", path, `${quote(slug)} is the name of a built-in field; ${ask}`)]
    : [];
}

export function optionRefusals(type: string, options: readonly string[] | null | undefined): Refusal[] {
  const path = ["input", "options"];
  const chooses = type === "SELECT" || type === "MULTI_SELECT";
  if (chooses && !options?.length)
    return [refusal("REQUIRED", path, `a field of type ${type} needs options`)];
  if (!chooses && options?.length) {
    return [refusal("INVALID_VALUE", path, `a field of type ${type} has no options`)];
  }
  return [];
}

export const uniqueRefusals = (type: Definition["type"], unique: boolean): Refusal[] => {
  if (!unique || uniqueTypes.includes(type)) return [];
  const message = `a field of type ${type} cannot be unique; ${uniqueTypes.join(", ")} can`;
  return [refusal("INVALID_VALUE", ["input", "unique"], message)];
};

/** @param examples values that several records have, at most ten, each with one of these records */
export const notUnique = (
  entity: Entity,
  count: number,
  examples: readonly { readonly id: string; readonly value: unknown }[],
): Refusal => ({
  kind: "fieldConversion",
  code: "FIELD_CONVERSION_FAILS",
  path: ["input", "unique"],
  message: `${count === 1 ? "1 record has a value" : `${count} records have values`} that another one has too, such as ${examples
    .slice(0, 3)
    .map(({ value }) => quote(String(value)))
    .join(", ")}: change them first`,
  count,
  sampleIds: examples.map(({ id }) => encodeId(entity === "CONTACT" ? "Contact" : "Lead", id)),
});

export const renameRefusals = (
  renamed: ReadonlyMap<string, string>,
  before: readonly string[],
  after: readonly string[],
): Refusal[] =>
  [...renamed].flatMap(([from, to], at) => {
    const path = ["input", "optionRenames", String(at)];
    if (!before.includes(from))
      return [refusal("INVALID_VALUE", [...path, "from"], `${quote(from)} is not an option`)];
    if (!after.includes(to)) {
      return [refusal("INVALID_VALUE", [...path, "to"], `${quote(to)} is not among the new options`)];
    }
    return [];
  });

export const conversionFails = (
  entity: Entity,
  { misfits, sampleIds }: { readonly misfits: number; readonly sampleIds: readonly string[] },
): Refusal => ({
  kind: "fieldConversion",
  code: "FIELD_CONVERSION_FAILS",
  path: ["input"],
  message:
    misfits === 1
      ? "1 record has a value that would not fit"
      : `${misfits} records have values that would not fit`,
  count: misfits,
  sampleIds: sampleIds.map((id) => encodeId(entity === "CONTACT" ? "Contact" : "Lead", id)),
});
