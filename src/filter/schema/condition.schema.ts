import { builder } from "../../graphql/builder.ts";
import { price } from "../../graphql/limits/price.ts";
import type { Condition, TreeNode } from "../language/condition.ts";
import type { Problem } from "../language/problem.ts";
import { FilterFieldType } from "./field.schema.ts";
import { FilterOperator } from "./query.schema.ts";
import { FilterValue } from "./value.schema.ts";

/** Output types for a filter as it was understood: its conditions, its tree, and what is wrong with it. */

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
