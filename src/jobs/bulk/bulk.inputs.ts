import { z } from "zod";
import { ContactFilter, timeZoneArg } from "../../filter/schema/filter.schema.ts";
import { SearchInput, SmartListQueryInput } from "../../filter/schema/query.schema.ts";
import { builder } from "../../graphql/builder.ts";
import { idempotencyKeyArg } from "../../records/args.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import { customFieldValues, flag, longText, rule, tagList, text } from "../../records/inputs.ts";

/** What bulk changes take: which contacts, the handshake, and the change itself. */

export const ContactsBulkUpdateInput = builder.inputType("ContactsBulkUpdateInput", {
  description:
    "What to set on every contact that is meant: left out is untouched, null is cleared. At least one field.",
  fields: (t) => ({
    ownerId: t.id({ description: "The member to assign them all to; null for nobody." }),
    company: t.string({ description: "Company of them all, at most 200 characters." }),
    title: t.string({ description: "Job title of them all, at most 200 characters." }),
    source: t.string({ description: "Where they all came from, at most 200 characters." }),
    notes: t.string({ description: "Free notes, in place of each one's own; at most 50,000 characters." }),
    allowPhoneCalls: t.boolean({ description: "Whether they all accept phone calls." }),
    doNotContact: t.boolean({ description: "Whether none of them may be contacted at all." }),
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
  .object({
    ownerId: z.string().nullish(),
    company: text(200),
    title: text(200),
    source: text(200),
    notes: longText(50_000),
    allowPhoneCalls: flag,
    doNotContact: flag,
    customFields: customFieldValues,
  })
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

/** Minutes for which a plan token is good. */
export const PLAN_MINUTES = 15;

/** Which contacts are meant, and the handshake. */
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
