import { builder } from "../../graphql/builder.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import type { Condition, TreeNode, Value } from "../language/condition.ts";
import type { Problem } from "../language/problem.ts";
import type { FieldType, FilterField } from "../registry/fields.ts";
import { operatorsOf } from "../registry/operators.ts";
import { CalendarUnitEnum, DurationUnitEnum } from "./comparators.schema.ts";
import { FilterOperator } from "./query.schema.ts";

/** Output types for the parts of a filter: fields, conditions with typed values, trees and problems. */

const FieldTypeEnum = builder.enumType("FilterFieldType", {
  description: "What kind of values a field has; it decides the operators and the form of the value.",
  values: {
    TEXT: { value: "text", description: "Text, compared without regard to case." },
    EMAIL: { value: "email", description: "An e-mail address, compared without regard to case." },
    PHONE: { value: "phone", description: "Phone numbers in E.164." },
    BOOLEAN: { value: "boolean", description: "true or false." },
    INTEGER: { value: "integer", description: "A whole number." },
    NUMBER: { value: "number", description: "A number, compared exactly." },
    CURRENCY: { value: "currency", description: "An ISO 4217 code." },
    DATE: { value: "date", description: "A calendar day." },
    DATE_TIME: { value: "dateTime", description: "A moment." },
    ENUM: { value: "enum", description: "One of the `options`." },
    SELECT: { value: "select", description: "One of the `options` of a custom field." },
    MULTI_SELECT: { value: "multiSelect", description: "Several of the `options` of a custom field." },
    TAGS: { value: "tags", description: "Tags, by name or id." },
    ID: { value: "id", description: "A record, by id." },
    MEMBER: { value: "member", description: "A member, by id." },
    SMART_LIST: { value: "smartList", description: "A smart list, by id." },
    RELATION: { value: "relation", description: "Related records: only whether there are any." },
  } satisfies Record<string, { value: FieldType; description: string }>,
});

/** A field under the name by which it is asked for. */
export interface NamedField {
  readonly name: string;
  readonly field: FilterField;
}

export const FilterFieldType = builder.objectRef<NamedField>("FilterField").implement({
  description: "Something that can be filtered by.",
  fields: (t) => ({
    path: t.string({
      description: "What conditions call it, such as `createdAt`, `custom.industry` or `deals.status`.",
      resolve: ({ name }) => name,
    }),
    aliases: t.stringList({
      description: "Other names that conditions may use.",
      resolve: ({ name, field }) =>
        name === field.path ? field.aliases.filter((alias) => alias !== name) : [],
    }),
    label: t.string({ description: "What people call it.", resolve: ({ field }) => field.label }),
    description: t.string({ description: "What it is.", resolve: ({ field }) => field.description }),
    type: t.field({
      type: FieldTypeEnum,
      description: "What kind of values it has.",
      resolve: ({ field }) => field.type,
    }),
    operators: t.field({
      type: [FilterOperator],
      description: "How it can be compared.",
      resolve: ({ field }) => [...operatorsOf[field.type]],
    }),
    options: t.stringList({
      nullable: true,
      description: "What its values can be; null where they are not limited.",
      resolve: ({ field }) => (field.options ? [...field.options] : null),
    }),
    custom: t.boolean({
      description: "Whether it is a custom field.",
      resolve: ({ field }) => field.path.startsWith("custom."),
    }),
    sortable: t.boolean({
      description: "Whether lists can be put in order by it.",
      resolve: ({ name, field }) => field.sort !== undefined && name === field.path,
    }),
    indexed: t.boolean({
      description:
        "Whether an index finds its values. Others are read one by one, which is slow in large lists.",
      resolve: ({ field }) => field.index !== undefined,
    }),
  }),
});

type ValueOf<Kind extends Value["kind"]> = Extract<Value, { kind: Kind }>;

const text = <Kind extends "text" | "option" | "duration">(kind: Kind, name: string, description: string) =>
  builder.objectRef<ValueOf<Kind>>(name).implement({
    description,
    fields: (t) => ({
      [kind]: t.string({ description, resolve: (value) => (value as { text: string }).text }),
    }),
  });

const FilterText = text("text", "FilterText", "Text to compare with.");
const FilterOption = text("option", "FilterOption", "An option, or a value of an enum.");
const FilterDuration = text("duration", "FilterDuration", "An ISO 8601 duration, such as `P30D`.");

const FilterNumber = builder.objectRef<ValueOf<"number">>("FilterNumber").implement({
  description: "A number to compare with.",
  fields: (t) => ({
    number: t.field({ type: "Decimal", description: "The number.", resolve: ({ number }) => number }),
  }),
});

const FilterBoolean = builder.objectRef<ValueOf<"boolean">>("FilterBoolean").implement({
  description: "true or false.",
  fields: (t) => ({ boolean: t.exposeBoolean("boolean", { description: "Which of them." }) }),
});

const FilterDate = builder.objectRef<ValueOf<"date">>("FilterDate").implement({
  description: "A calendar day.",
  fields: (t) => ({ date: t.expose("date", { type: "Date", description: "The day." }) }),
});

const FilterDateTime = builder.objectRef<ValueOf<"dateTime">>("FilterDateTime").implement({
  description: "A moment.",
  fields: (t) => ({ dateTime: t.expose("dateTime", { type: "DateTime", description: "The moment." }) }),
});

const amountOf = ({ range }: ValueOf<"range">) =>
  "last" in range ? range.last : "next" in range ? range.next : null;

const FilterRange = builder.objectRef<ValueOf<"range">>("FilterRange").implement({
  description:
    "A range beside today, of the shape of RelativeRange: `last` or `next` so much, `this` or `previous`.",
  fields: (t) => ({
    direction: t.string({
      description: "last, next, this or previous.",
      resolve: ({ range }) => Object.keys(range)[0] ?? "",
    }),
    amount: t.int({
      nullable: true,
      description: "How many units; null for `this` and `previous`.",
      resolve: (value) => amountOf(value)?.amount ?? null,
    }),
    unit: t.field({
      type: DurationUnitEnum,
      nullable: true,
      description: "What `last` and `next` count.",
      resolve: (value) => amountOf(value)?.unit ?? null,
    }),
    calendarUnit: t.field({
      type: CalendarUnitEnum,
      nullable: true,
      description: "What `this` and `previous` name.",
      resolve: ({ range }) => ("this" in range ? range.this : "previous" in range ? range.previous : null),
    }),
  }),
});

const FilterTag = builder.objectRef<ValueOf<"tag">>("FilterTag").implement({
  description: "A tag that a condition names.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "A stored list's tag by its name of today; else the name or id, as it was written.",
    }),
    tag: t.field({
      type: "Tag",
      nullable: true,
      description: "The tag; null when there is none.",
      resolve: ({ id }, _args, context) => (id === null ? null : byId.tag.load(context, id)),
    }),
  }),
});

const FilterMember = builder.objectRef<ValueOf<"member">>("FilterMember").implement({
  description: "A member that a condition names.",
  fields: (t) => ({
    id: t.id({ description: "The member's id, as it was written.", resolve: ({ globalId }) => globalId }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member; null when there is none.",
      resolve: ({ id }, _args, context) => (id === null ? null : byId.member.load(context, id)),
    }),
  }),
});

const FilterSmartList = builder.objectRef<ValueOf<"smartList">>("FilterSmartList").implement({
  description: "A smart list that a condition names.",
  fields: (t) => ({
    id: t.id({ description: "The list's id, as it was written.", resolve: ({ globalId }) => globalId }),
    smartList: t.field({
      type: "SmartList",
      nullable: true,
      description: "The list; null when there is none.",
      resolve: ({ id }, _args, context) => (id === null ? null : byId.smartList.load(context, id)),
    }),
  }),
});

const FilterRecord = builder.objectRef<ValueOf<"record">>("FilterRecord").implement({
  description: "A record that a condition names.",
  fields: (t) => ({
    id: t.id({ description: "Its id, as it was written.", resolve: ({ globalId }) => globalId }),
  }),
});

const valueTypes = {
  text: FilterText,
  option: FilterOption,
  duration: FilterDuration,
  number: FilterNumber,
  boolean: FilterBoolean,
  date: FilterDate,
  dateTime: FilterDateTime,
  range: FilterRange,
  tag: FilterTag,
  member: FilterMember,
  smartList: FilterSmartList,
  record: FilterRecord,
} as const satisfies Record<Value["kind"], unknown>;

const FilterValue = builder.unionType("FilterValue", {
  description: "What a condition compares with, in the type of its field.",
  types: Object.values(valueTypes),
  resolveType: (value) => valueTypes[(value as Value).kind],
});

export const FilterCondition = builder.objectRef<Condition>("FilterCondition").implement({
  description: "One comparison, with its values in the type of the field.",
  fields: (t) => ({
    path: t.string({ description: "The field as conditions call it.", resolve: ({ name }) => name }),
    field: t.field({
      type: FilterFieldType,
      nullable: true,
      description: "The field; null when there is none any more.",
      resolve: ({ name, field }) => field && { name, field },
    }),
    op: t.expose("op", { type: FilterOperator, description: "The comparison." }),
    not: t.exposeBoolean("not", { description: "Whether its complement is meant." }),
    values: t.field({
      type: [FilterValue],
      extensions: price({ items: 3 }),
      description: "What it compares with; none for IS_EMPTY and IS_NOT_EMPTY.",
      resolve: ({ values }) => [...values],
    }),
    index: t.exposeString("index", {
      nullable: true,
      description: "The index that can find it; null when records are read one by one.",
    }),
    writtenAt: t.string({
      nullable: true,
      description: "Where in the arguments it was written, such as `query.groups[0].conditions[1].value`.",
      resolve: ({ path }) => path,
    }),
  }),
});

const NodeKind = builder.enumType("FilterNodeKind", {
  description: "What a part of a filter's tree is.",
  values: {
    ALL: { description: "Every record." },
    NONE: { description: "No record." },
    AND: { description: "All of the nodes hold." },
    OR: { description: "At least one of the nodes holds." },
    CONDITION: { description: "A comparison." },
    SOME: { description: "There is a related record for which the node holds." },
    NO: { description: "There is no related record for which the node holds." },
  } satisfies Record<TreeNode["kind"], object>,
});

export const FilterNode = builder.objectRef<TreeNode>("FilterNode");
FilterNode.implement({
  description:
    "A part of a filter in its normal form: no empties, negations at the conditions, nothing said twice.",
  fields: (t) => ({
    kind: t.expose("kind", { type: NodeKind, description: "What it is." }),
    condition: t.expose("condition", {
      type: FilterCondition,
      nullable: true,
      description: "The comparison, of a CONDITION.",
    }),
    relation: t.exposeString("relation", {
      nullable: true,
      description: "Which related records, of SOME and NO.",
    }),
    nodes: t.field({
      type: [FilterNode],
      extensions: price({ items: 3 }),
      description: "The parts of AND and OR; what holds for the related record of SOME and NO.",
      resolve: ({ nodes }) => [...nodes],
    }),
  }),
});

export const FilterProblem = builder.objectRef<Problem>("FilterProblem").implement({
  description: "Something that is wrong with a filter.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "What is wrong, for programs." }),
    message: t.exposeString("message", { description: "What is wrong, for people." }),
    path: t.exposeString("path", {
      description: "Where, such as `query.groups[0].conditions[1].field`.",
    }),
    suggestions: t.stringList({
      description: "What may have been meant, or is allowed.",
      resolve: ({ suggestions }) => [...suggestions],
    }),
  }),
});
