import type { DealRow } from "../../db/prisma/rows.ts";
import { filteredConnection, listAsJson } from "../../filter/list/list.ts";
import { filteredConnectionType } from "../../filter/schema/facets.schema.ts";
import { dealListArgs } from "../../filter/schema/filter.schema.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { childConnection } from "../../graphql/children.ts";
import { ofSameRow } from "../../graphql/compiled/row.ts";
import { offsetArg, pageArgs } from "../../graphql/connection.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode, byIdAsJson } from "../../graphql/node.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { Money } from "../../records/money.schema.ts";
import { dealTable } from "./deal.columns.ts";

const Deal = builder.prismaObject("Deal", {
  ...keyed,
  description: "A deal: an opportunity with a value.",
  fields: (t) => ({
    ...shownFieldsOf(t, dealTable),
    value: t.field({
      type: Money,
      description: "Value.",
      select: { value: true, currency: true },
      extensions: ofSameRow(),
      resolve: ({ value, currency }) => ({ value, currency }),
    }),
    version: t.exposeInt("version", { description: "Version: starts at 1, incremented by every change." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    contact: t.field({
      type: "Contact",
      nullable: true,
      description:
        "The contact it is with, `removed` when it is in the trash or purged; null when there is none that the caller may see.",
      select: { contactId: true },
      resolve: ({ contactId }, _args, context, info) =>
        contactId === null ? null : byId.contact.load(context, contactId, info),
    }),
    lead: t.field({
      type: "Lead",
      nullable: true,
      description:
        "The lead it came from, `removed` when it is in the trash or purged; null when there is none that the caller may see.",
      select: { leadId: true },
      resolve: ({ leadId }, _args, context, info) =>
        leadId === null ? null : byId.lead.load(context, leadId, info),
    }),
  }),
});

asNode(Deal, "deal", byId.deal.load);

const DealConnection = filteredConnectionType("Deal", "deals", "DEAL");

builder.queryFields((t) => ({
  deal: t.field({
    type: "Deal",
    nullable: true,
    description: "A deal by its id; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The deal's id." }) },
    extensions: byIdAsJson("Deal"),
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("Deal", id, "id");
      return uuid === null ? null : byId.deal.load(context, uuid, info);
    },
  }),
  deals: t.field({
    type: DealConnection,
    description: "Deals, newest first. filter and query are AND-ed.",
    args: { ...dealListArgs(), ...pageArgs(), ...offsetArg() },
    extensions: listAsJson("DEAL", ({ db }) => db.deal),
    resolve: (_root, args, context, info) =>
      filteredConnection(context, "DEAL", context.db.deal, args, { info }),
  }),
}));

for (const [type, parent] of [
  ["Contact", "contact"],
  ["Lead", "lead"],
] as const) {
  const children = childConnection<DealRow>({
    model: "Deal",
    parent,
    columns: {
      orgId: "json",
      id: "json",
      name: "json",
      value: "decimal",
      currency: "json",
      stage: "json",
      status: "json",
      expectedCloseOn: "day",
      contactId: "json",
      leadId: "json",
      ownerId: "json",
      version: "json",
      createdAt: "moment",
      updatedAt: "moment",
    },
    at: "createdAt",
  });
  builder.prismaObjectField(type, "deals", (t) =>
    t.field({
      type: DealConnection,
      description: `The ${parent}'s deals, newest first.`,
      args: pageArgs(),
      extensions: children.extensions,
      resolve: (parent, args, context, info) => children.page(context, parent, args, info),
    }),
  );
}
