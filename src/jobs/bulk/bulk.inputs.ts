import { z } from "zod";
import type { contactTable } from "../../entities/contact/contact.columns.ts";
import { contactRows, type NamesWith } from "../../entities/contact/contact.table.ts";
import { ContactFilter, timeZoneArg } from "../../filter/schema/filter.schema.ts";
import { SearchInput, SmartListQueryInput } from "../../filter/schema/query.schema.ts";
import { builder } from "../../graphql/builder.ts";
import { idempotencyKeyArg } from "../../records/args.ts";
import { checksOf } from "../../records/columns.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import { customFieldValues, rule, tagList } from "../../records/inputs.ts";

/** Inputs of bulk changes: the selection of contacts, the dry run or its confirmation, and the change. */

/** The columns that a bulk change can set. */
const table = Object.fromEntries(contactRows.filter(([, { bulk }]) => bulk !== undefined)) as Pick<
  typeof contactTable,
  NamesWith<{ readonly bulk: string }>
>;

export const ContactsBulkUpdateInput = builder.inputType("ContactsBulkUpdateInput", {
  description:
    "Fields to set on every matching contact: omitted fields are left as they are, null clears. At least one field.",
  fields: (t) => ({
    ...Object.fromEntries(
      Object.entries(table).map(([name, { update, bulk }]) => [
        name,
        t.field({ type: update.type, description: bulk }),
      ]),
    ),
    customFields: t.field({
      type: [CustomFieldValueInput],
      description: "Values of custom fields, the same for all of them; only the slugs named change.",
    }),
  }),
});

const hasField = (input: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(input).some(([name, value]) =>
    name === "customFields" ? Array.isArray(value) && value.length > 0 : value !== undefined,
  );

export const BulkUpdate = z
  .object({ ...checksOf(table, "update"), customFields: customFieldValues })
  .refine(hasField, rule("REQUIRED", "must have at least one field to change"));

export const BulkTag = z
  .object({ add: tagList.nullish(), remove: tagList.nullish(), createMissingTags: z.boolean().nullish() })
  .refine(({ add, remove }) => (add?.length ?? 0) + (remove?.length ?? 0) > 0, {
    ...rule("REQUIRED", "or remove must name at least one tag"),
    path: ["add"],
  });

export const BulkDelete = z.object({});

export type BulkUpdateValues = z.infer<typeof BulkUpdate>;
export type BulkTagValues = z.infer<typeof BulkTag>;

/** Most contacts that are changed at once; more of them are a job. */
export const AT_ONCE = 500;

/** Minutes for which a plan token is valid. */
export const PLAN_MINUTES = 15;

/** Which contacts to change, and the dry run or its confirmation. */
export const bulkArgs = () => ({
  ...builder.args((t) => ({
    filter: t.field({
      type: ContactFilter,
      description: "Which live contacts to change, as a typed filter.",
    }),
    query: t.field({
      type: SmartListQueryInput,
      description: "Which live contacts to change, as a generic query: an OR of AND groups.",
    }),
    search: t.field({ type: SearchInput, description: "Free text to search for in the contacts to change." }),
    all: t.boolean({
      defaultValue: false,
      description:
        "Confirms that every contact is to be changed. Without it, a filter that matches everything is refused, such as one whose variables were omitted.",
    }),
    dryRun: t.boolean({
      defaultValue: false,
      description:
        "If true, nothing is changed: the contacts are counted, and the result has the `planToken`.",
    }),
    planToken: t.string({
      description: `The planToken from the dry run of the same change, valid for ${PLAN_MINUTES} minutes. The change is refused if the filter matches other contacts by now.`,
    }),
  })),
  ...timeZoneArg(),
  ...idempotencyKeyArg(),
});
