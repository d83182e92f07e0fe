import type { Caller } from "../../context.ts";
import type { ContactRow } from "../../db/rows.ts";
import { RefusalError } from "../../errors.ts";
import { applyCustom, type CustomValues } from "../record/custom.ts";
import { readInput, tagList } from "../record/inputs.ts";
import { findTags, makeTags, tagRefusals } from "../record/tags.ts";
import { checkVersion } from "../record/version.ts";
import { write } from "../write/write.ts";
import { holdLiveContact } from "./contact.find.ts";

/** Changes of one part of a contact. */

/**
 * Lets a contact carry tags as well.
 *
 * @param names tags by name or id
 * @param create whether to make names that no tag has
 */
export const addContactTags = (
  caller: Caller,
  id: string,
  names: readonly string[],
  create: boolean | null | undefined,
): Promise<ContactRow> => {
  const wanted = readInput(tagList, names, ["tags"]);
  return write(caller, async (writer) => {
    const before = await holdLiveContact(writer, id);
    const named = findTags(wanted, await writer.catalogue("CONTACT", wanted));
    const refusals = tagRefusals(named, ["tags"], create);
    if (refusals.length > 0) throw new RefusalError(refusals);
    const tagIds = [...new Set([...before.tagIds, ...(await makeTags(writer, named, wanted))])];
    return writer.update("contact", before, { tagIds });
  });
};

/** Takes tags off a contact; those that it does not carry, and names that no tag has, are passed over. */
export const removeContactTags = (
  caller: Caller,
  id: string,
  names: readonly string[],
): Promise<ContactRow> => {
  const unwanted = readInput(tagList, names, ["tags"]);
  return write(caller, async (writer) => {
    const before = await holdLiveContact(writer, id);
    const { ids } = findTags(unwanted, await writer.catalogue("CONTACT", unwanted));
    const gone = new Set(ids.values());
    return writer.update("contact", before, { tagIds: before.tagIds.filter((tag) => !gone.has(tag)) });
  });
};

/** Sets one custom field of a contact, or clears it with null. */
export const setContactCustomField = (
  caller: Caller,
  id: string,
  slug: string,
  value: unknown,
  expectedVersion?: number | null,
): Promise<ContactRow> =>
  write(caller, async (writer) => {
    const before = await holdLiveContact(writer, id);
    checkVersion(before, expectedVersion, "Contact");
    const { definitions } = await writer.catalogue("CONTACT");
    const { custom, refusals, warnings } = applyCustom(
      before.custom as CustomValues,
      [{ slug, value }],
      definitions,
    );
    if (refusals.length > 0) {
      throw new RefusalError(refusals.map((found) => ({ ...found, path: found.path.slice(-1) })));
    }
    caller.warnings.push(...warnings.map((warning) => ({ ...warning, path: warning.path.slice(-1) })));
    return writer.update("contact", before, { custom });
  });
