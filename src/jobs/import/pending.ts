import { tagKey } from "../../lib/accents.ts";
import { emailKey } from "../../lib/email.ts";
import { newId } from "../../lib/typeid.ts";
import { type findTags, makeTags } from "../../records/tags.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { Changed, ImportColumns, ImportEntity, ImportRecord, New } from "./entity.ts";

/** Records that a batch will write, and writing them. */

/** A record to write: new or existing. */
export interface Pending {
  readonly before: ImportRecord | null;
  columns: ImportColumns;
  tags: Set<string>;
  changed: boolean;
}

export const found = (row: ImportRecord, entity: ImportEntity): Pending => ({
  before: row,
  columns: entity.columnsOf(row),
  tags: new Set(),
  changed: false,
});

export const fresh = ({ empty }: ImportEntity, ownerId: string | null): Pending => ({
  before: null,
  columns: { ...empty, ownerId },
  tags: new Set(),
  changed: false,
});

/**
 * Writes all records in a fixed number of statements.
 *
 * @param named the tags that rows name
 * @param names the names of tags as written in the rows
 */
export async function writeAll(
  writer: Writer,
  entity: ImportEntity,
  pending: readonly Pending[],
  named: ReturnType<typeof findTags>,
  names: readonly string[],
): Promise<void> {
  const written = pending.filter(({ changed }) => changed);
  const used = new Set(written.flatMap(({ tags }) => [...tags]));
  const wanted = names.filter((name) => used.has(tagKey(name)));
  const missing = named.missing.filter((name) => used.has(tagKey(name)));
  await makeTags(writer, { ids: named.ids, missing }, wanted);
  const made = missing.length === 0 ? new Map() : await tagIdsByKey(writer, missing);
  const tagIdsOf = (tags: ReadonlySet<string>): string[] =>
    [...tags].flatMap((key) => named.ids.get(key) ?? made.get(key) ?? []);
  const created: New[] = [];
  const updated: Changed[] = [];
  for (const { before, columns, tags } of written) {
    const tagIds = [...new Set([...(before?.tagIds ?? []), ...tagIdsOf(tags)])];
    if (before === null) created.push({ ...columns, id: newId(), tagIds });
    else updated.push({ before, columns: { ...columns, tagIds } });
  }
  // In a fixed order, since requests that create records with the same addresses wait for each other.
  created.sort((one, other) => (addressKey(one) < addressKey(other) ? -1 : 1));
  await entity.insert(writer, created);
  await entity.update(writer, updated);
}

const addressKey = ({ email }: ImportColumns): string => (email === null ? "" : (emailKey(email) ?? ""));

async function tagIdsByKey({ tx }: Writer, names: readonly string[]): Promise<Map<string, string>> {
  const tags = await tx.tag.findMany({ where: { nameKey: { in: names.map(tagKey) } } });
  return new Map(tags.map(({ nameKey, id }) => [nameKey, id]));
}
