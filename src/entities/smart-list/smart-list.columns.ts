import { z } from "zod";
import { genericOperators } from "../../filter/registry/operators.ts";
import { ContactOrder } from "../../filter/schema/filter.schema.ts";
import { SmartListQueryInput } from "../../filter/schema/query.schema.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import { type Column, written } from "../../records/columns.ts";
import { requiredText, rule, seen } from "../../records/inputs.ts";

/** The columns of a smart list: each is defined here, and only here. */

/** The columns that no caller writes: keys and stamps. */
type Unwritten = "orgId" | "id" | "version" | "createdAt" | "updatedAt";

const name = { type: "String", description: "Display name, 1 to 200 characters." } as const;

const operators = Object.keys(genericOperators) as [keyof typeof genericOperators];

const query = {
  type: SmartListQueryInput,
  description: "The filter.",
  check: z.object({
    groups: z.array(
      z.object({
        conditions: z.array(
          z.object({ field: z.string(), op: z.enum(operators), value: z.unknown().optional() }),
        ),
      }),
    ),
  }),
} as const;

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

/** Properties of all rows: smart lists cannot be filtered. */
const common = { filter: [] } as const;

export const smartListTable = {
  name: {
    ...common,
    description: "Display name.",
    create: { ...name, required: true, check: requiredText(200) },
    update: { ...name, check: requiredText(200).optional() },
    shown: { type: "String" },
    blank: "",
  },
  query: {
    ...common,
    description: "The filter.",
    create: { ...query, required: true },
    update: { ...query, check: query.check.optional() },
    shown: null,
    blank: null,
  },
  /** A new list is placed after the others. */
  position: {
    ...common,
    description: "Position among the lists, from 0.",
    create: null,
    update: {
      type: "Int",
      description: "Position among the lists, from 0.",
      check: z.int().min(0, rule("INVALID_VALUE", "must be 0 or more")).nullish(),
    },
    shown: { type: "Int" },
    blank: 0,
  },
  order: {
    ...common,
    description: "The order of its contacts; newest first when empty.",
    ...written({
      type: [ContactOrder],
      description: "Order of its contacts, at most five criteria; newest first by default.",
      check: order,
    }),
    shown: null,
    blank: [],
  },
  columns: {
    ...common,
    description: "Columns to show in a table.",
    ...written({
      type: ["String"],
      description: "Columns to show in a table: names of fields, or `custom.<slug>`; at most 50.",
      check: z.array(seen().max(100)).max(50, "must not have more than 50 items").nullish(),
    }),
    shown: { type: ["String"] },
    blank: [],
  },
  timeZone: {
    ...common,
    description: "Time zone for its dates; null for the organization's.",
    ...written({
      type: "TimeZone",
      description: "Time zone for its dates; null for the organization's.",
      check: z.string().nullish(),
    }),
    shown: { type: "TimeZone", nullable: true },
    blank: null,
  },
} as const satisfies Record<Exclude<keyof SmartList, Unwritten>, Column>;
