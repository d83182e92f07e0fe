import { builder } from "../../builder.ts";
import { builtInFields, type Entity, type FieldType } from "./fields.ts";
import { type GenericOperator, genericOperators } from "./operators.ts";
import { limits } from "./parse.ts";
import { type SearchField, searchFields } from "./search.ts";

/** The filter's inputs. Those of an entity are made from the registry, so that they offer what it knows. */

export const FilterOperator = builder.enumType("FilterOperator", {
  description:
    "How a condition compares. Every comparison is true or false: NE, NOT_IN, NOT_CONTAINS and HAS_NONE take in records without a value.",
  values: Object.fromEntries(
    Object.entries(genericOperators).map(([name, { description }]) => [name, { description }]),
  ) as Record<GenericOperator, { description: string }>,
});

const Condition = builder.inputType("SmartListConditionInput", {
  description: 'One condition: `{ field: "company", op: CONTAINS, value: "corp" }`.',
  fields: (t) => ({
    field: t.string({
      required: true,
      description:
        "A field: `name`, `email`, `phone`, `company`, `source`, `notes`, `tags`, `dnc`, `created_at` and the others of the typed filter, or `custom.<slug>`.",
    }),
    op: t.field({
      type: FilterOperator,
      required: true,
      description: "The comparison; it has to fit the field's type.",
    }),
    value: t.field({
      type: "JSON",
      description:
        "What to compare with: a list for IN, NOT_IN and HAS_…; none for IS_EMPTY and IS_NOT_EMPTY.",
    }),
  }),
});

const Group = builder.inputType("SmartListGroupInput", {
  description: "Conditions that all have to hold.",
  fields: (t) => ({
    conditions: t.field({
      type: [Condition],
      required: true,
      description: `1 to ${limits.conditions} conditions, AND-ed.`,
    }),
  }),
});

export const SmartListQueryInput = builder.inputType("SmartListQueryInput", {
  description: "A smart list: groups of which at least one has to hold.",
  fields: (t) => ({
    groups: t.field({ type: [Group], required: true, description: `1 to ${limits.groups} groups, OR-ed.` }),
  }),
});

const SearchFieldEnum = builder.enumType("SearchField", {
  description: "Where free text is looked for.",
  values: Object.fromEntries(
    Object.entries(searchFields).map(([name, { description }]) => [name, { description }]),
  ) as Record<SearchField, { description: string }>,
});

export const SearchInput = builder.inputType("SearchInput", {
  description: "Free text: every word has to be found, whatever its case.",
  fields: (t) => ({
    text: t.string({ required: true, description: "The words, at most ten." }),
    fields: t.field({ type: [SearchFieldEnum], description: "Where to look; everywhere when left out." }),
  }),
});

export const TrashModeEnum = builder.enumType("TrashMode", {
  description: "Whether a list shows records in the trash.",
  values: {
    EXCLUDE: { description: "Live records only." },
    INCLUDE: { description: "Live and trashed records." },
    ONLY: { description: "Trashed records only." },
  } as const,
});

export const OrderDirection = builder.enumType("OrderDirection", {
  description: "Which way a list runs.",
  values: {
    ASC: { description: "Smallest, earliest, A first." },
    DESC: { description: "Largest, latest, Z first." },
  } as const,
});

export const NullsOrder = builder.enumType("NullsOrder", {
  description: "Where records without a value stand.",
  values: {
    FIRST: { description: "Before all others." },
    LAST: { description: "After all others." },
  } as const,
});

const say = {
  eq: "Equals.",
  ne: "Does not equal; true for records without a value.",
  in: "Equals one of these; none of nothing.",
  notIn: "Equals none of these; true for records without a value.",
  contains: "Has this within it.",
  notContains: "Does not have this within it; true for records without a value.",
  startsWith: "Begins with this.",
  endsWith: "Ends with this.",
  gt: "Greater or later than this.",
  gte: "This, greater or later.",
  lt: "Less or earlier than this.",
  lte: "This, less or earlier.",
  hasAny: "Carries at least one of these.",
  hasAll: "Carries every one of these.",
  hasNone: "Carries none of these; true for records that carry nothing.",
  isEmpty: "true: has no value (null, blank text, empty list). false: has one.",
} as const;

type Operand = "String" | "Int" | "Float" | "Boolean" | "ID" | "Date" | "DateTime" | "Decimal";

const sets: Readonly<Record<string, readonly (keyof typeof say)[]>> = {
  text: ["eq", "ne", "in", "notIn", "contains", "notContains", "startsWith", "endsWith", "isEmpty"],
  equality: ["eq", "ne", "in", "notIn"],
  nullable: ["eq", "ne", "in", "notIn", "isEmpty"],
  boolean: ["eq", "ne", "isEmpty"],
  ordered: ["eq", "ne", "in", "notIn", "gt", "gte", "lt", "lte", "isEmpty"],
  range: ["gt", "gte", "lt", "lte", "isEmpty"],
  carried: ["hasAny", "hasAll", "hasNone", "isEmpty"],
};

const lists = new Set(["in", "notIn", "hasAny", "hasAll", "hasNone"]);

const comparator = (name: string, operand: Operand, operators: keyof typeof sets, description: string) =>
  builder.inputType(name, {
    description: `${description} Several operators are AND-ed.`,
    fields: (t) =>
      Object.fromEntries(
        (sets[operators] ?? []).map((operator) => [
          operator,
          t.field({
            type: operator === "isEmpty" ? "Boolean" : lists.has(operator) ? [operand] : operand,
            description: say[operator],
          }),
        ]),
      ),
  });

const StringFilter = comparator(
  "StringFilter",
  "String",
  "text",
  "Compares text without regard to case; %, _ and \\ are letters like others.",
);
const BooleanFilter = comparator("BooleanFilter", "Boolean", "boolean", "Compares true and false.");
const IntFilter = comparator("IntFilter", "Int", "ordered", "Compares whole numbers.");
const NumberFilter = comparator("NumberFilter", "Decimal", "ordered", "Compares numbers exactly.");
const DateFilter = comparator("DateFilter", "Date", "ordered", "Compares calendar days.");
const DateTimeFilter = comparator("DateTimeFilter", "DateTime", "range", "Compares moments.");
const SelectFilter = comparator("SelectFilter", "String", "nullable", "Compares one chosen option.");
const TagFilter = comparator(
  "TagFilter",
  "String",
  "carried",
  "Compares what is carried: tags by name or id, options by name.",
);
const IdFilter = comparator("IdFilter", "ID", "equality", "Compares ids.");
const MemberFilter = comparator("MemberFilter", "ID", "nullable", "Compares members by id.");
const SourceFilter = comparator("EnumFilter", "String", "equality", "Compares values of an enum by name.");

const comparators = {
  text: StringFilter,
  email: StringFilter,
  phone: StringFilter,
  boolean: BooleanFilter,
  integer: IntFilter,
  number: NumberFilter,
  date: DateFilter,
  dateTime: DateTimeFilter,
  enum: SourceFilter,
  select: SelectFilter,
  multiSelect: TagFilter,
  tags: TagFilter,
  id: IdFilter,
  member: MemberFilter,
} as const satisfies Record<FieldType, unknown>;

const customTypes = ["text", "number", "boolean", "date", "dateTime", "select", "multiSelect"] as const;

const CustomFieldFilter = builder.inputType("CustomFieldFilter", {
  description: "Compares one custom field, with the comparator of its type.",
  fields: (t) => ({
    slug: t.string({ required: true, description: "The custom field's slug." }),
    ...Object.fromEntries(
      customTypes.map((type) => [
        type,
        t.field({ type: comparators[type], description: `For fields of type ${type}.` }),
      ]),
    ),
  }),
});

interface FilterShape {
  readonly [name: string]: unknown;
}

const filterInput = (name: string, entity: Entity, noun: string) => {
  const ref = builder.inputRef<FilterShape>(name);
  ref.implement({
    description: `Which ${noun} to list: all that is given has to hold.`,
    fields: (t) => ({
      and: t.field({ type: [ref], description: "All of these hold; an empty list always does." }),
      or: t.field({ type: [ref], description: "At least one of these holds; an empty list never does." }),
      not: t.field({ type: ref, description: "This does not hold." }),
      ...Object.fromEntries(
        builtInFields[entity].map(({ path, type, description }) => [
          path,
          t.field({ type: comparators[type], description }),
        ]),
      ),
      customFields: t.field({ type: [CustomFieldFilter], description: "Custom fields, AND-ed." }),
    }),
  });
  return ref;
};

const orderInput = (name: string, entity: Entity, noun: string) => {
  const sortable = builtInFields[entity].filter((field) => field.sort);
  const OrderField = builder.enumType(`${name}Field`, {
    description: `What ${noun} can be put in order by.`,
    values: Object.fromEntries(
      sortable.map(({ path, description }) => [
        path.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
        { value: path, description },
      ]),
    ),
  });
  const input = builder.inputType(name, {
    description: `One criterion of the order of ${noun}: a field or a custom field. The id breaks every tie.`,
    fields: (t) => ({
      field: t.field({ type: OrderField, description: "A built-in field." }),
      customField: t.string({ description: "Slug of a custom field, instead." }),
      direction: t.field({ type: OrderDirection, defaultValue: "ASC", description: "Which way." }),
      nulls: t.field({
        type: NullsOrder,
        defaultValue: "LAST",
        description: "Where records without a value stand.",
      }),
    }),
  });
  return { input, field: OrderField };
};

export const ContactFilter = filterInput("ContactFilter", "CONTACT", "contacts");
export const LeadFilter = filterInput("LeadFilter", "LEAD", "leads");
export const { input: ContactOrder, field: ContactOrderField } = orderInput(
  "ContactOrder",
  "CONTACT",
  "contacts",
);
export const { input: LeadOrder } = orderInput("LeadOrder", "LEAD", "leads");

/** What every list of contacts or leads can be asked for, its page apart. */
const listArgs = <
  Filter extends typeof ContactFilter | typeof LeadFilter,
  Order extends typeof ContactOrder | typeof LeadOrder,
>(
  filter: Filter,
  order: Order,
  noun: string,
) =>
  builder.args((t) => ({
    filter: t.field({ type: filter, description: `Which ${noun}, typed.` }),
    query: t.field({ type: SmartListQueryInput, description: `Which ${noun}, as an OR of AND groups.` }),
    search: t.field({ type: SearchInput, description: "Free text." }),
    orderBy: t.field({ type: [order], description: "Their order; newest first when left out." }),
    trash: t.field({
      type: TrashModeEnum,
      defaultValue: "EXCLUDE",
      description: `Whether to show trashed ${noun}.`,
    }),
  }));

export const contactListArgs = () => listArgs(ContactFilter, ContactOrder, "contacts");
export const leadListArgs = () => listArgs(LeadFilter, LeadOrder, "leads");
