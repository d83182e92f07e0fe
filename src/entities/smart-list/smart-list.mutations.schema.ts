import type { SmartList } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { deletedPayload, payload, payloadType } from "../../graphql/payload.ts";
import { expectedVersionArg, idArg, idempotencyKeyArg } from "../../records/args.ts";
import { SmartListCreateInput, SmartListReplaceInput, SmartListUpdateInput } from "./smart-list.inputs.ts";
import {
  createList,
  deleteList,
  type ReplacedLists,
  replaceLists,
  updateList,
} from "./smart-list.service.ts";

const listPayload = (name: string, done: string) =>
  payloadType<SmartList>(name, `the ${done} list`, (t) => ({
    smartList: t.expose("result", {
      type: "SmartList",
      nullable: true,
      description: `The ${done} list; null when refused.`,
    }),
  }));

const ReplacePayload = payloadType<ReplacedLists>("SmartListsReplacePayload", "the whole set", (t) => ({
  smartLists: t.field({
    type: ["SmartList"],
    description: "The lists in their order; empty when refused.",
    resolve: ({ result }) => [...(result?.lists ?? [])],
  }),
  version: t.int({
    nullable: true,
    description: "The new version of the set; null when refused.",
    resolve: ({ result }) => result?.version ?? null,
  }),
}));

builder.mutationFields((t) => ({
  smartListCreate: t.field({
    extensions: needs("SMART_LIST_MANAGE"),
    type: listPayload("SmartListCreatePayload", "new"),
    description: "Creates a smart list: a saved filter of contacts, shared in the organization.",
    args: {
      input: t.arg({ type: SmartListCreateInput, required: true, description: "The new list." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createList(context, input, idempotencyKey)),
  }),
  smartListUpdate: t.field({
    extensions: needs("SMART_LIST_MANAGE"),
    type: listPayload("SmartListUpdatePayload", "changed"),
    description: "Changes a smart list, or moves it.",
    args: {
      ...idArg("list"),
      input: t.arg({ type: SmartListUpdateInput, required: true, description: "The fields to change." }),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, input, expectedVersion }, context) =>
      payload(() => updateList(context, id, input, expectedVersion)),
  }),
  smartListDelete: t.field({
    extensions: needs("SMART_LIST_MANAGE"),
    type: deletedPayload("SmartListDeletePayload", "SmartList", "list"),
    description: "Deletes a smart list; its contacts are not affected.",
    args: idArg("list"),
    resolve: (_root, { id }, context) => payload(() => deleteList(context, id)),
  }),
  smartListsReplace: t.field({
    extensions: needs("SMART_LIST_MANAGE"),
    type: ReplacePayload,
    description:
      "Replaces the organization's smart lists by the given ones, in this order: lists with an id are changed, lists without one are created, all others are deleted.",
    args: {
      input: t.arg({ type: [SmartListReplaceInput], required: true, description: "All lists, at most 200." }),
      expectedVersion: t.arg.int({
        required: true,
        description:
          "The `smartListsVersion` that the caller has seen; the mutation is refused if the set has changed since.",
      }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, expectedVersion, idempotencyKey }, context) =>
      payload(() => replaceLists(context, input, expectedVersion, idempotencyKey)),
  }),
}));
