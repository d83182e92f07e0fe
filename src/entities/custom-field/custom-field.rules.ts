import type { Entity } from "../../filter/registry/fields.ts";
import { Registry } from "../../filter/registry/registry.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import { encodeId } from "../../lib/typeid.ts";

/** What a custom field may be called and hold. Pure. */

const slugForm = /^[a-z][a-z0-9_]{0,63}$/;

/** A slug from a name: letters without their accents, digits, and _ for all else. */
export const slugFrom = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 64);

export function slugRefusals(slug: string, entity: Entity): Refusal[] {
  const path = ["input", "slug"];
  if (!slugForm.test(slug)) {
    const message = `${quote(slug)} is no slug: a lower-case letter, then letters, digits and _, at most 64`;
    return [refusal("INVALID_VALUE", path, message)];
  }
  if (slug in Object.prototype) {
    return [
      refusal("RESERVED_KEY", path, `${quote(slug)} is a key that every JSON object has in JavaScript`),
    ];
  }
  return new Registry(entity, []).byName(slug)
    ? [refusal("RESERVED_KEY", path, `${quote(slug)} is the name of a built-in field`)]
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

export const renameRefusals = (
  renamed: ReadonlyMap<string, string>,
  before: readonly string[],
  after: readonly string[],
): Refusal[] =>
  [...renamed].flatMap(([from, to], at) => {
    const path = ["input", "optionRenames", String(at)];
    if (!before.includes(from))
      return [refusal("INVALID_VALUE", [...path, "from"], `${quote(from)} is no option`)];
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
