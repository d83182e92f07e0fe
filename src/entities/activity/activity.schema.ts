import type { Activity } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { childConnection } from "../../graphql/children.ts";
import { connectionType, pageArgs } from "../../graphql/connection.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { activityTable } from "./activity.columns.ts";

const ActivityType = builder.prismaObject("Activity", {
  ...keyed,
  description: "A call, message, meeting, note or task of a contact, a lead or a deal.",
  fields: (t) => ({
    ...shownFieldsOf(t, activityTable),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was logged." }),
    contact: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact it was with; null when there is none that the caller may see.",
      select: { contactId: true },
      resolve: ({ contactId }, _args, context, info) =>
        contactId === null ? null : byId.contact.load(context, contactId, info),
    }),
    lead: t.field({
      type: "Lead",
      nullable: true,
      description: "The lead it was with; null when there is none that the caller may see.",
      select: { leadId: true },
      resolve: ({ leadId }, _args, context, info) =>
        leadId === null ? null : byId.lead.load(context, leadId, info),
    }),
    deal: t.field({
      type: "Deal",
      nullable: true,
      description: "The deal it was about; null when there is none that the caller may see.",
      select: { dealId: true },
      resolve: ({ dealId }, _args, context, info) =>
        dealId === null ? null : byId.deal.load(context, dealId, info),
    }),
  }),
});

asNode(ActivityType, "activity", byId.activity.load);

builder.queryField("activity", (t) =>
  t.field({
    type: "Activity",
    nullable: true,
    description: "An activity by its id; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The activity's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("Activity", id, "id");
      return uuid === null ? null : byId.activity.load(context, uuid, info);
    },
  }),
);

const ActivityConnection = connectionType("Activity", "activities");

for (const [type, parent] of [
  ["Contact", "contact"],
  ["Lead", "lead"],
  ["Deal", "deal"],
] as const) {
  const children = childConnection<Activity>({
    model: "Activity",
    parent,
    columns: {
      orgId: "json",
      id: "json",
      kind: "json",
      occurredAt: "moment",
      subject: "json",
      body: "json",
      durationSeconds: "json",
      contactId: "json",
      leadId: "json",
      dealId: "json",
      authorId: "json",
      createdAt: "moment",
      updatedAt: "moment",
    },
    at: "occurredAt",
  });
  builder.prismaObjectField(type, "activities", (t) =>
    t.field({
      type: ActivityConnection,
      description: `The ${parent}'s activities, latest first.`,
      args: pageArgs(),
      extensions: children.extensions,
      resolve: (parent, args, context, info) => children.page(context, parent, args, info),
    }),
  );
}
