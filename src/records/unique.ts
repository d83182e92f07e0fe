import { createHash } from "node:crypto";
import type { Db } from "../db/scope/db.ts";
import type { UniqueHolder, UniqueValue } from "../db/write/unique-values.ts";
import type { CustomValueJson } from "../filter/language/derive.ts";
import type { Definition, Entity } from "../filter/registry/fields.ts";
import { quote, type Refusal } from "../lib/errors.ts";
import { type CustomValues, customValue } from "./custom.ts";

/** Custom fields whose values one live record each may have: the ids of other systems. */

/** The types of fields that can be unique. */
export const uniqueTypes: readonly Definition["type"][] = ["TEXT", "NUMBER", "URL"];

/** Longest key that is kept as it is, in UTF-16 units; an entry of PostgreSQL's index has 2,700 bytes at most. */
const MAX_KEY = 200;

/**
 * By what two values of a unique field are the same: the text without outer spaces, letter for letter. The ids of some
 * systems differ by nothing but case.
 */
export function uniqueKey(value: CustomValueJson): string {
  const text = String(value).normalize("NFC").trim();
  return text.length <= MAX_KEY ? text : `sha256:${createHash("sha256").update(text).digest("base64url")}`;
}

/** The values of unique fields among a record's. */
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

/** The values of unique fields that a record gets. */
export const newValues = (before: CustomValues, after: CustomValues, definitions: readonly Definition[]) => {
  const old = uniqueValuesOf(before, definitions);
  return uniqueValuesOf(after, definitions).filter((value) => !old.some(same(value)));
};

/** Another record has a value. Of one that the caller may not see, no more is told than that there is one. */
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
 * What stands against values that a record is to get. One statement, none where nothing unique changes.
 *
 * @param id of the record; null for a new one
 * @param input where the values stand in it
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
