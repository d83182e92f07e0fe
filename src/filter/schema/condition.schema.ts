import { builder } from "../../graphql/builder.ts";
import { price } from "../../graphql/limits/price.ts";
import type { Condition, TreeNode } from "../language/condition.ts";
import type { Problem } from "../language/problem.ts";
import { FilterFieldType } from "./field.schema.ts";
import { FilterOperator } from "./query.schema.ts";
import { FilterValue } from "./value.schema.ts";

/** Output types of a filter as it was understood: conditions, tree and problems. */

export const FilterCondition = builder.objectRef<Condition>("FilterCondition").implement({
  description: "One comparison, with its values in the type of the field.",
  fields: (t) => ({
    path: t.string({ description: "The field's name in conditions.", resolve: ({ name }) => name }),
    field: t.field({
      type: FilterFieldType,
      nullable: true,
      description: "The field; null if it no longer exists.",
      resolve: ({ name, field }) => field && { name, field },
    }),
    op: t.expose("op", { type: FilterOperator, description: "The comparison." }),
    not: t.exposeBoolean("not", { description: "Whether the comparison is negated." }),
    values: t.field({
      type: [FilterValue],
      extensions: price({ items: 3 }),
      description: "The operands; none for IS_EMPTY and IS_NOT_EMPTY.",
      resolve: ({ values }) => [...values],
    }),
    index: t.exposeString("index", {
      nullable: true,
      description: "The index that finds matching records; null if records are read one by one.",
    }),
    writtenAt: t.string({
      nullable: true,
      description: "Path of the condition in the arguments, such as `query.groups[0].conditions[1].value`.",
      resolve: ({ path }) => path,
    }),
  }),
});

const NodeKind = builder.enumType("FilterNodeKind", {
  description: "Kind of a node in a filter's tree.",
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
    "A node of a filter in normal form: no empty groups, negations only at conditions, no duplicates.",
  fields: (t) => ({
    kind: t.expose("kind", { type: NodeKind, description: "Kind of the node." }),
    condition: t.expose("condition", {
      type: FilterCondition,
      nullable: true,
      description: "The comparison; for CONDITION.",
    }),
    relation: t.exposeString("relation", {
      nullable: true,
      description: "The relation, such as `deals`; for SOME and NO.",
    }),
    nodes: t.field({
      type: [FilterNode],
      extensions: price({ items: 3 }),
      description: "The parts of AND and OR; the condition on the related record of SOME and NO.",
      resolve: ({ nodes }) => [...nodes],
    }),
  }),
});

export const FilterProblem = builder.objectRef<Problem>("FilterProblem").implement({
  description: "A problem of a filter.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Error code." }),
    message: t.exposeString("message", { description: "Error message." }),
    path: t.exposeString("path", {
      description: "Path in the filter, such as `query.groups[0].conditions[1].field`.",
    }),
    suggestions: t.stringList({
      description: "Similar names, or allowed values.",
      resolve: ({ suggestions }) => [...suggestions],
    }),
  }),
});
