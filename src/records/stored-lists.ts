import { decodeId, encodeId } from "../db/ids.ts";
import type { GenericQuery } from "../filter/language/question.ts";
import { changeTexts, namedIn } from "../filter/language/stored.ts";
import type { Definition, FilterEntity } from "../filter/registry/fields.ts";
import { Registry } from "../filter/registry/registry.ts";
import type { SmartList, Tag } from "../generated/prisma/client.ts";
import { tagKey } from "../lib/accents.ts";
import { quote, type Refusal } from "../lib/errors.ts";
import { fold } from "../lib/fold.ts";
import type { Writer } from "./write/writer.ts";

/** Updates stored smart lists when a tag, field or list that they name changes, or refuses the change. */

/** A smart list with the columns that refer to tags, fields and other lists. */
export type StoredList = Pick<SmartList, "id" | "name"> & {
  readonly query: GenericQuery;
  readonly order: readonly { readonly customField?: string | null }[];
  readonly columns: readonly string[];
};

/**
 * Reads the organization's lists and locks their set until the transaction ends. Must be the transaction's first lock:
 * saving a list locks the set first, and then what the list names.
 */
export async function lockLists({ tx }: Writer): Promise<readonly StoredList[]> {
  await tx.smartListSet.createMany({ data: [{ orgId: tx.orgId }], skipDuplicates: true });
  await tx.smartListSet.updateMany({ data: { version: { increment: 0 } } });
  const lists = await tx.smartList.findMany({ orderBy: [{ position: "asc" }, { id: "asc" }] });
  return lists as unknown as StoredList[];
}

/**
 * Rewrites queries of lists without changing their meaning. The lists keep their versions; that of their set is
 * incremented, because clients have read the set with the old names.
 *
 * @param seen whether to increment it even if no query changes
 */
async function rewrite(
  { tx, trail }: Writer,
  lists: readonly StoredList[],
  change: (query: GenericQuery) => GenericQuery,
  seen = false,
): Promise<void> {
  const changed = lists.flatMap(({ id, query }) => {
    const after = change(query);
    return after === query ? [] : [{ id, query: after }];
  });
  for (const { id, query } of changed)
    await tx.smartList.updateMany({ where: { id }, data: { query: query as never } });
  trail.note(
    "UPDATED",
    "SmartList",
    changed.map(({ id }) => id),
    ["query"],
  );
  if (seen || changed.length > 0) await tx.smartListSet.updateMany({ data: { version: { increment: 1 } } });
}

/** The built-in fields, which include those of related records: no custom field refers to tags or lists. */
const builtIn = () => new Registry("CONTACT", []);

/** Before a tag is renamed: makes lists that refer to it by name refer to it by id. */
export function nameTagById(writer: Writer, lists: readonly StoredList[], tag: Tag): Promise<void> {
  const registry = builtIn();
  const id = encodeId("Tag", tag.id);
  const isNamed = lists.some(({ query }) => namedIn(query, registry).some(({ texts }) => texts.includes(id)));
  const change = (query: GenericQuery) =>
    changeTexts(query, registry, (text, { field }) =>
      field.type === "tags" && tagKey(text) === tag.nameKey ? id : text,
    );
  return rewrite(writer, lists, change, isNamed);
}

/**
 * When a tag is deleted: makes lists that refer to it by id refer to it by name, so that their problem says what is
 * missing.
 */
export function leaveTagByName(writer: Writer, lists: readonly StoredList[], tag: Tag): Promise<void> {
  const registry = builtIn();
  return rewrite(writer, lists, (query) =>
    changeTexts(query, registry, (text, { field }) =>
      field.type === "tags" && decodeId(text)?.uuid === tag.id ? tag.name : text,
    ),
  );
}

/** The lists whose conditions, order or columns use a custom field, including conditions on related records. */
export function listsUsing(
  lists: readonly StoredList[],
  { entity, slug }: Pick<Definition, "entity" | "slug">,
  definitions: readonly Definition[],
): StoredList[] {
  const registry = new Registry("CONTACT", definitions);
  const path = `custom.${slug}`;
  return lists.filter(
    ({ query, order, columns }) =>
      namedIn(query, registry).some((named) => named.entity === entity && named.field.path === path) ||
      (entity === "CONTACT" &&
        (columns.includes(path) || order.some(({ customField }) => customField === slug))),
  );
}

/** The lists whose conditions name another list. */
export function listsNaming(lists: readonly StoredList[], id: string): StoredList[] {
  const registry = builtIn();
  return lists.filter(({ query }) =>
    namedIn(query, registry).some(
      ({ field, texts }) => field.type === "smartList" && texts.some((text) => decodeId(text)?.uuid === id),
    ),
  );
}

/**
 * Options of a custom field that are renamed or removed, and the effect on lists.
 *
 * @param nameOf an option's new name; undefined if it is removed
 */
export class OptionChange {
  readonly #registry: Registry;

  constructor(
    readonly field: Pick<Definition, "entity" | "slug" | "options">,
    definitions: readonly Definition[],
    readonly nameOf: (option: string) => string | undefined,
  ) {
    this.#registry = new Registry("CONTACT", definitions);
  }

  /** The lists that use a removed option. */
  users(lists: readonly StoredList[]): StoredList[] {
    return lists.filter(({ query }) =>
      namedIn(query, this.#registry).some(
        (named) => this.#isMine(named) && named.texts.some((text) => this.#after(text) === null),
      ),
    );
  }

  /** Writes the new names into the lists' queries. */
  rename(writer: Writer, lists: readonly StoredList[]): Promise<void> {
    return rewrite(writer, lists, (query) =>
      changeTexts(query, this.#registry, (text, place) =>
        this.#isMine(place) ? (this.#after(text) ?? text) : text,
      ),
    );
  }

  #isMine(named: { readonly entity: FilterEntity; readonly field: { readonly path: string } }): boolean {
    return named.entity === this.field.entity && named.field.path === `custom.${this.field.slug}`;
  }

  /** The new name of the option that a text means; null if it is removed, the text itself if it is not an option. */
  #after(text: string): string | null {
    const option = this.field.options.find((candidate) => fold(candidate) === fold(text));
    return option === undefined ? text : (this.nameOf(option) ?? null);
  }
}

/** The refusal to delete something that lists use; none if there are no lists. */
export function inUse(lists: readonly StoredList[], path: readonly string[], what: string): Refusal[] {
  if (lists.length === 0) return [];
  const names = lists.slice(0, 5).map(({ name }) => quote(name));
  const more = lists.length > names.length ? ` and ${lists.length - names.length} more` : "";
  return [
    {
      kind: "fieldInUse",
      code: "FIELD_IN_USE",
      path,
      message: `smart lists use ${what}: ${names.join(", ")}${more}; change or delete them first`,
      smartListIds: lists.map(({ id }) => id),
    },
  ];
}
