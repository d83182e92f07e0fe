import DataLoader from "dataloader";
import type { ContactRow } from "../../../db/prisma/rows.ts";
import { type ContactChild, contactChildren } from "../../../db/references.ts";
import type { ContactMerge } from "../../../generated/prisma/client.ts";
import { builder } from "../../../graphql/builder.ts";
import type { Context } from "../../../graphql/context.ts";
import { byId } from "../../../graphql/loaders.ts";
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
  description: "What is chosen in a merge.",
  values: Object.fromEntries(
    Object.entries(mergeFields).map(([name, { description }]) => [name, { description }]),
  ) as Record<MergeField, { description: string }>,
});

const ChoiceInput = builder.inputType("ContactFieldChoiceInput", {
  description: "Whose value the primary contact takes: of `field`, or of `customField`.",
  fields: (t) => ({
    field: t.field({ type: FieldEnum, description: "A field." }),
    customField: t.string({ description: "Slug of a custom field, in place of `field`." }),
    fromId: t.id({ required: true, description: "One of the contacts to merge." }),
  }),
});

const VersionInput = builder.inputType("ContactVersionInput", {
  description: "At which version a contact has to be.",
  fields: (t) => ({
    id: t.id({ required: true, description: "The contact." }),
    version: t.int({ required: true, description: "Its version." }),
  }),
});

const MergeInput = builder.inputType("ContactMergeInput", {
  description: "Which contacts become one.",
  fields: (t) => ({
    primaryId: t.id({ required: true, description: "The contact that stays." }),
    duplicateIds: t.idList({ required: true, description: "The contacts that go into it: 1 to 100." }),
    fieldChoices: t.field({
      type: [ChoiceInput],
      description:
        "Whose value to take. By default the primary's wins and blanks are filled from the duplicates in the order given. All e-mail addresses and phone numbers are kept, and who is chosen for them says which one is the primary one. A wish not to be contacted or called is kept, whoever has it.",
    }),
    expectedVersions: t.field({
      type: [VersionInput],
      description: "Refuses when one of the contacts is no longer at this version.",
    }),
  }),
});

const ChoiceType = builder.objectRef<Choice>("ContactFieldChoice").implement({
  description: "Whose value the merged contact has.",
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
      description: "Whose it was; after the merge its id leads to the merged contact.",
      resolve: ({ fromId }, _args, context) => byId.contact.load(context, fromId),
    }),
  }),
});

/**
 * A field for each kind of record that hangs on contacts, which says how many there are.
 *
 * @param more what else its description says
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
  description: "How much moves to the primary contact.",
  fields: (t) => ({
    ...countFields(
      t,
      (moves) => moves,
      () => "",
    ),
    tags: t.exposeInt("tags", { description: "Tags that the primary did not carry." }),
  }),
});

const LeftOutType = builder.objectRef<LeftOut>("ContactMergeLeftOut").implement({
  description:
    "What the merged contact has no place for. It stays with the duplicates in the trash; an address still leads to the merged contact.",
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

const duplicatesOf = requestCache(
  ({ db }: Context) =>
    new DataLoader<string, ContactRow[]>(async (mergeIds) => {
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
  description: "Contacts that became one. It can be undone until the duplicates are purged.",
  fields: (t) => ({
    primary: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that stayed.",
      select: { primaryId: true },
      resolve: ({ primaryId }, _args, context, info) => byId.contact.load(context, primaryId, info),
    }),
    duplicates: t.field({
      type: ["Contact"],
      description: "The contacts that went into it, as they are in the trash.",
      resolve: ({ id }, _args, context) => duplicatesOf(context).load(id),
    }),
    mergedBy: t.field({
      type: "Member",
      nullable: true,
      description: "Who did it.",
      select: { mergedById: true },
      resolve: ({ mergedById }, _args, context) => byId.member.load(context, mergedById),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was done." }),
    undoneAt: t.expose("undoneAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was undone.",
    }),
  }),
});

asNode(Merge, "contact_merge", byId.contactMerge.load);

const mergesOf = requestCache(
  ({ db }: Context) =>
    new DataLoader<string, ContactMerge[]>(async (contactIds) => {
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
    description: "The merges that it came out of, latest first.",
    resolve: ({ id }, _args, context) => mergesOf(context).load(id),
  }),
);

const MergePayload = payloadType<Merged>("ContactMergePayload", "the merged contact", (t) => ({
  contact: t.field({
    type: "Contact",
    nullable: true,
    description: "The merged contact, or in a dry run what it would be; null when refused.",
    resolve: ({ result }) => result?.contact ?? null,
  }),
  merge: t.field({
    type: "ContactMerge",
    nullable: true,
    description: "The merge, by whose id it can be undone; null in a dry run.",
    resolve: ({ result }) => result?.merge ?? null,
  }),
  choices: t.field({
    type: [ChoiceType],
    description: "Whose value each field takes: every field that has a value somewhere.",
    resolve: ({ result }) => [...(result?.choices ?? [])],
  }),
  moves: t.field({
    type: MovesType,
    nullable: true,
    description: "How much moves, or would.",
    resolve: ({ result }) => result?.moves ?? null,
  }),
  leftOut: t.field({
    type: LeftOutType,
    nullable: true,
    description: "Addresses and phone numbers that are past the limits, or would be; null when refused.",
    // An answer that was remembered before there were such has none.
    resolve: ({ result }) => result && (result.leftOut ?? { emails: [], phoneNumbers: [] }),
  }),
}));

const LeftAloneType = builder.objectRef<LeftAlone>("ContactUnmergeLeftAlone").implement({
  description: "What stays with the primary contact, because it came or was changed after the merge.",
  fields: (t) => ({
    ...countFields(
      t,
      ({ counts }) => counts,
      ({ createdVerb }) => ` ${createdVerb} since`,
    ),
    fields: t.stringList({
      description: "Fields that were changed since.",
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
    description: "The duplicates, back again.",
    resolve: ({ result }) => [...(result?.restored ?? [])],
  }),
  leftAlone: t.field({
    type: LeftAloneType,
    nullable: true,
    description: "What was not undone.",
    resolve: ({ result }) => result?.leftAlone ?? null,
  }),
}));

builder.mutationFields((t) => ({
  contactMerge: t.field({
    type: MergePayload,
    description: `Merges contacts into one: ${contactChildren.map(({ name }) => name).join(", ")}, tags, e-mail addresses and phone numbers move to the primary; the duplicates go to the trash, and their ids lead to the primary from then on.`,
    args: {
      input: t.arg({ type: MergeInput, required: true, description: "Which contacts, and whose values." }),
      dryRun: t.arg.boolean({
        defaultValue: false,
        description: "Says what would be chosen and moved, and changes nothing.",
      }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, dryRun, idempotencyKey }, context) =>
      payload(() => mergeContacts(context, input, dryRun ?? false, idempotencyKey)),
  }),
  contactUnmerge: t.field({
    type: UnmergePayload,
    description:
      "Undoes a merge: the duplicates come back with what moved from them. What was made or changed since is left alone and reported.",
    args: { mergeId: t.arg.id({ required: true, description: "The merge's id." }) },
    resolve: (_root, { mergeId }, context) => payload(() => unmergeContacts(context, mergeId)),
  }),
}));
