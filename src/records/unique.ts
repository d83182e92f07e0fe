import { createHash } from "node:crypto";
import type { Db } from "../db/scope/db.ts";
import type { UniqueHolder, UniqueValue } from "../db/write/unique-values.ts";
import type { CustomValueJson } from "../filter/language/derive.ts";
import type { Definition, Entity } from "../filter/registry/fields.ts";
import { quote, type Refusal } from "../lib/errors.ts";
import { type CustomValues, customValue } from "./custom.ts";

/** Unique custom fields: at most one live record has each value. Meant for the ids of other systems. */

/** The types of fields that can be unique. */
export const uniqueTypes: readonly Definition["type"][] = ["TEXT", "NUMBER", "URL"];

/**
 * Longest value that is its own key, in UTF-16 units; longer ones are hashed. A PostgreSQL index entry has at most
 * 2,700 bytes.
 */
const MAX_KEY = 200;

/**
 * The key by which values of a unique field are compared: the text without outer spaces. Case matters, because the ids
 * of some systems differ only in case.
 */
export function uniqueKey(value: CustomValueJson): string {
  const text = String(value).normalize("NFC").trim();
  return text.length <= MAX_KEY ? text : `sha256:${createHash("sha256").update(text).digest("base64url")}`;
}

/** A record's values of unique fields. */
export const uniqueValuesOf = (
  custom: CustomValues,
  definitions: readonly Definition[],
): (UniqueValue & { readonly slug: string; readonly value: CustomValueJson })[] =>
  definitions.flatMap((definition) => {
    const value = definition.unique ? customValue(custom, definition.slug) : undefined;
    if (value === undefined) return [];
    return [{ fieldId: definition.id, key: uniqueKey(value), slug: definition.slug, value }];
  });

const same = (one: UniqueValue) => (other: UniqueValue) =>
  one.fieldId === other.fieldId && one.key === other.key;

/** The values of unique fields that a change gives to a record. */
export const newValues = (before: CustomValues, after: CustomValues, definitions: readonly Definition[]) => {
  const old = uniqueValuesOf(before, definitions);
  return uniqueValuesOf(after, definitions).filter((value) => !old.some(same(value)));
};

/** The refusal of a value that another record has. It names that record only if the caller may see it. */
export const valueTaken = (
  entity: Entity,
  { slug, value }: { readonly slug: string; readonly value: CustomValueJson },
  holder: UniqueHolder | undefined,
  path: readonly string[],
): Refusal => ({
  kind: "valueTaken",
  code: "VALUE_TAKEN",
  path,
  message: `another ${entity === "LEAD" ? "lead" : "contact"} has the value ${quote(value)} of the unique custom field ${quote(slug)}`,
  type: entity === "LEAD" ? "Lead" : "Contact",
  slug,
  existingId: holder?.visible ? holder.id : null,
});

/**
 * Refuses the new values of unique fields that other records already have. Takes one statement, and none if no unique
 * value changes.
 *
 * @param id the record's row id; null for a new record
 * @param input the custom fields of the input, for the paths of refusals
 */
export async function uniqueRefusals(
  tx: Db,
  entity: Entity,
  {
    id,
    before,
    after,
  }: { readonly id: string | null; readonly before: CustomValues; readonly after: CustomValues },
  definitions: readonly Definition[],
  input: readonly { readonly slug: string }[] | null | undefined,
): Promise<Refusal[]> {
  const wanted = newValues(before, after, definitions);
  if (wanted.length === 0) return [];
  const holders = (await tx.unique.holders(entity, wanted)).filter((holder) => holder.id !== id);
  return wanted.flatMap((value) => {
    const holder = holders.find(same(value));
    if (!holder) return [];
    const at = input?.findIndex(({ slug }) => slug === value.slug) ?? -1;
    const path = ["input", "customFields", ...(at === -1 ? [] : [String(at), "value"])];
    return [valueTaken(entity, value, holder, path)];
  });
}
