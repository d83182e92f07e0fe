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
    "What a relative date comes down to now: from a moment or day on, up to another that is no longer in.",
  fields: (t) => ({
    path: t.string({ description: "Where it was written.", resolve: ({ leaf }) => leaf.path }),
    field: t.field({
      type: FilterFieldType,
      description: "The field that it is about.",
      resolve: ({ leaf: { field } }) => ({ name: field.path, field }),
    }),
    from: t.expose("from", {
      type: "DateTime",
      nullable: true,
      description:
        "The first moment that is in; midnight UTC of the day for calendar days; null for no beginning.",
    }),
    to: t.expose("to", {
      type: "DateTime",
      nullable: true,
      description: "The first moment that no longer is in; null for no end.",
    }),
  }),
});

const PreviewType = builder.objectRef<Preview>("ContactFilterPreview").implement({
  description: "What a filter of contacts means, how many it matches, and what is wrong with it.",
  fields: (t) => ({
    valid: t.boolean({
      description: "Whether it can be used.",
      resolve: ({ read }) => read.problems.length === 0,
    }),
    problems: t.field({
      type: [FilterProblem],
      description: "Everything that is wrong with it; none when it can be used.",
      resolve: ({ read }) => [...read.problems],
    }),
    sentence: t.string({
      nullable: true,
      description: "What it means, in English; null while it cannot be used.",
      resolve: ({ read, args }) =>
        read.problems.length > 0
          ? null
          : describe("CONTACT", read.tree, args.search?.text ?? null, read.names),
    }),
    tree: t.field({
      type: FilterNode,
      nullable: true,
      description: "Its normal form; null while it cannot be used.",
      resolve: ({ read }) => (read.problems.length > 0 ? null : treeOf(read.tree, read.tagIds)),
    }),
    timeZone: t.expose("timeZone", { type: "TimeZone", description: "Where its days begin." }),
    now: t.expose("now", { type: "DateTime", description: "The moment that its relative dates count from." }),
    ranges: t.field({
      type: [RangeType],
      description: "What its relative dates come down to.",
      resolve: ({ read }) => rangesOf(read.tree),
    }),
    indexes: t.stringList({
      description: "The indexes that can find its records. Conditions without one are read record by record.",
      resolve: ({ read }) =>
        [...new Set([...leaves(read.tree)].flatMap((leaf) => indexOf(leaf) ?? []))].sort(),
    }),
    count: t.int({
      extensions: price({ cost: COUNTING }),
      nullable: true,
      description: "How many live contacts that the caller may see match; null while it cannot be used.",
      resolve: ({ read, args }, _args, context) => {
        if (read.problems.length > 0) return null;
        return args.search == null
          ? countLive(context, "contact", { ...read, where: liveWhere(read.where) })
          : context.db.contact.count({ where: liveWhere(read.where) });
      },
    }),
  }),
});

/** Every field of an entity, and those of its related records. */
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
    description:
      "Explains a filter of contacts without using it; one that cannot be used is answered with its problems.",
    args: {
      filter: t.arg({ type: ContactFilter, description: "The filter, typed." }),
      query: t.arg({ type: SmartListQueryInput, description: "The filter, as an OR of AND groups." }),
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
    description: "What contacts can be filtered by, custom fields and related records included.",
    resolve: (_root, _args, context) => fieldsOf(context, "CONTACT"),
  }),
  leadFilterFields: t.field({
    type: [FilterFieldType],
    extensions: price({ items: 100 }),
    description: "What leads can be filtered by, custom fields and related records included.",
    resolve: (_root, _args, context) => fieldsOf(context, "LEAD"),
  }),
  dealFilterFields: t.field({
    type: [FilterFieldType],
    extensions: price({ items: 100 }),
    description: "What deals can be filtered by, related records included.",
    resolve: (_root, _args, context) => fieldsOf(context, "DEAL"),
  }),
}));
