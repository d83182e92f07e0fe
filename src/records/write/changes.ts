import { canonicalJson } from "../../lib/cursor.ts";
import { toSnapshot } from "./snapshot.ts";

/** Differences between a row and its new values. Pure. */

export type Data = Readonly<Record<string, unknown>>;

/** The columns without undefined ones, which are not written. */
export const defined = (columns: Data): Data =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));

/** The columns whose values differ from the row's. */
export function changesOf(before: Data, columns: Data): Data {
  const changes: Record<string, unknown> = {};
  for (const name of Object.keys(columns)) {
    const { [name]: value } = columns;
    if (value !== undefined && !same(before[name], value)) changes[name] = value;
  }
  return changes;
}

/** Whether two values of a column are equal. A decimal may be text on one side. */
export function same(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (isDecimal(before)) return after !== null && before.eq(String(after));
  const plain = typeof before !== "object" || typeof after !== "object" || before === null || after === null;
  if (plain) return false;
  // Most lists are copies of those in the row.
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    if (before.every((item, at) => item === after[at])) return true;
  }
  // jsonb does not keep the order of keys.
  return canonicalJson(toSnapshot(before)) === canonicalJson(toSnapshot(after));
}

const isDecimal = (value: unknown): value is { eq(other: string): boolean } =>
  typeof value === "object" && value !== null && typeof (value as { eq?: unknown }).eq === "function";

/** A contact and one of its tags. */
export interface TagPair {
  readonly contactId: string;
  readonly tagId: string;
}

interface Tagged {
  readonly id: string;
  readonly tagIds: readonly string[];
}

/** All pairs of a contact and one of its tags. */
export const carried = (rows: readonly Tagged[]): TagPair[] =>
  rows.flatMap(({ id, tagIds }) => tagIds.map((tagId) => ({ contactId: id, tagId })));

/** The tags to add to contacts, and those to remove, by the changes that have `tagIds`. */
export function tagMoves(changed: readonly { readonly before: Tagged; readonly changes: Data }[]): {
  come: TagPair[];
  gone: TagPair[];
} {
  const retagged = changed.flatMap(({ before, changes }) =>
    changes.tagIds === undefined
      ? []
      : [{ id: before.id, old: before.tagIds, tagIds: changes.tagIds as string[] }],
  );
  const beyond = (tags: readonly string[], others: readonly string[]) =>
    tags.filter((tag) => !others.includes(tag));
  return {
    come: carried(retagged.map(({ id, old, tagIds }) => ({ id, tagIds: beyond(tagIds, old) }))),
    gone: carried(retagged.map(({ id, old, tagIds }) => ({ id, tagIds: beyond(old, tagIds) }))),
  };
}
