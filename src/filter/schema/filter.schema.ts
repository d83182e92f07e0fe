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

/** The typed form. Its inputs are made from the registry. */

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

/** Filters of the many records that belong to one: `some`, `none` and `count`. */
const listFilters = new Map<FilterEntity, ReturnType<typeof listFilter>>();

const listFilter = (entity: FilterEntity) => {
  const { type, nouns } = filteredModels[entity];
  const [, noun] = nouns;
  return builder.inputType(`${type}ListFilter`, {
    description: `Which ${noun} a record must have. All that is given has to hold.`,
    fields: (t) => ({
      some: t.field({
        type: filters[entity],
        description: `At least one of its ${noun} is like this; {} is any.`,
      }),
      none: t.field({ type: filters[entity], description: `None of its ${noun} is like this; {} is any.` }),
      count: t.field({ type: IntFilter, description: `How many ${noun} it has, whatever they are like.` }),
    }),
  });
};

/** The input of one field; fields of related records are inside the relation's. */
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
    description: `Which ${noun} are meant: all that is given has to hold.`,
    fields: (t) => ({
      and: t.field({ type: [ref], description: "All of these hold; an empty list always does." }),
      or: t.field({ type: [ref], description: "At least one of these holds; an empty list never does." }),
      not: t.field({ type: ref, description: "This does not hold." }),
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

/** Enums are made when the schema is, as all fields are defined by then. */
const orderFields = new Map<FilterEntity, ReturnType<typeof orderFieldType>>();

const orderFieldType = (entity: FilterEntity) => {
  const { type, nouns } = filteredModels[entity];
  const [, noun] = nouns;
  return builder.enumType(`${type}OrderField`, {
    description: `What ${noun} can be put in order by.`,
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

/** The enum of what an entity's lists can be put in order by; to be asked for inside of `fields`. */
export function orderField(entity: FilterEntity): ReturnType<typeof orderFieldType> {
  const field = orderFields.get(entity) ?? orderFieldType(entity);
  orderFields.set(entity, field);
  return field;
}

const orderInput = (entity: FilterEntity) => {
  const { type, nouns } = filteredModels[entity];
  const [, noun] = nouns;
  return builder.inputType(`${type}Order`, {
    description: `One criterion of the order of ${noun}: a field or a custom field. The id breaks every tie.`,
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

/** Where the days of relative dates begin. */
export const timeZoneArg = () =>
  builder.args((t) => ({
    timeZone: t.field({
      type: "TimeZone",
      description:
        "Where the days of relative dates begin, such as Europe/Paris; as the smart list's or organization's when left out.",
    }),
  }));

/** The arguments of every list of contacts or leads, except those of the page. */
const listArgs = <
  Filter extends typeof ContactFilter | typeof LeadFilter,
  Order extends typeof ContactOrder | typeof LeadOrder,
>(
  filter: Filter,
  order: Order,
  noun: string,
) => ({
  ...builder.args((t) => ({
    filter: t.field({ type: filter, description: `Which ${noun}, typed.` }),
    query: t.field({ type: SmartListQueryInput, description: `Which ${noun}, as an OR of AND groups.` }),
    search: t.field({ type: SearchInput, description: "Free text." }),
    orderBy: t.field({ type: [order], description: "Their order; newest first when left out." }),
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

/** As the others; deals have no trash, and no free text. */
export const dealListArgs = () => ({
  ...builder.args((t) => ({
    filter: t.field({ type: DealFilter, description: "Which deals, typed." }),
    query: t.field({ type: SmartListQueryInput, description: "Which deals, as an OR of AND groups." }),
    orderBy: t.field({ type: [DealOrder], description: "Their order; newest first when left out." }),
  })),
  ...timeZoneArg(),
});
