import { decodeId } from "../db/ids.ts";
import type { Catalogue } from "../db/read/catalogue.ts";
import type { Entity } from "../filter/registry/fields.ts";
import { tagKey } from "../lib/accents.ts";
import { quote, type Refusal, refusal } from "../lib/errors.ts";
import { isBlank } from "../lib/fold.ts";
import { newId } from "../lib/typeid.ts";
import type { Writer } from "./write/writer.ts";

/** Tags that a caller named: those that exist, and the names of those that do not. */
export interface NamedTags {
  /** Tag ids, by comparison key of the name or id that was given. */
  readonly ids: ReadonlyMap<string, string>;
  /** Names of tags that do not exist, each once. */
  readonly missing: readonly string[];
}

/** Looks up named tags. @param names names in any case, or ids */
export function findTags(names: readonly string[], { tags }: Pick<Catalogue, "tags">): NamedTags {
  const byKey = new Map(tags.map(({ nameKey, id }) => [nameKey, id]));
  const known = new Set(tags.map(({ id }) => id));
  const ids = new Map<string, string>();
  const missing = new Map<string, string>();
  for (const name of names) {
    const key = tagKey(name);
    const decoded = decodeId(name);
    const id = decoded?.type === "Tag" && known.has(decoded.uuid) ? decoded.uuid : byKey.get(key);
    if (id !== undefined) ids.set(key, id);
    else if (!missing.has(key)) missing.set(key, name.trim());
  }
  return { ids, missing: [...missing.values()] };
}

/**
 * What is wrong with the tags that a caller named.
 *
 * @param create whether to create tags that do not exist
 */
export const tagRefusals = (
  { missing }: NamedTags,
  path: readonly string[],
  create: boolean | null | undefined,
): Refusal[] =>
  missing.flatMap((name) => {
    if (isBlank(name)) return [refusal("REQUIRED", path, "a tag's name must not be blank")];
    const isId = decodeId(name) !== null;
    if (create && !isId) return [];
    const message = `there is no tag ${quote(name)}${isId ? "" : "; set createMissingTags to create it"}`;
    return [refusal("UNKNOWN_REFERENCE", path, message)];
  });

/** The ids of the named tags, in the order of the names. Creates missing tags. */
export async function makeTags(
  { tx, trail, caller: { now } }: Writer,
  { ids, missing }: NamedTags,
  names: readonly string[],
): Promise<string[]> {
  const made = new Map<string, string>();
  if (missing.length > 0) {
    const stamp = { orgId: tx.orgId, createdAt: now, updatedAt: now };
    const rows = missing.map((name) => ({ ...stamp, id: newId(), name, nameKey: tagKey(name) }));
    // If another caller creates the same tag at this moment, their tag is used. Sorted, because an insert waits for
    // others of the same name, so that two callers with different orders would deadlock.
    rows.sort((one, other) => (one.nameKey < other.nameKey ? -1 : 1));
    await tx.tag.createMany({ data: rows, skipDuplicates: true });
    for (const tag of await tx.tag.findMany({ where: { nameKey: { in: rows.map((row) => row.nameKey) } } })) {
      made.set(tag.nameKey, tag.id);
    }
    const theirs = new Set(made.values());
    trail.note(
      "CREATED",
      "Tag",
      rows.map(({ id }) => id).filter((id) => theirs.has(id)),
    );
  }
  const found = names.map((name) => ids.get(tagKey(name)) ?? made.get(tagKey(name)));
  return [...new Set(found.filter((id) => id !== undefined))];
}

/** How an update changes a record's tags: `set` alone, or `add` and `remove`. */
export interface TagChange {
  readonly set?: readonly string[] | null | undefined;
  readonly add?: readonly string[] | null | undefined;
  readonly remove?: readonly string[] | null | undefined;
}

/** All names in a change. */
const namesIn = (change: TagChange | null | undefined): string[] => [
  ...(change?.set ?? []),
  ...(change?.add ?? []),
  ...(change?.remove ?? []),
];

/** Whether an input has neither tags nor custom fields. */
export const isPlain = (input: {
  readonly tags?: TagChange | null | undefined;
  readonly customFields?: readonly unknown[] | null | undefined;
}): boolean => input.tags == null && !input.customFields?.length;

/**
 * Reads the custom fields and tags that an input names; reads nothing if it names none. Must be called before a record
 * is locked: a change of custom fields takes its own lock first and those of records afterwards.
 */
export async function catalogueFor(
  writer: Writer,
  entity: Entity,
  values: readonly unknown[] | null | undefined,
  tags: TagChange | null | undefined,
): Promise<Catalogue> {
  const names = namesIn(tags);
  if (names.length === 0 && !values?.length) return { definitions: [], tags: [], members: [] };
  return writer.catalogue(entity, names);
}

/** Checks a change of tags. `apply` creates missing tags and gives the ids of the record's tags after the change. */
export function planTags(
  before: readonly string[],
  change: TagChange | null | undefined,
  catalogue: Pick<Catalogue, "tags">,
  create: boolean | null | undefined,
  path: readonly string[] = ["input", "tags"],
): { refusals: Refusal[]; apply: (writer: Writer) => Promise<string[]> } {
  if (change == null) return { refusals: [], apply: async () => [...before] };
  const { set, add, remove } = change;
  const names = [...(set ?? []), ...(add ?? [])];
  const wanted = findTags(names, catalogue);
  const unwanted = new Set(findTags(remove ?? [], catalogue).ids.values());
  return {
    refusals: tagRefusals(wanted, path, create),
    apply: async (writer) => {
      const kept = set == null ? before.filter((tag) => !unwanted.has(tag)) : [];
      return [...new Set([...kept, ...(await makeTags(writer, wanted, names))])];
    },
  };
}
