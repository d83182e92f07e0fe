import type { Activity } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { deletedPayload, payload, payloadType } from "../../graphql/payload.ts";
import { idArg, idempotencyKeyArg } from "../../records/args.ts";
import { ActivityCreateInput, ActivityUpdateInput } from "./activity.inputs.ts";
import { createActivity, deleteActivity, updateActivity } from "./activity.service.ts";

const activityPayload = (name: string, done: string) =>
  payloadType<Activity>(name, `the ${done} activity`, (t) => ({
    activity: t.expose("result", {
      type: "Activity",
      nullable: true,
      description: `The ${done} activity; null when refused.`,
    }),
  }));

builder.mutationFields((t) => ({
  activityCreate: t.field({
    extensions: needs("ACTIVITY_WRITE"),
    type: activityPayload("ActivityCreatePayload", "logged"),
    description: "Logs an activity. A CALL updates its contact's callCount and lastCallAt.",
    args: {
      input: t.arg({ type: ActivityCreateInput, required: true, description: "The activity." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => createActivity(context, input, idempotencyKey)),
  }),
  activityUpdate: t.field({
    extensions: needs("ACTIVITY_WRITE"),
    type: activityPayload("ActivityUpdatePayload", "changed"),
    description: "Changes an activity: omitted fields are left as they are, null clears.",
    args: {
      ...idArg("activity"),
      input: t.arg({ type: ActivityUpdateInput, required: true, description: "The fields to change." }),
    },
    resolve: (_root, { id, input }, context) => payload(() => updateActivity(context, id, input)),
  }),
  activityDelete: t.field({
    extensions: needs("ACTIVITY_WRITE"),
    type: deletedPayload("ActivityDeletePayload", "Activity", "activity"),
    description: "Permanently deletes an activity. A CALL no longer counts as one of its contact's calls.",
    args: idArg("activity"),
    resolve: (_root, { id }, context) => payload(() => deleteActivity(context, id)),
  }),
}));
