import { builder } from "../../graphql/builder.ts";
import { type SearchField, searchFields } from "../compile/search.ts";
import { limits } from "../language/problem.ts";
import { type GenericOperator, genericOperators } from "../registry/operators.ts";

/** The query form, the free-text search, and sort orders. */

export const FilterOperator = builder.enumType("FilterOperator", {
  description:
    "Operator of a condition. Every comparison is true or false: NE, NOT_IN, NOT_CONTAINS and HAS_NONE also match records without a value.",
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
      description: "The operator, which must fit the field's type.",
    }),
    value: t.field({
      type: "JSON",
      description: "The operand: a list for IN, NOT_IN and HAS_…; none for IS_EMPTY and IS_NOT_EMPTY.",
    }),
  }),
});

const Group = builder.inputType("SmartListGroupInput", {
  description: "Conditions that must all match.",
  fields: (t) => ({
    conditions: t.field({
      type: [Condition],
      required: true,
      description: `1 to ${limits.conditions} conditions, AND-ed.`,
    }),
  }),
});

export const SmartListQueryInput = builder.inputType("SmartListQueryInput", {
  description: "A generic filter: groups of which at least one must match.",
  fields: (t) => ({
    groups: t.field({ type: [Group], required: true, description: `1 to ${limits.groups} groups, OR-ed.` }),
  }),
});

const SearchFieldEnum = builder.enumType("SearchField", {
  description: "Fields that a free-text search looks in.",
  values: Object.fromEntries(
    Object.entries(searchFields).map(([name, { description }]) => [name, { description }]),
  ) as Record<SearchField, { description: string }>,
});

export const SearchInput = builder.inputType("SearchInput", {
  description: "A free-text search: every word must be found, regardless of case and accents.",
  fields: (t) => ({
    text: t.string({ required: true, description: "The words, at most ten." }),
    fields: t.field({ type: [SearchFieldEnum], description: "Fields to search; all by default." }),
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
  description: "Sort direction.",
  values: {
    ASC: { description: "Smallest, earliest, A first." },
    DESC: { description: "Largest, latest, Z first." },
  } as const,
});

export const NullsOrder = builder.enumType("NullsOrder", {
  description: "Position of records without a value.",
  values: {
    FIRST: { description: "Before all others." },
    LAST: { description: "After all others." },
  } as const,
});
