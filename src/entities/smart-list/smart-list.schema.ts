import type { OrderInput } from "../../filter/compile/order.ts";
import type { Condition } from "../../filter/language/condition.ts";
import type { GenericCondition, GenericQuery } from "../../filter/language/question.ts";
import { namesTags } from "../../filter/language/stored.ts";
import { countLive, liveWhere } from "../../filter/list/count.ts";
import { filteredConnection, filteredText } from "../../filter/list/list.ts";
import type { ListArgs } from "../../filter/list/plan.ts";
import { FilterCondition } from "../../filter/schema/condition.schema.ts";
import { ContactConnection } from "../../filter/schema/contacts.schema.ts";
import { ContactFilter, ContactOrder, orderField, timeZoneArg } from "../../filter/schema/filter.schema.ts";
import {
  FilterOperator,
  NullsOrder,
  OrderDirection,
  SearchInput,
  SmartListQueryInput,
} from "../../filter/schema/query.schema.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { pagesAsJson } from "../../graphql/compiled/document.ts";
import { offsetArg, pageArgs } from "../../graphql/connection.ts";
import { COUNTING, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { smartListTable } from "./smart-list.columns.ts";
import { contactsOf, readColumns, readStored, type Stored } from "./smart-list.loaders.ts";
import { setVersion } from "./smart-list.service.ts";
import type { ListProblem } from "./validity.ts";

const ConditionType = builder.objectRef<GenericCondition>("SmartListCondition").implement({
  description: "One condition of a list.",
  fields: (t) => ({
    field: t.exposeString("field", { description: "The field, as it was given." }),
    op: t.expose("op", { type: FilterOperator, description: "The comparison." }),
    value: t.field({
      type: "JSON",
      nullable: true,
      description: "Values to compare with; tags and options by their current names.",
      resolve: ({ value }) => value ?? null,
    }),
  }),
});

const GroupType = builder.objectRef<GenericQuery["groups"][number]>("SmartListGroup").implement({
  description: "Conditions of which all must hold.",
  fields: (t) => ({
    conditions: t.field({
      type: [ConditionType],
      extensions: price({ items: 3 }),
      description: "The conditions, AND-ed.",
      resolve: ({ conditions }) => [...conditions],
    }),
  }),
});

const QueryType = builder.objectRef<GenericQuery & { version?: number }>("SmartListQuery").implement({
  description: "Groups of which at least one must hold, as in SmartListQueryInput.",
  fields: (t) => ({
    version: t.int({
      description: "The version of the form in which it is stored.",
      resolve: ({ version }) => version ?? 1,
    }),
    groups: t.field({
      type: [GroupType],
      extensions: price({ items: 3 }),
      description: "The groups, OR-ed.",
      resolve: ({ groups }) => [...groups],
    }),
  }),
});

const FilterGroup = builder.objectRef<readonly Condition[]>("FilterGroup").implement({
  description: "Conditions that all have to hold, with values in the types of their fields.",
  fields: (t) => ({
    conditions: t.field({
      type: [FilterCondition],
      extensions: price({ items: 3 }),
      description: "The conditions, AND-ed.",
      resolve: (conditions) => [...conditions],
    }),
  }),
});

const OrderType = builder.objectRef<OrderInput>("SmartListOrder").implement({
  description: "One criterion of a list's order.",
  fields: (t) => ({
    field: t.field({
      type: orderField("CONTACT"),
      nullable: true,
      description: "A built-in field.",
      resolve: ({ field }) => field ?? null,
    }),
    customField: t.string({
      nullable: true,
      description: "Slug of a custom field, in place of `field`.",
      resolve: ({ customField }) => customField ?? null,
    }),
    direction: t.field({
      type: OrderDirection,
      description: "Direction.",
      resolve: ({ direction }) => direction ?? "ASC",
    }),
    nulls: t.field({
      type: NullsOrder,
      description: "Position of records without a value.",
      resolve: ({ nulls }) => nulls ?? "LAST",
    }),
  }),
});

const ProblemType = builder.objectRef<ListProblem>("SmartListProblem").implement({
  description: "A problem that makes a smart list invalid.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "What is wrong, for programs." }),
    message: t.exposeString("message", { description: "What is wrong, for people." }),
    path: t.exposeString("path", {
      description: "Where in the list, such as `query.groups[0].conditions[1].field`.",
    }),
  }),
});

const SmartList = builder.prismaObject("SmartList", {
  ...keyed,
  description: "A smart list: a saved filter of contacts, shared in the organization.",
  fields: (t) => ({
    ...shownFieldsOf(t, smartListTable),
    query: t.field({
      type: QueryType,
      description: "The filter.",
      select: readColumns,
      resolve: async (list, _args, context) => {
        const query = list.query as unknown as GenericQuery;
        return namesTags(query) ? (await readStored(context, list)).query : query;
      },
    }),
    groups: t.field({
      type: [FilterGroup],
      extensions: price({ items: 3 }),
      description:
        "The filter with typed values, for user interfaces; parts that are no longer valid included.",
      select: readColumns,
      resolve: async (list, _args, context) => [...(await readStored(context, list)).conditions],
    }),
    sentence: t.string({
      nullable: true,
      description: "The filter as an English sentence; null while it is invalid.",
      select: readColumns,
      resolve: async (list, _args, context) => (await readStored(context, list)).sentence,
    }),
    order: t.field({
      type: [OrderType],
      description: "The order of its contacts; newest first when empty.",
      select: { order: true },
      resolve: ({ order }) => order as unknown as OrderInput[],
    }),
    version: t.exposeInt("version", { description: "Version: starts at 1, incremented by every change." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    isValid: t.boolean({
      description: "Whether it is valid. An invalid list matches nothing.",
      select: readColumns,
      resolve: async (list, _args, context) => (await readStored(context, list)).problems.length === 0,
    }),
    problems: t.field({
      type: [ProblemType],
      description: "Problems that make it invalid: a deleted field or tag, an operator that no longer fits.",
      select: readColumns,
      resolve: async (list, _args, context) => [...(await readStored(context, list)).problems],
    }),
    count: t.int({
      extensions: price({ cost: COUNTING }),
      description: "How many live contacts that the caller may see are in it.",
      args: timeZoneArg(),
      select: readColumns,
      resolve: async (list, { timeZone }, context) => {
        const { tree, tagIds, where, problems } = await readStored(context, list, timeZone);
        return problems.length > 0
          ? 0
          : countLive(context, "contact", { tree, tagIds, where: liveWhere(where) });
      },
    }),
    contacts: t.field({
      type: ContactConnection,
      extensions: {
        ...price({ cost: COUNTING }),
        ...pagesAsJson({
          place: [],
          asks: true,
          page: async (writing, list: Stored, given: ListArgs, writer) => {
            const { args, within } = await contactsOf(writing.context, list, given);
            return filteredText(writing, "CONTACT", writing.context.db.contact, args, { writer, within });
          },
        }),
      },
      description: "The live contacts in it, in its own order. The arguments narrow it further.",
      args: {
        filter: t.arg({ type: ContactFilter, description: "Narrows it further, as a typed filter." }),
        query: t.arg({
          type: SmartListQueryInput,
          description: "Narrows it further, as a generic query: an OR of AND groups.",
        }),
        search: t.arg({ type: SearchInput, description: "Free text." }),
        orderBy: t.arg({ type: [ContactOrder], description: "Another order." }),
        ...timeZoneArg(),
        ...pageArgs(),
        ...offsetArg(),
      },
      select: readColumns,
      resolve: async (list, given, context, info) => {
        const { args, within } = await contactsOf(context, list, given);
        return filteredConnection(context, "CONTACT", context.db.contact, args, { info, within });
      },
    }),
  }),
});

asNode(SmartList, "smart_list", byId.smartList.load);

builder.queryFields((t) => ({
  smartList: t.field({
    type: "SmartList",
    nullable: true,
    description: "A smart list by its id; null when there is none.",
    args: { id: t.arg.id({ required: true, description: "The list's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("SmartList", id, "id");
      return uuid === null ? null : byId.smartList.load(context, uuid, info);
    },
  }),
  smartLists: t.field({
    type: ["SmartList"],
    extensions: price({ items: 20 }),
    description: "The organization's smart lists, in order.",
    resolve: (_root, _args, { db }, info) =>
      db.smartList.findMany({
        orderBy: [{ position: "asc" }, { id: "asc" }],
        ...selectOf(info, "SmartList"),
      }),
  }),
  smartListsVersion: t.int({
    description: "Version of the set of all lists, incremented by every change; for `smartListsReplace`.",
    resolve: (_root, _args, context) => setVersion(context),
  }),
}));
