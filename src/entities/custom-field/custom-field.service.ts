import { violates } from "../../db/faults.ts";
import { decodeId } from "../../db/ids.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { CustomField } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError, refusal, refuse } from "../../lib/errors.ts";
import { fold } from "../../lib/fold.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { inUse, listsUsing, lockLists, OptionChange } from "../../records/stored-lists.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { convertValue } from "./convert.ts";
import { FieldCreate, FieldUpdate } from "./custom-field.inputs.ts";
import {
  conversionFails,
  notUnique,
  optionRefusals,
  renameRefusals,
  slugFrom,
  slugRefusals,
  uniqueRefusals,
} from "./custom-field.rules.ts";
import { claimValues, findMisfits, rewriteValues } from "./rewrite.ts";
import { freeSlot, heirOf } from "./slots.ts";

/** Maximum number of custom fields of one entity. */
export const MAX_FIELDS = 1000;
/** Milliseconds for a change that writes every record with a value. */
const REWRITE_TIMEOUT = 600_000;

/** Locks out every write that reads the fields, then reads them: nothing may be derived from old definitions. */
export async function lockFields(writer: Writer, entity: Entity): Promise<readonly Definition[]> {
  await writer.tx.lock.fields();
  return (await writer.catalogue(entity)).definitions;
}

/**
 * Creates a custom field, and gives it a typed column if one is free.
 *
 * @throws RefusalError RESERVED_KEY for the slug of a built-in field, NAME_TAKEN for an existing slug, LIMIT_REACHED
 */
export function createField(
  caller: Caller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<CustomField> {
  const { entity, slug: given, options, folderId, unique, ...plain } = readInput(FieldCreate, raw);
  return orSlugTaken(given != null, () =>
    write(
      caller,
      async (writer) => {
        const definitions = await lockFields(writer, entity);
        const slug = given ?? (await slugFrom(plain.name, entity, definitions));
        const folder = await findFolder(writer, entity, folderId);
        const found = [
          ...slugRefusals(slug, entity, given != null),
          ...optionRefusals(plain.type, options),
          ...uniqueRefusals(plain.type, unique ?? false),
          ...folder.refusals,
        ];
        if (definitions.length >= MAX_FIELDS) {
          found.push(refusal("LIMIT_REACHED", ["input"], `the limit of ${MAX_FIELDS} fields is reached`));
        }
        if (found.length > 0) throw new RefusalError(found);
        return writer.insert("customField", {
          ...plain,
          entity,
          slug,
          unique: unique ?? false,
          options: options ?? [],
          folderId: folder.id ?? null,
          position: Math.max(-1, ...definitions.map(({ position }) => position)) + 1,
          slot: freeSlot(plain.type, definitions),
        });
      },
      {
        repeatable: repeatable("customField", "customFieldCreate", raw, idempotencyKey),
      },
    ),
  );
}

export interface ChangedField {
  readonly field: CustomField;
  /** Number of records with a value, which is converted to the new form. */
  readonly values: number;
}

/**
 * Changes a custom field. Every value of a record must fit a new type or new options. In the same transaction, the
 * values are rewritten, and so are the smart lists that use a renamed option.
 *
 * @param dryRun only checks whether the values would fit, and changes nothing
 * @throws RefusalError FIELD_CONVERSION_FAILS with the number of records whose value would not fit, and ten of them;
 *   FIELD_IN_USE if smart lists use an option that would be removed
 */
export function updateField(
  caller: Caller,
  id: string,
  raw: unknown,
  dryRun: boolean,
): Promise<ChangedField> {
  const { optionRenames, folderId, ...input } = readInput(FieldUpdate, raw);
  return write(
    caller,
    async (writer) => {
      const lists = await lockLists(writer);
      await writer.tx.lock.fields();
      const before = await lockRow(writer, "customField", id);
      const { definitions } = await writer.catalogue(before.entity);
      const type = input.type ?? before.type;
      const chooses = type === "SELECT" || type === "MULTI_SELECT";
      const unique = input.unique ?? before.unique;
      const options = input.options ?? (chooses ? before.options : []);
      const renamed = new Map((optionRenames ?? []).map(({ from, to }) => [from, to]));
      const choices = new OptionChange(before, definitions, (option) => {
        const name = renamed.get(option) ?? option;
        return options.find((candidate) => fold(candidate) === fold(name));
      });
      const folder = await findFolder(writer, before.entity, folderId);
      const found = [
        ...optionRefusals(type, options),
        ...uniqueRefusals(type, unique),
        ...renameRefusals(renamed, before.options, options),
        ...(chooses
          ? inUse(choices.users(lists), ["input", "options"], "an option that would be removed")
          : []),
        ...folder.refusals,
      ];
      if (found.length > 0) throw new RefusalError(found);
      const others = definitions.filter((definition) => definition.id !== before.id);
      const slot = type === before.type ? before.slot : freeSlot(type, others);
      const after: Definition = { ...before, name: input.name ?? before.name, type, options, slot, unique };
      const reshaped = type !== before.type || !same(options, before.options) || renamed.size > 0;
      const convert = (value: Parameters<typeof convertValue>[0]) =>
        convertValue(value, before.type, after, renamed);
      let values = 0;
      if (reshaped) {
        const misfits = await findMisfits(writer, before, (value) => convert(value) !== null);
        if (misfits.misfits > 0) throw new RefusalError([conversionFails(before.entity, misfits)]);
        values = misfits.values;
      }
      const columns = { name: after.name, type, options: [...options], slot, unique, folderId: folder.id };
      const claimed = unique && !before.unique ? await claimValues(writer, before) : null;
      if (claimed !== null && claimed.count > 0) {
        throw new RefusalError([notUnique(before.entity, claimed.count, claimed.examples)]);
      }
      if (!unique || (dryRun && claimed !== null)) await writer.tx.unique.takeAll(before.id);
      if (dryRun) return { field: { ...before, ...columns, folderId: folder.id ?? before.folderId }, values };
      const field = await writer.update("customField", before, columns);
      if (chooses) await choices.rename(writer, lists);
      if (reshaped) {
        const current = definitions.map((definition) => (definition.id === before.id ? after : definition));
        await rewriteValues(writer, before, current, convert, true);
        if (unique) await reclaim(writer, before);
        if (before.slot !== null && before.slot !== slot) await inherit(writer, before.slot, current);
      }
      return { field, values };
    },
    { timeout: REWRITE_TIMEOUT },
  );
}

/** Values that were different in the old form may be equal in the new one: 1.0 and 1. */
async function reclaim(writer: Writer, field: Pick<Definition, "id" | "entity" | "slug">): Promise<void> {
  const { count, examples } = await claimValues(writer, field);
  if (count > 0) throw new RefusalError([notUnique(field.entity, count, examples)]);
}

export interface DeletedField {
  readonly id: string;
  /** Number of records that had a value, which is deleted with the field. */
  readonly values: number;
}

/**
 * Deletes a custom field and all of its values.
 *
 * @throws RefusalError FIELD_IN_USE while smart lists use it
 */
export function deleteField(caller: Caller, id: string): Promise<DeletedField> {
  return write(
    caller,
    async (writer) => {
      const lists = await lockLists(writer);
      await writer.tx.lock.fields();
      const before = await lockRow(writer, "customField", id);
      const { definitions } = await writer.catalogue(before.entity);
      const found = inUse(listsUsing(lists, before, definitions), ["id"], "the field");
      if (found.length > 0) throw new RefusalError(found);
      const left = definitions.filter((definition) => definition.id !== before.id);
      const values = await rewriteValues(writer, before, left, () => null, true);
      await writer.tx.customField.deleteMany({ where: { id: before.id } });
      writer.trail.note("DELETED", "CustomField", [before.id]);
      if (before.slot !== null) await inherit(writer, before.slot, left);
      return { id: before.id, values };
    },
    { timeout: REWRITE_TIMEOUT },
  );
}

/** Gives a typed column that has become free to a field without one, and fills it. */
async function inherit(writer: Writer, slot: string, definitions: readonly Definition[]): Promise<void> {
  const heir = heirOf(slot, definitions);
  if (!heir) return;
  await writer.tx.customField.updateMany({ where: { id: heir.id }, data: { slot } });
  const current = definitions.map((field) => (field.id === heir.id ? { ...field, slot } : field));
  await rewriteValues(writer, heir, current, (value) => value, false);
}

/**
 * Puts an entity's fields in order.
 *
 * @param ids ids of all its fields
 */
export function reorderFields(
  caller: Caller,
  entity: Entity,
  ids: readonly string[],
): Promise<readonly Definition[]> {
  return write(caller, async (writer) => {
    const definitions = await lockFields(writer, entity);
    const wanted = ids.map((id) => decodeId(id)?.uuid ?? "");
    const known = new Set(definitions.map(({ id }) => id));
    if (
      new Set(wanted).size !== known.size ||
      wanted.length !== known.size ||
      wanted.some((id) => !known.has(id))
    ) {
      const message = `must name each of the ${known.size} custom fields of the entity once`;
      throw refuse("INVALID_VALUE", ["ids"], message);
    }
    for (const [position, id] of wanted.entries()) {
      const field = definitions.find((definition) => definition.id === id);
      if (field?.position === position) continue;
      await writer.tx.customField.updateMany({ where: { id }, data: { position, updatedAt: caller.now } });
      writer.trail.note("UPDATED", "CustomField", [id], ["position"]);
    }
    return (await writer.catalogue(entity)).definitions;
  });
}

async function findFolder({ tx }: Writer, entity: Entity, folderId: string | null | undefined) {
  if (folderId == null) return { id: folderId, refusals: [] };
  const path = ["input", "folderId"];
  const decoded = decodeId(folderId);
  const folder =
    decoded?.type === "CustomFieldFolder"
      ? await tx.customFieldFolder.findFirst({ where: { id: decoded.uuid, entity } })
      : null;
  return folder
    ? { id: folder.id, refusals: [] }
    : {
        id: undefined,
        refusals: [refusal("UNKNOWN_REFERENCE", path, "there is no such folder of the entity")],
      };
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((x, i) => x === b[i]);

async function orSlugTaken<Result>(given: boolean, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!violates(error, "slug")) throw error;
    const ask = given ? "give another one" : "set slug to choose another one";
    throw refuse("NAME_TAKEN", ["input", "slug"], `another custom field has this slug; ${ask}`);
  }
}
