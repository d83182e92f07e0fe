import type { ContactRow, LeadRow } from "../../db/prisma/rows.ts";
import type { CustomValueJson } from "../../filter/language/derive.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { Prisma } from "../../generated/prisma/client.ts";
import { type CustomValues, customValue } from "../../records/custom.ts";
import { uniqueKey } from "../../records/unique.ts";
import { rewriteCustom } from "../../records/write/many.ts";
import type { Writer } from "../../records/write/writer.ts";

/** Rewrites the values of records whose custom field changes, in batches, whatever their number. */

const BATCH = 1000;

type Row = ContactRow | LeadRow;

/**
 * All records with a value of a field, including the trash, one batch at a time.
 *
 * @param locked whether the records will be written: each row is then locked before its other columns are read, because
 *   writes that name no custom field do not wait for changes of the fields
 */
async function* rowsWith(
  { tx }: Writer,
  entity: Entity,
  slug: string,
  locked = false,
): AsyncGenerator<Row[]> {
  const read = (args: object): Promise<Row[]> =>
    entity === "CONTACT" ? tx.contact.findMany(args) : tx.lead.findMany(args);
  let last: string | null = null;
  for (;;) {
    const args = {
      where: {
        AND: [
          { NOT: { custom: { path: [slug], equals: Prisma.DbNull } } },
          ...(last === null ? [] : [{ id: { gt: last } }]),
        ],
      },
      orderBy: { id: "asc" as const },
      take: BATCH,
    };
    const found = await read(args);
    const ids = found.map((row) => row.id);
    if (locked) await tx.lock.rows(entity === "CONTACT" ? "contact" : "lead", ids, "update");
    const rows = locked ? await read({ where: { id: { in: ids } } }) : found;
    if (rows.length > 0) yield rows;
    if (found.length < BATCH) return;
    last = ids.at(-1) ?? null;
  }
}

const valueIn = (row: Row, slug: string): CustomValueJson | undefined =>
  customValue(row.custom as CustomValues, slug);

/**
 * Counts the records whose value would not fit.
 *
 * @param fits whether a value fits
 * @returns the number of misfits, the number of records with a value, and the ids of ten misfits
 */
export async function findMisfits(
  writer: Writer,
  { entity, slug }: Pick<Definition, "entity" | "slug">,
  fits: (value: CustomValueJson) => boolean,
): Promise<{ misfits: number; values: number; sampleIds: string[] }> {
  const found = { misfits: 0, values: 0, sampleIds: [] as string[] };
  for await (const rows of rowsWith(writer, entity, slug)) {
    for (const row of rows) {
      const value = valueIn(row, slug);
      if (value === undefined) continue;
      found.values += 1;
      if (fits(value)) continue;
      found.misfits += 1;
      if (found.sampleIds.length < 10) found.sampleIds.push(row.id);
    }
  }
  return found;
}

/**
 * Assigns to every live record its value of a field that becomes unique.
 *
 * @returns the number of records whose value another record has too, and ten of them
 */
export async function claimValues(
  writer: Writer,
  { id: fieldId, entity, slug }: Pick<Definition, "id" | "entity" | "slug">,
): Promise<{ count: number; examples: { id: string; value: CustomValueJson }[] }> {
  const { unique } = writer.tx;
  const found = { count: 0, examples: [] as { id: string; value: CustomValueJson }[] };
  await unique.takeAll(fieldId);
  // Locked, so that a record that is trashed meanwhile loses its value only after this.
  for await (const rows of rowsWith(writer, entity, slug, true)) {
    const wanted = rows.flatMap((row) => {
      const value = row.deletedAt === null ? valueIn(row, slug) : undefined;
      return value === undefined ? [] : [{ fieldId, key: uniqueKey(value), id: row.id, value }];
    });
    const taken = await unique.give(wanted);
    found.count += taken.length;
    for (const { key } of taken.slice(0, 10 - found.examples.length)) {
      const example = wanted.findLast((each) => each.key === key);
      if (example) found.examples.push({ id: example.id, value: example.value });
    }
  }
  return found;
}

/**
 * Rewrites the values of a field, and the columns derived from them.
 *
 * @param definitions the entity's fields after the change
 * @param change gives a value's new form; null removes the value
 * @param changed whether callers can see the change
 * @returns the number of records written
 */
export async function rewriteValues(
  writer: Writer,
  { entity, slug }: Pick<Definition, "entity" | "slug">,
  definitions: readonly Definition[],
  change: (value: CustomValueJson) => CustomValueJson | null,
  changed: boolean,
): Promise<number> {
  let count = 0;
  for await (const rows of rowsWith(writer, entity, slug, true)) {
    const written = rows.map((row) => {
      const value = valueIn(row, slug);
      const { [slug]: _, ...others } = row.custom as CustomValues;
      const after = value === undefined ? null : change(value);
      return { row, custom: after === null ? others : { ...others, [slug]: after } };
    });
    await rewriteCustom(writer, entity === "CONTACT" ? "contact" : "lead", definitions, written, changed);
    count += rows.length;
  }
  return count;
}
