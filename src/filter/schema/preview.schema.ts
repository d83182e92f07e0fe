import { builder } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { allDefinitions } from "../../graphql/definitions.ts";
import { COUNTING, price } from "../../graphql/limits/price.ts";
import { indexOf } from "../compile/indexes.ts";
import { describe } from "../explain/describe.ts";
import { type ResolvedRange, rangesOf } from "../explain/explain.ts";
import { leaves } from "../language/ast.ts";
import { treeOf } from "../language/condition.ts";
import { countLive, liveWhere } from "../list/count.ts";
import { clockOf, type FilterArgs, type ReadFilter, readArgs } from "../list/filter.service.ts";
import type { FilterEntity } from "../registry/fields.ts";
import { Registry } from "../registry/registry.ts";
import { FilterNode, FilterProblem } from "./condition.schema.ts";
import { FilterFieldType, type NamedField } from "./field.schema.ts";
import { ContactFilter, timeZoneArg } from "./filter.schema.ts";
import { SearchInput, SmartListQueryInput } from "./query.schema.ts";

/** Previews of filters, and the fields that filters can use. */

interface Preview {
  readonly read: ReadFilter;
  readonly args: FilterArgs;
  readonly timeZone: string;
  readonly now: Date;
}

const RangeType = builder.objectRef<ResolvedRange>("FilterResolvedRange").implement({
  description:
    "The absolute range of a relative date at the moment of the request: `from` is included, `to` is not.",
  fields: (t) => ({
    path: t.string({ description: "Path of the condition.", resolve: ({ leaf }) => leaf.path }),
    field: t.field({
      type: FilterFieldType,
      description: "The field of the condition.",
      resolve: ({ leaf: { field } }) => ({ name: field.path, field }),
    }),
    from: t.expose("from", {
      type: "DateTime",
      nullable: true,
      description: "Start of the range, inclusive; midnight UTC for calendar days; null for no start.",
    }),
    to: t.expose("to", {
      type: "DateTime",
      nullable: true,
      description: "End of the range, exclusive; null for no end.",
    }),
  }),
});

const PreviewType = builder.objectRef<Preview>("ContactFilterPreview").implement({
  description: "Explanation of a filter of contacts: its meaning, the number of matches, and its problems.",
  fields: (t) => ({
    valid: t.boolean({
      description: "Whether the filter has no problems.",
      resolve: ({ read }) => read.problems.length === 0,
    }),
    problems: t.field({
      type: [FilterProblem],
      description: "All problems of the filter; empty if it is valid.",
      resolve: ({ read }) => [...read.problems],
    }),
    sentence: t.string({
      nullable: true,
      description: "The meaning of the filter as an English sentence; null if it is not valid.",
      resolve: ({ read, args }) =>
        read.problems.length > 0
          ? null
          : describe("CONTACT", read.tree, args.search?.text ?? null, read.names),
    }),
    tree: t.field({
      type: FilterNode,
      nullable: true,
      description: "The filter in normal form; null if it is not valid.",
      resolve: ({ read }) => (read.problems.length > 0 ? null : treeOf(read.tree, read.tagIds)),
    }),
    timeZone: t.expose("timeZone", { type: "TimeZone", description: "Time zone of its relative dates." }),
    now: t.expose("now", {
      type: "DateTime",
      description: "The moment from which relative dates are counted.",
    }),
    ranges: t.field({
      type: [RangeType],
      description: "The absolute ranges of its relative dates.",
      resolve: ({ read }) => rangesOf(read.tree),
    }),
    indexes: t.stringList({
      description:
        "The indexes that find matching records. Conditions without an index are checked record by record.",
      resolve: ({ read }) =>
        [...new Set([...leaves(read.tree)].flatMap((leaf) => indexOf(leaf) ?? []))].sort(),
    }),
    count: t.int({
      extensions: price({ cost: COUNTING }),
      nullable: true,
      description:
        "Number of matching live contacts that the caller can see; null if the filter is not valid.",
      resolve: ({ read, args }, _args, context) => {
        if (read.problems.length > 0) return null;
        return args.search == null
          ? countLive(context, "contact", { ...read, where: liveWhere(read.where) })
          : context.db.contact.count({ where: liveWhere(read.where) });
      },
    }),
  }),
});

/** The fields of an entity, and those of its related records. */
async function fieldsOf(context: Context, entity: FilterEntity): Promise<NamedField[]> {
  const definitions = await allDefinitions(context);
  const registry = new Registry(entity, definitions);
  return registry.fields().flatMap((field) => [
    { name: field.path, field },
    ...(field.storage.kind === "relation"
      ? registry
          .related(field)
          .fields()
          .filter((inner) => inner.storage.kind !== "relation")
          .map((inner) => ({ name: `${field.path}.${inner.path}`, field: inner }))
      : []),
  ]);
}

builder.queryFields((t) => ({
  contactFilterPreview: t.field({
    type: PreviewType,
    description: "Explains a filter of contacts; for a filter that is not valid, it returns the problems.",
    args: {
      filter: t.arg({ type: ContactFilter, description: "The typed filter." }),
      query: t.arg({ type: SmartListQueryInput, description: "The generic filter: an OR of AND groups." }),
      search: t.arg({ type: SearchInput, description: "Free text." }),
      ...timeZoneArg(),
    },
    resolve: async (_root, args, context) => ({
      read: await readArgs(context, "CONTACT", args),
      args,
      ...clockOf(context, args.timeZone),
    }),
  }),
  contactFilterFields: t.field({
    type: [FilterFieldType],
    extensions: price({ items: 100 }),
    description:
      "The fields that filters of contacts can use, including custom fields and fields of related records.",
    resolve: (_root, _args, context) => fieldsOf(context, "CONTACT"),
  }),
  leadFilterFields: t.field({
    type: [FilterFieldType],
    extensions: price({ items: 100 }),
    description:
      "The fields that filters of leads can use, including custom fields and fields of related records.",
    resolve: (_root, _args, context) => fieldsOf(context, "LEAD"),
  }),
  dealFilterFields: t.field({
    type: [FilterFieldType],
    extensions: price({ items: 100 }),
    description: "The fields that filters of deals can use, including fields of related records.",
    resolve: (_root, _args, context) => fieldsOf(context, "DEAL"),
  }),
}));
