import { builder } from "../../graphql/builder.ts";
import { byId } from "../../graphql/loaders.ts";
import type { Value } from "../language/condition.ts";
import { CalendarUnitEnum, DurationUnitEnum } from "./comparators.schema.ts";

/** Output types of a condition's operands, by the type of the field. */

type ValueOf<Kind extends Value["kind"]> = Extract<Value, { kind: Kind }>;

const text = <Kind extends "text" | "option" | "duration">(kind: Kind, name: string, description: string) =>
  builder.objectRef<ValueOf<Kind>>(name).implement({
    description,
    fields: (t) => ({
      [kind]: t.string({ description, resolve: (value) => (value as { text: string }).text }),
    }),
  });

const FilterText = text("text", "FilterText", "A text operand.");
const FilterOption = text("option", "FilterOption", "An option, or a value of an enum.");
const FilterDuration = text("duration", "FilterDuration", "An ISO 8601 duration, such as `P30D`.");

const FilterNumber = builder.objectRef<ValueOf<"number">>("FilterNumber").implement({
  description: "A numeric operand.",
  fields: (t) => ({
    number: t.field({ type: "Decimal", description: "The number.", resolve: ({ number }) => number }),
  }),
});

const FilterBoolean = builder.objectRef<ValueOf<"boolean">>("FilterBoolean").implement({
  description: "true or false.",
  fields: (t) => ({ boolean: t.exposeBoolean("boolean", { description: "The value." }) }),
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
    "A relative date, as in RelativeRange: `last` or `next` with an amount and a unit, `this` or `previous` with a calendar unit.",
  fields: (t) => ({
    direction: t.string({
      description: "last, next, this or previous.",
      resolve: ({ range }) => Object.keys(range)[0] ?? "",
    }),
    amount: t.int({
      nullable: true,
      description: "Number of units; null for `this` and `previous`.",
      resolve: (value) => amountOf(value)?.amount ?? null,
    }),
    unit: t.field({
      type: DurationUnitEnum,
      nullable: true,
      description: "Unit of `last` and `next`; null otherwise.",
      resolve: (value) => amountOf(value)?.unit ?? null,
    }),
    calendarUnit: t.field({
      type: CalendarUnitEnum,
      nullable: true,
      description: "Calendar period of `this` and `previous`; null otherwise.",
      resolve: ({ range }) => ("this" in range ? range.this : "previous" in range ? range.previous : null),
    }),
  }),
});

const FilterTag = builder.objectRef<ValueOf<"tag">>("FilterTag").implement({
  description: "A tag that a condition names.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "The tag's current name in a stored list; otherwise the name or id as it was written.",
    }),
    tag: t.field({
      type: "Tag",
      nullable: true,
      description: "The tag; null if there is none.",
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
      description: "The member; null if there is none.",
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
      description: "The smart list; null if there is none.",
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

export const FilterValue = builder.unionType("FilterValue", {
  description: "An operand of a condition, by the type of its field.",
  types: Object.values(valueTypes),
  resolveType: (value) => valueTypes[(value as Value).kind],
});
