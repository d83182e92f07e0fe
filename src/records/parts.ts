import type { Entity } from "../filter/registry/fields.ts";
import type { Caller } from "../graphql/context.ts";
import { RefusalError } from "../lib/errors.ts";
import { applyCustom, type CustomValues } from "./custom.ts";
import { readInput, tagList } from "./inputs.ts";
import { findTags, makeTags, tagRefusals } from "./tags.ts";
import { checkVersion } from "./version.ts";
import type { Rows } from "./write/rows.ts";
import { write } from "./write/write.ts";
import type { Writer } from "./write/writer.ts";

type Model = "contact" | "lead";

/** Changes of one part of a record: its tags, or one custom field. */
export interface Parts<Row> {
  /**
   * Adds tags to a record.
   *
   * @param names tags by name or id
   * @param create whether to create tags that do not exist
   */
  addTags(caller: Caller, id: string, names: readonly string[], create?: boolean | null): Promise<Row>;
  /** Removes tags from a record; unknown names, and tags that it does not have, are ignored. */
  removeTags(caller: Caller, id: string, names: readonly string[]): Promise<Row>;
  /** Sets one custom field of a record, or clears it with null. */
  setCustomField(
    caller: Caller,
    id: string,
    slug: string,
    value: unknown,
    expectedVersion?: number | null,
  ): Promise<Row>;
}

/**
 * Makes these changes for a model.
 *
 * @param lock finds a record that may be changed, and locks it
 */
export function partsOf<Name extends Model>(
  model: Name,
  lock: (writer: Writer, id: string) => Promise<Rows[Name]>,
): Parts<Rows[Name]> {
  const entity: Entity = model === "contact" ? "CONTACT" : "LEAD";
  const change = (
    writer: Writer,
    before: Rows[Name],
    columns: { tagIds?: string[]; custom?: CustomValues },
  ) => writer.update<Model>(model, before, columns) as Promise<Rows[Name]>;
  return {
    addTags(caller, id, names, create) {
      const wanted = readInput(tagList, names, ["tags"]);
      return write(caller, async (writer) => {
        const named = findTags(wanted, await writer.catalogue(entity, wanted));
        const before = await lock(writer, id);
        const refusals = tagRefusals(named, ["tags"], create);
        if (refusals.length > 0) throw new RefusalError(refusals);
        const tagIds = [...new Set([...before.tagIds, ...(await makeTags(writer, named, wanted))])];
        return change(writer, before, { tagIds });
      });
    },
    removeTags(caller, id, names) {
      const unwanted = readInput(tagList, names, ["tags"]);
      return write(caller, async (writer) => {
        const { ids } = findTags(unwanted, await writer.catalogue(entity, unwanted));
        const before = await lock(writer, id);
        const gone = new Set(ids.values());
        return change(writer, before, { tagIds: before.tagIds.filter((tag) => !gone.has(tag)) });
      });
    },
    setCustomField(caller, id, slug, value, expectedVersion) {
      return write(caller, async (writer) => {
        const { definitions } = await writer.catalogue(entity);
        const before = await lock(writer, id);
        checkVersion(before, expectedVersion, model === "contact" ? "Contact" : "Lead");
        const applied = applyCustom(before.custom as CustomValues, [{ slug, value }], definitions, []);
        // Paths must name the arguments `slug` and `value`: here they are not items of a list, so the index is removed.
        const place = (path: readonly string[]) => path.slice(1);
        if (applied.refusals.length > 0) {
          throw new RefusalError(applied.refusals.map((found) => ({ ...found, path: place(found.path) })));
        }
        writer.warn(...applied.warnings.map((found) => ({ ...found, path: place(found.path) })));
        return change(writer, before, { custom: applied.custom });
      });
    },
  };
}
