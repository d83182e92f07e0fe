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

/** What bulk changes take: which contacts, the dry run or its confirmation, and the change itself. */

/** The columns that many contacts are given the same of. */
const table = Object.fromEntries(contactRows.filter(([, { bulk }]) => bulk !== undefined)) as Pick<
  typeof contactTable,
  NamesWith<{ readonly bulk: string }>
>;

export const ContactsBulkUpdateInput = builder.inputType("ContactsBulkUpdateInput", {
  description:
    "What to set on every contact that is meant: left out is untouched, null is cleared. At least one field.",
  fields: (t) => ({
    ...Object.fromEntries(
      Object.entries(table).map(([name, { update, bulk }]) => [
        name,
        t.field({ type: update.type, description: bulk }),
      ]),
    ),
    customFields: t.field({
      type: [CustomFieldValueInput],
      description: "Values of custom fields for them all; only the slugs named change.",
    }),
  }),
});

const saysSomething = (input: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(input).some(([name, value]) =>
    name === "customFields" ? Array.isArray(value) && value.length > 0 : value !== undefined,
  );

export const BulkUpdate = z
  .object({ ...checksOf(table, "update"), customFields: customFieldValues })
  .refine(saysSomething, rule("REQUIRED", "must have at least one field to change"));

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

/** Which contacts are meant, and the dry run or its confirmation. */
export const bulkArgs = () => ({
  ...builder.args((t) => ({
    filter: t.field({ type: ContactFilter, description: "Which live contacts to change, typed." }),
    query: t.field({
      type: SmartListQueryInput,
      description: "Which live contacts to change, as an OR of AND groups.",
    }),
    search: t.field({ type: SearchInput, description: "Free text that the contacts to change must have." }),
    all: t.boolean({
      defaultValue: false,
      description:
        "Says that every contact is meant. Without it, a filter that leaves nothing out is refused, such as one whose variables were left out.",
    }),
    dryRun: t.boolean({
      defaultValue: false,
      description: "Whether only to count and to show what would change; answers with the `planToken`.",
    }),
    planToken: t.string({
      description: `What the dry run of this very change answered, within ${PLAN_MINUTES} minutes. Refuses when the filter matches other contacts by now.`,
    }),
  })),
  ...timeZoneArg(),
  ...idempotencyKeyArg(),
});
