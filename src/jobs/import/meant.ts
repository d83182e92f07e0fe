import { decodeId } from "../../db/ids.ts";
import type { UniqueHolder, UniqueValue } from "../../db/write/unique-values.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { applyCustom } from "../../records/custom.ts";
import { uniqueValuesOf } from "../../records/unique.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { ImportEntity } from "./entity.ts";
import type { ImportMatch, Marks } from "./recognise.ts";
import type { ImportRow } from "./row.ts";

/** Records that rows match by an id or by a value of a unique custom field. */

export const customKey = ({ fieldId, key }: UniqueValue): string => `custom ${fieldId} ${key}`;

export interface Meant {
  /** The matching keys of each row; null for a row that cannot be read. */
  readonly marks: readonly (Marks | null)[];
  /** Row ids by the id that was sent; the id of a merged contact resolves to the contact that it was merged into. */
  readonly ids: ReadonlyMap<string, string>;
  /** The records that have the rows' unique values, by `customKey`. */
  readonly values: ReadonlyMap<string, UniqueHolder>;
}

/** One statement for ids and one for unique values; none if no row has any. */
export async function identifiedBy(
  { tx }: Writer,
  { entity, marksOf }: ImportEntity,
  rows: readonly ImportRow[],
  definitions: readonly Definition[],
  matchOn: readonly ImportMatch[] | null,
): Promise<Meant> {
  const type = entity === "LEAD" ? "Lead" : "Contact";
  const sent = new Map<string, string>();
  if (matchOn?.includes("ID")) {
    for (const { input } of rows) {
      const decoded = input?.id == null ? null : decodeId(input.id.trim());
      if (decoded?.type === type && input?.id != null) sent.set(input.id, decoded.uuid);
    }
  }
  const where = { id: { in: [...sent.values()] } };
  const leadsTo = new Map<string, string>();
  if (sent.size > 0 && entity === "LEAD") {
    for (const { id } of await tx.lead.findMany({ where, select: { id: true } })) leadsTo.set(id, id);
  } else if (sent.size > 0) {
    const found = await tx.contact.findMany({ where, select: { id: true, mergedIntoId: true } });
    for (const { id, mergedIntoId } of found) leadsTo.set(id, mergedIntoId ?? id);
  }
  const ids = new Map([...sent].flatMap(([text, uuid]) => [[text, leadsTo.get(uuid) ?? ""]] as const));
  const unique = definitions.filter((definition) => definition.unique);
  const wanted = new Map<string, UniqueValue>();
  const marks = rows.map(({ input }) => {
    if (input === null) return null;
    const { custom } =
      unique.length === 0 ? { custom: {} } : applyCustom({}, input.customFields ?? [], definitions);
    const values = uniqueValuesOf(custom, unique);
    for (const value of values) wanted.set(customKey(value), value);
    return {
      ...marksOf(input),
      id: input.id == null ? null : ids.get(input.id),
      unique: values.map(customKey),
    };
  });
  const holders = wanted.size === 0 ? [] : await tx.unique.holders(entity, [...wanted.values()]);
  return { marks, ids, values: new Map(holders.map((holder) => [customKey(holder), holder])) };
}
