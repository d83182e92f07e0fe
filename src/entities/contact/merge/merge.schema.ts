import type { ContactRow } from "../../../db/prisma/rows.ts";
import { type ContactChild, contactChildren } from "../../../db/references.ts";
import type { ContactMerge } from "../../../generated/prisma/client.ts";
import { batched } from "../../../graphql/batch.ts";
import { builder } from "../../../graphql/builder.ts";
import type { Context } from "../../../graphql/context.ts";
import { byId } from "../../../graphql/loaders.ts";
import { needs } from "../../../graphql/needs.ts";
import { asNode } from "../../../graphql/node.ts";
import { payload, payloadType } from "../../../graphql/payload.ts";
import { requestCache } from "../../../graphql/request-cache.ts";
import { keyed } from "../../../graphql/rows.ts";
import { idempotencyKeyArg } from "../../../records/args.ts";
import { MAX_PHONE_NUMBERS } from "../contact.columns.ts";
import { MAX_OTHER_EMAILS } from "../other-emails.inputs.ts";
import { type Merged, type Moves, mergeContacts } from "./contact.merge.ts";
import { type LeftAlone, type Unmerged, unmergeContacts } from "./contact.unmerge.ts";
import { type Choice, type LeftOut, type MergeField, mergeFields } from "./merge.rules.ts";

const FieldEnum = builder.enumType("ContactMergeField", {
  description: "A field, or group of fields, whose value can be chosen in a merge.",
  values: Object.fromEntries(
    Object.entries(mergeFields).map(([name, { description }]) => [name, { description }]),
  ) as Record<MergeField, { description: string }>,
});

const ChoiceInput = builder.inputType("ContactFieldChoiceInput", {
  description:
    "A choice of the contact whose value the merged contact gets, for a `field` or a `customField`.",
  fields: (t) => ({
    field: t.field({ type: FieldEnum, description: "A field." }),
    customField: t.string({ description: "Slug of a custom field, in place of `field`." }),
    fromId: t.id({ required: true, description: "One of the contacts to merge." }),
  }),
});

const VersionInput = builder.inputType("ContactVersionInput", {
  description: "The expected version of a contact.",
  fields: (t) => ({
    id: t.id({ required: true, description: "The contact." }),
    version: t.int({ required: true, description: "Its version." }),
  }),
});

const MergeInput = builder.inputType("ContactMergeInput", {
  description: "The contacts to merge, and the values to keep.",
  fields: (t) => ({
    primaryId: t.id({ required: true, description: "The contact that is kept." }),
    duplicateIds: t.idList({ required: true, description: "The contacts to merge into it: 1 to 100." }),
    fieldChoices: t.field({
      type: [ChoiceInput],
      description:
        "Choices of values. By default the primary contact's values are kept, and empty fields are filled from the duplicates in the order given. All e-mail addresses and phone numbers are kept; the choice decides which is the primary one. A setting not to contact or not to call is always kept.",
    }),
    expectedVersions: t.field({
      type: [VersionInput],
      description: "Expected versions; the merge is refused if a contact has another version.",
    }),
  }),
});

const ChoiceType = builder.objectRef<Choice>("ContactFieldChoice").implement({
  description: "The origin of a value of the merged contact.",
  fields: (t) => ({
    field: t.exposeString("field", {
      description: "A value of ContactMergeField, or `custom.<slug>`.",
    }),
    value: t.field({
      type: "JSON",
      nullable: true,
      description: "The value; an object where several columns are chosen together.",
      resolve: ({ value }) => value,
    }),
    from: t.field({
      type: "Contact",
      nullable: true,
      description:
        "The contact that the value came from. After the merge its id resolves to the merged contact.",
      resolve: ({ fromId }, _args, context) => byId.contact.load(context, fromId),
    }),
  }),
});

/**
 * A field for each child entity, with the number of its records.
 *
 * @param more continuation of the description
 */
const countFields = <Shape, Field>(
  t: { int(options: { description: string; resolve: (shape: Shape) => number }): Field },
  countsOf: (shape: Shape) => Moves,
  more: (child: ContactChild) => string,
): Record<string, Field> =>
  Object.fromEntries(
    contactChildren.map((child) => {
      const { name } = child;
      const description = `${name.charAt(0).toUpperCase()}${name.slice(1)}${more(child)}.`;
      return [name, t.int({ description, resolve: (shape) => countsOf(shape)[name] ?? 0 })];
    }),
  );

const MovesType = builder.objectRef<Moves>("ContactMergeMoves").implement({
  description: "Number of records that move to the primary contact.",
  fields: (t) => ({
    ...countFields(
      t,
      (moves) => moves,
      () => "",
    ),
    tags: t.exposeInt("tags", { description: "Number of tags that the primary contact did not have." }),
  }),
});

const LeftOutType = builder.objectRef<LeftOut>("ContactMergeLeftOut").implement({
  description:
    "Values that exceed the limits of the merged contact. They stay with the duplicates in the trash; such an address still finds the merged contact.",
  fields: (t) => ({
    emails: t.field({
      type: ["EmailAddress"],
      description: `E-mail addresses past the limit of ${MAX_OTHER_EMAILS} beside the primary one.`,
      resolve: ({ emails }) => [...emails],
    }),
    phoneNumbers: t.field({
      type: ["PhoneNumber"],
      description: `Phone numbers past the limit of ${MAX_PHONE_NUMBERS}.`,
      resolve: ({ phoneNumbers }) => [...phoneNumbers],
    }),
  }),
});

const duplicatesOf = requestCache(({ db }: Context) =>
  batched<string, ContactRow[]>("mergedContacts", async (mergeIds) => {
    const sources = await db.contactMergeSource.findMany({
      where: { mergeId: { in: [...mergeIds] } },
      orderBy: { position: "asc" },
    });
    const ids = sources.map(({ contactId }) => contactId);
    const rows = await db.contact.findMany({ where: { id: { in: ids } } });
    const found = new Map(rows.map((row) => [row.id, row]));
    return mergeIds.map((mergeId) =>
      sources.flatMap((source) => (source.mergeId === mergeId ? (found.get(source.contactId) ?? []) : [])),
    );
  }),
);

const Merge = builder.prismaObject("ContactMerge", {
  ...keyed,
  description: "A merge of contacts. It can be undone until the duplicates are purged.",
  fields: (t) => ({
    primary: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that was kept.",
      select: { primaryId: true },
      resolve: ({ primaryId }, _args, context, info) => byId.contact.load(context, primaryId, info),
    }),
    duplicates: t.field({
      type: ["Contact"],
      description: "The duplicates, which are in the trash.",
      resolve: ({ id }, _args, context) => duplicatesOf(context).load(id),
    }),
    mergedBy: t.field({
      type: "Member",
      nullable: true,
      description: "The member who merged the contacts.",
      select: { mergedById: true },
      resolve: ({ mergedById }, _args, context) => byId.member.load(context, mergedById),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When the contacts were merged." }),
    undoneAt: t.expose("undoneAt", {
      type: "DateTime",
      nullable: true,
      description: "When the merge was undone; null if it was not.",
    }),
  }),
});

asNode(Merge, "contact_merge", byId.contactMerge.load);

const mergesOf = requestCache(({ db }: Context) =>
  batched<string, ContactMerge[]>("merges", async (contactIds) => {
    const rows = await db.contactMerge.findMany({
      where: { primaryId: { in: [...contactIds] } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    });
    return contactIds.map((id) => rows.filter(({ primaryId }) => primaryId === id));
  }),
);

builder.prismaObjectField("Contact", "merges", (t) =>
  t.field({
    type: ["ContactMerge"],
    description: "Merges into this contact, latest first.",
    resolve: ({ id }, _args, context) => mergesOf(context).load(id),
  }),
);

const MergePayload = payloadType<Merged>("ContactMergePayload", "the merged contact", (t) => ({
  contact: t.field({
    type: "Contact",
    nullable: true,
    description: "The merged contact, in a dry run as it would be; null when refused.",
    resolve: ({ result }) => result?.contact ?? null,
  }),
  merge: t.field({
    type: "ContactMerge",
    nullable: true,
    description: "The merge, whose id is needed to undo it; null in a dry run.",
    resolve: ({ result }) => result?.merge ?? null,
  }),
  choices: t.field({
    type: [ChoiceType],
    description: "The origin of each value, for every field that has a value in any of the contacts.",
    resolve: ({ result }) => [...(result?.choices ?? [])],
  }),
  moves: t.field({
    type: MovesType,
    nullable: true,
    description: "Numbers of records moved; in a dry run, that would be moved.",
    resolve: ({ result }) => result?.moves ?? null,
  }),
  leftOut: t.field({
    type: LeftOutType,
    nullable: true,
    description: "Addresses and phone numbers that exceed the limits; null when refused.",
    // Answers stored for repeated requests before this field existed do not have it.
    resolve: ({ result }) => result && (result.leftOut ?? { emails: [], phoneNumbers: [] }),
  }),
}));

const LeftAloneType = builder.objectRef<LeftAlone>("ContactUnmergeLeftAlone").implement({
  description:
    "Records and changes that stay with the primary contact, because they are newer than the merge.",
  fields: (t) => ({
    ...countFields(
      t,
      ({ counts }) => counts,
      ({ createdVerb }) => ` ${createdVerb} since`,
    ),
    fields: t.stringList({
      description: "Fields changed since the merge.",
      resolve: ({ fields }) => [...fields],
    }),
  }),
});

const UnmergePayload = payloadType<Unmerged>("ContactUnmergePayload", "the contacts as before", (t) => ({
  contact: t.field({
    type: "Contact",
    nullable: true,
    description: "The primary contact, as it was before; null when refused.",
    resolve: ({ result }) => result?.contact ?? null,
  }),
  restored: t.field({
    type: ["Contact"],
    description: "The duplicates, restored.",
    resolve: ({ result }) => [...(result?.restored ?? [])],
  }),
  leftAlone: t.field({
    type: LeftAloneType,
    nullable: true,
    description: "Records and changes that were not undone.",
    resolve: ({ result }) => result?.leftAlone ?? null,
  }),
}));

builder.mutationFields((t) => ({
  contactMerge: t.field({
    extensions: needs("CONTACT_MERGE"),
    type: MergePayload,
    description: `Merges contacts into one: ${contactChildren.map(({ name }) => name).join(", ")}, tags, e-mail addresses and phone numbers move to the primary; the duplicates are moved to the trash, and their ids resolve to the primary contact from then on.`,
    args: {
      input: t.arg({
        type: MergeInput,
        required: true,
        description: "The contacts to merge, and choices of values.",
      }),
      dryRun: t.arg.boolean({
        defaultValue: false,
        description: "Whether to return only what would be chosen and moved, without changing anything.",
      }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, dryRun, idempotencyKey }, context) =>
      payload(() => mergeContacts(context, input, dryRun ?? false, idempotencyKey)),
  }),
  contactUnmerge: t.field({
    extensions: needs("CONTACT_MERGE"),
    type: UnmergePayload,
    description:
      "Undoes a merge: the duplicates are restored, with the records that were moved from them. Newer records and changes are kept and reported.",
    args: { mergeId: t.arg.id({ required: true, description: "Id of the merge." }) },
    resolve: (_root, { mergeId }, context) => payload(() => unmergeContacts(context, mergeId)),
  }),
}));
