import type { Db } from "../../db/scope/db.ts";
import { ConcurrentChange } from "../../db/write/locks.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { RefusalError } from "../../lib/errors.ts";
import type { CustomValues } from "../custom.ts";
import { newValues, uniqueValuesOf, valueTaken } from "../unique.ts";
import type { Tagged } from "./rows.ts";

/** Keeps the values of unique custom fields in step with the records that have them. */

interface Held {
  readonly custom: unknown;
  readonly deletedAt?: Date | null | undefined;
}

const customOf = ({ custom }: Held) => (custom ?? {}) as CustomValues;

const entityOf = (model: Tagged) => (model === "lead" ? "LEAD" : "CONTACT");

/** Whether a change of a record may change its unique values. */
export const touchesUnique = (changes: Readonly<Record<string, unknown>>): boolean =>
  changes.custom !== undefined || changes.deletedAt !== undefined;

/**
 * Gives a written record the unique values that it has now, and takes away those that it no longer has.
 *
 * @param before the record before the write; null for a new one
 * @param definitions those read before the record was locked; not called if the record has no custom values
 * @throws RefusalError VALUE_TAKEN with the record that has one
 */
export async function keepUnique(
  { unique }: Pick<Db, "unique">,
  model: Tagged,
  id: string,
  before: Held | null,
  after: Held,
  definitions: () => Promise<readonly Definition[]>,
): Promise<void> {
  const old = before === null || before.deletedAt != null ? {} : customOf(before);
  if (after.deletedAt != null) {
    // All of its values are taken away, so it need not be known which fields are unique.
    if (Object.keys(old).length > 0) await unique.takeFrom([id]);
    return;
  }
  const now = customOf(after);
  if (Object.keys(old).length + Object.keys(now).length === 0) return;
  const fields = await definitions();
  const given = newValues(old, now, fields);
  const gone = newValues(now, old, fields);
  if (gone.length > 0) await unique.takeFrom([id]);
  const wanted = gone.length > 0 ? uniqueValuesOf(now, fields) : given;
  const taken = await unique.give(wanted.map((value) => ({ ...value, id })));
  if (taken.length === 0) return;
  const holders = await unique.holders(entityOf(model), taken);
  const restored = before !== null && before.deletedAt != null;
  throw new RefusalError(
    taken.flatMap(({ fieldId, key }) => {
      const is = (other: { fieldId: string; key: string }) => other.fieldId === fieldId && other.key === key;
      const value = wanted.find(is);
      const path = restored ? ["id"] : ["input", "customFields"];
      return value ? [valueTaken(entityOf(model), value, holders.find(is), path)] : [];
    }),
  );
}

/**
 * The same for many records that were changed in one statement. Takes a few statements, and none if no field is unique.
 *
 * @throws ConcurrentChange if another write took a value at the same moment
 */
export async function keepUniqueOfMany(
  { unique }: Pick<Db, "unique">,
  records: readonly { readonly id: string; readonly before: Held | null; readonly after: Held }[],
  definitions: readonly Definition[],
): Promise<void> {
  if (!definitions.some((definition) => definition.unique)) return;
  const changed = records.map(({ id, before, after }) => {
    const old = before === null || before.deletedAt != null ? {} : customOf(before);
    const now = after.deletedAt != null ? {} : customOf(after);
    const gone = newValues(now, old, definitions).length > 0;
    return { id, gone, wanted: gone ? uniqueValuesOf(now, definitions) : newValues(old, now, definitions) };
  });
  await unique.takeFrom(changed.flatMap(({ id, gone }) => (gone ? [id] : [])));
  const wanted = changed.flatMap(({ id, wanted: values }) => values.map((value) => ({ ...value, id })));
  const taken = await unique.give(wanted);
  if (taken.length > 0) throw new ConcurrentChange("another record took a unique value at this moment");
}
