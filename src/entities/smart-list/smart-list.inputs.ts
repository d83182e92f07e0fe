import { z } from "zod";
import { genericOperators } from "../../filter/registry/operators.ts";
import { ContactOrder } from "../../filter/schema/filter.schema.ts";
import { SmartListQueryInput } from "../../filter/schema/query.schema.ts";
import { builder } from "../../graphql/builder.ts";
import { requiredText, rule } from "../../records/inputs.ts";

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];

const common = (t: InputFields) => ({
  order: t.field({
    type: [ContactOrder],
    description: "The order of its contacts, five criteria at most; newest first when left out.",
  }),
  columns: t.stringList({
    description: "What a table of it shows: names of fields, or `custom.<slug>`; 50 at most.",
  }),
  timeZone: t.field({
    type: "TimeZone",
    description: "Where its days begin; as the organization's when null.",
  }),
});

export const SmartListCreateInput = builder.inputType("SmartListCreateInput", {
  description: "A new smart list.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What people see, 1 to 200 characters." }),
    query: t.field({ type: SmartListQueryInput, required: true, description: "Which contacts." }),
    ...common(t),
  }),
});

export const SmartListUpdateInput = builder.inputType("SmartListUpdateInput", {
  description: "What to change: left out is untouched.",
  fields: (t) => ({
    name: t.string({ description: "What people see, 1 to 200 characters." }),
    query: t.field({ type: SmartListQueryInput, description: "Which contacts." }),
    position: t.int({ description: "Its place among the lists, from 0." }),
    ...common(t),
  }),
});

export const SmartListReplaceInput = builder.inputType("SmartListReplaceInput", {
  description: "One list of a set: with an id that list changes, without one it is new.",
  fields: (t) => ({
    id: t.id({ description: "The list that it is; none for a new one." }),
    name: t.string({ required: true, description: "What people see, 1 to 200 characters." }),
    query: t.field({ type: SmartListQueryInput, required: true, description: "Which contacts." }),
    ...common(t),
  }),
});

const operators = Object.keys(genericOperators) as [keyof typeof genericOperators];

const query = z.object({
  groups: z.array(
    z.object({
      conditions: z.array(
        z.object({ field: z.string(), op: z.enum(operators), value: z.unknown().optional() }),
      ),
    }),
  ),
});

const order = z
  .array(
    z.object({
      field: z.string().nullish(),
      customField: z.string().nullish(),
      direction: z.enum(["ASC", "DESC"]).nullish(),
      nulls: z.enum(["FIRST", "LAST"]).nullish(),
    }),
  )
  .max(5, "must not have more than 5 items")
  .nullish();

const columns = z.array(z.string().max(100)).max(50, "must not have more than 50 items").nullish();

const shape = { order, columns, timeZone: z.string().nullish() };

export const ListCreate = z.object({ name: requiredText(200), query, ...shape });
export const ListUpdate = z.object({
  name: requiredText(200).optional(),
  query: query.optional(),
  position: z.int().min(0, rule("INVALID_VALUE", "must be 0 or more")).nullish(),
  ...shape,
});
export const ListReplace = z
  .array(ListCreate.extend({ id: z.string().nullish() }))
  .max(200, "must not have more than 200 lists");

/** What a list says, checked. */
export type ListInput = z.infer<typeof ListUpdate>;
