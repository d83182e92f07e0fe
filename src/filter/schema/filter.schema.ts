import { builder } from "../../graphql/builder.ts";
import { builtInFields } from "../registry/built-in.ts";
import { type FilterEntity, type FilterField, filteredModels } from "../registry/fields.ts";
import { CustomFieldFilter, comparators, IntFilter } from "./comparators.schema.ts";
import {
  NullsOrder,
  OrderDirection,
  SearchInput,
  SmartListQueryInput,
  TrashModeEnum,
} from "./query.schema.ts";

/** The typed form. Its inputs are generated from the registry. */

interface FilterShape {
  readonly [name: string]: unknown;
}

const entities = Object.keys(filteredModels) as FilterEntity[];

const refOf = (entity: FilterEntity) => builder.inputRef<FilterShape>(`${filteredModels[entity].type}Filter`);

const filters = Object.fromEntries(entities.map((entity) => [entity, refOf(entity)])) as Readonly<
  Record<FilterEntity, ReturnType<typeof refOf>>
>;

export const ContactFilter = filters.CONTACT;
export const LeadFilter = filters.LEAD;
const DealFilter = filters.DEAL;

/** Filter inputs of to-many relations: `some`, `none` and `count`. */
const listFilters = new Map<FilterEntity, ReturnType<typeof listFilter>>();

const listFilter = (entity: FilterEntity) => {
  const { type, nouns } = filteredModels[entity];
  const [, noun] = nouns;
  return builder.inputType(`${type}ListFilter`, {
    description: `Conditions on the ${noun} of a record, AND-ed.`,
    fields: (t) => ({
      some: t.field({
        type: filters[entity],
        description: `At least one of its ${noun} matches; {} matches any.`,
      }),
      none: t.field({ type: filters[entity], description: `None of its ${noun} matches; {} matches any.` }),
      count: t.field({ type: IntFilter, description: `The total number of its ${noun}.` }),
    }),
  });
};

/** The input type of a field; fields of related records are in the relation's input. */
function inputOf({ type, storage }: FilterField) {
  if (storage.kind !== "relation") return type === "relation" ? IntFilter : comparators[type];
  const { target, one } = storage.relation;
  if (one) return filters[target];
  const input = listFilters.get(target) ?? listFilter(target);
  listFilters.set(target, input);
  return input;
}

for (const entity of entities) {
  const [, noun] = filteredModels[entity].nouns;
  const ref = filters[entity];
  ref.implement({
    description: `Conditions on ${noun}, AND-ed.`,
    fields: (t) => ({
      and: t.field({ type: [ref], description: "All of these match; an empty list matches everything." }),
      or: t.field({
        type: [ref],
        description: "At least one of these matches; an empty list matches nothing.",
      }),
      not: t.field({ type: ref, description: "This does not match." }),
      ...Object.fromEntries(
        builtInFields(entity)
          .filter(({ path }) => !path.includes("."))
          .map((field) => [field.path, t.field({ type: inputOf(field), description: field.description })]),
      ),
      ...((entity === "CONTACT" || entity === "LEAD") && {
        customFields: t.field({ type: [CustomFieldFilter], description: "Custom fields, AND-ed." }),
      }),
    }),
  });
}

/** The enums are built together with the schema, when all fields are defined. */
const orderFields = new Map<FilterEntity, ReturnType<typeof orderFieldType>>();

const orderFieldType = (entity: FilterEntity) => {
  const { type, nouns } = filteredModels[entity];
  const [, noun] = nouns;
  return builder.enumType(`${type}OrderField`, {
    description: `Fields that ${noun} can be sorted by.`,
    values: Object.fromEntries(
      builtInFields(entity)
        .filter((field) => field.sort)
        .map(({ path, description }) => [
          path.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
          { value: path, description },
        ]),
    ),
  });
};

/** The enum of an entity's sortable fields; call it only inside `fields`, since it needs all fields to be defined. */
export function orderField(entity: FilterEntity): ReturnType<typeof orderFieldType> {
  const field = orderFields.get(entity) ?? orderFieldType(entity);
  orderFields.set(entity, field);
  return field;
}

const orderInput = (entity: FilterEntity) => {
  const { type, nouns } = filteredModels[entity];
  const [, noun] = nouns;
  return builder.inputType(`${type}Order`, {
    description: `A sort key of ${noun}: a field or a custom field. Ties are ordered by id.`,
    fields: (t) => ({
      field: t.field({ type: orderField(entity), description: "A built-in field." }),
      customField: t.string({ description: "Slug of a custom field, in place of `field`." }),
      direction: t.field({ type: OrderDirection, defaultValue: "ASC", description: "Direction." }),
      nulls: t.field({
        type: NullsOrder,
        defaultValue: "LAST",
        description: "Position of records without a value.",
      }),
    }),
  });
};

export const ContactOrder = orderInput("CONTACT");
export const LeadOrder = orderInput("LEAD");
const DealOrder = orderInput("DEAL");

/** The time zone of relative dates. */
export const timeZoneArg = () =>
  builder.args((t) => ({
    timeZone: t.field({
      type: "TimeZone",
      description:
        "Time zone of relative dates, such as Europe/Paris; by default the smart list's, otherwise the organization's.",
    }),
  }));

/** The arguments of lists of contacts and leads, except those of the page. */
const listArgs = <
  Filter extends typeof ContactFilter | typeof LeadFilter,
  Order extends typeof ContactOrder | typeof LeadOrder,
>(
  filter: Filter,
  order: Order,
  noun: string,
) => ({
  ...builder.args((t) => ({
    filter: t.field({ type: filter, description: `Typed filter of ${noun}.` }),
    query: t.field({
      type: SmartListQueryInput,
      description: `Generic filter of ${noun}: an OR of AND groups.`,
    }),
    search: t.field({ type: SearchInput, description: "Free text." }),
    orderBy: t.field({ type: [order], description: "Sort order; newest first by default." }),
    trash: t.field({
      type: TrashModeEnum,
      defaultValue: "EXCLUDE",
      description: `Whether to show trashed ${noun}.`,
    }),
  })),
  ...timeZoneArg(),
});

export const contactListArgs = () => listArgs(ContactFilter, ContactOrder, "contacts");
export const leadListArgs = () => listArgs(LeadFilter, LeadOrder, "leads");

/** The same arguments for deals, which have no trash and no free-text search. */
export const dealListArgs = () => ({
  ...builder.args((t) => ({
    filter: t.field({ type: DealFilter, description: "Typed filter of deals." }),
    query: t.field({
      type: SmartListQueryInput,
      description: "Generic filter of deals: an OR of AND groups.",
    }),
    orderBy: t.field({ type: [DealOrder], description: "Sort order; newest first by default." }),
  })),
  ...timeZoneArg(),
});
