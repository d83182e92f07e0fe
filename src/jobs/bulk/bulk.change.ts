import { encodeId } from "../../db/ids.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import { changeContacts } from "../../entities/contact/contact.bulk.ts";
import type { Warning } from "../../graphql/context.ts";
import { quote, type Refusal, RefusalError, refusal } from "../../lib/errors.ts";
import { applyCustom, type CustomValues, findDefinition } from "../../records/custom.ts";
import { applyOwner } from "../../records/owner.ts";
import { findTags, makeTags, tagRefusals } from "../../records/tags.ts";
import type { Columns } from "../../records/write/rows.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { BulkTagValues, BulkUpdateValues } from "./bulk.inputs.ts";

/** A change for each contact, with its input in the form of the API. */
export type BulkChange =
  | { readonly kind: "UPDATE"; readonly input: BulkUpdateValues }
  | { readonly kind: "TAG"; readonly input: BulkTagValues }
  | { readonly kind: "DELETE"; readonly input: object };

/** A change that was checked against the organization's current definitions. Nothing is written yet. */
export interface CheckedChange {
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
  /** Creates the tags that the change needs and that do not exist. */
  complete(): Promise<CompleteChange>;
}

export interface CompleteChange {
  /** The change in its stored form: tags by id, custom fields by slug. */
  readonly lasting: BulkChange;
  /** The change of one contact. */
  readonly columns: (contact: ContactRow) => Columns<ContactRow>;
}

/**
 * Checks a change as the mutation of a single contact would. Custom field definitions are locked until the
 * transaction ends.
 */
export async function checkChange(writer: Writer, change: BulkChange): Promise<CheckedChange> {
  switch (change.kind) {
    case "UPDATE":
      return checkUpdate(writer, change.input);
    case "TAG":
      return checkTags(writer, change.input);
    case "DELETE":
      // Before contacts are locked: a change of custom fields also locks definitions first and contacts second.
      await writer.catalogue("CONTACT");
      return {
        refusals: [],
        warnings: [],
        complete: async () => ({ lasting: change, columns: () => ({ deletedAt: writer.caller.now }) }),
      };
  }
}

async function checkUpdate(writer: Writer, input: BulkUpdateValues): Promise<CheckedChange> {
  const { customFields, ownerId, ...plain } = input;
  const values = customFields ?? [];
  const { definitions } = await writer.catalogue("CONTACT");
  const { refusals, warnings } = applyCustom({}, values, definitions);
  const owner = await applyOwner(writer.caller, writer.tx, null, ownerId);
  const shared = values.flatMap(({ slug, value }, at): Refusal[] => {
    const definition = findDefinition(slug, definitions);
    if (value == null || !definition?.unique) return [];
    const message = `the custom field ${quote(definition.slug)} is unique: many contacts cannot have the same value`;
    return [refusal("INVALID_VALUE", ["input", "customFields", at, "value"], message)];
  });
  const lasting = values.map(({ slug, value }) => ({
    slug: findDefinition(slug, definitions)?.slug ?? slug,
    value: value ?? null,
  }));
  return {
    refusals: [...refusals, ...shared, ...owner.refusals],
    warnings,
    complete: async () => ({
      lasting: { kind: "UPDATE", input: { ...input, ...(customFields && { customFields: lasting }) } },
      columns: (contact) => ({
        ...plain,
        ...(ownerId !== undefined && { ownerId: owner.ownerId }),
        ...(values.length > 0 && {
          custom: applyCustom(contact.custom as CustomValues, values, definitions).custom,
        }),
      }),
    }),
  };
}

/** Unknown names among the tags to remove are ignored. */
async function checkTags(writer: Writer, input: BulkTagValues): Promise<CheckedChange> {
  const add = input.add ?? [];
  const remove = input.remove ?? [];
  const catalogue = await writer.catalogue("CONTACT", [...add, ...remove]);
  const wanted = findTags(add, catalogue);
  const unwanted = new Set(findTags(remove, catalogue).ids.values());
  return {
    refusals: tagRefusals(wanted, ["add"], input.createMissingTags),
    warnings: [],
    complete: async () => {
      const added = await makeTags(writer, wanted, add);
      const named = (ids: Iterable<string>) => [...ids].map((id) => encodeId("Tag", id));
      return {
        lasting: { kind: "TAG", input: { add: named(added), remove: named(unwanted) } },
        columns: ({ tagIds }) => ({
          tagIds: [...new Set([...tagIds.filter((tag) => !unwanted.has(tag)), ...added])],
        }),
      };
    },
  };
}

/**
 * Applies a checked change to contacts that the transaction has locked.
 *
 * @returns number of changed contacts; the others had the new values already
 */
export async function applyChange(
  writer: Writer,
  { columns }: Pick<CompleteChange, "columns">,
  contacts: readonly ContactRow[],
): Promise<number> {
  return changeContacts(
    writer,
    contacts.map((before) => ({ before, columns: columns(before) })),
  );
}

/** @throws RefusalError with all problems of the change */
export async function completeChange(writer: Writer, change: BulkChange): Promise<CompleteChange> {
  const { refusals, complete } = await checkChange(writer, change);
  if (refusals.length > 0) throw new RefusalError(refusals);
  return complete();
}
