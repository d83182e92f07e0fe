import type { LeadRow } from "../../db/prisma/rows.ts";
import { filteredConnection, listAsJson } from "../../filter/list/list.ts";
import { filteredConnectionType } from "../../filter/schema/facets.schema.ts";
import { leadListArgs } from "../../filter/schema/filter.schema.ts";
import { batched } from "../../graphql/batch.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { offsetArg, pageArgs } from "../../graphql/connection.ts";
import type { Context } from "../../graphql/context.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode, byIdAsJson } from "../../graphql/node.ts";
import { requestCache } from "../../graphql/request-cache.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { ModificationSource } from "../../records/enums.ts";
import { Money } from "../../records/money.schema.ts";
import { purgeAt } from "../../records/trash.ts";
import { leadTable } from "./lead.columns.ts";

const Lead = builder.prismaObject("Lead", {
  ...keyed,
  description: "A sales opportunity that is not yet a contact.",
  fields: (t) => ({
    ...shownFieldsOf(t, leadTable),
    dealValue: t.field({
      type: Money,
      nullable: true,
      description: "Expected value of a deal.",
      select: { dealValue: true, dealCurrency: true },
      resolve: ({ dealValue, dealCurrency }) =>
        dealValue === null || dealCurrency === null ? null : { value: dealValue, currency: dealCurrency },
    }),
    convertedContact: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that it was converted into; null when there is none that the caller may see.",
      select: { convertedContactId: true },
      resolve: ({ convertedContactId }, _args, context, info) =>
        convertedContactId === null ? null : byId.contact.load(context, convertedContactId, info),
    }),
    convertedDeal: t.field({
      type: "Deal",
      nullable: true,
      description: "The deal that was created from it.",
      select: { convertedDealId: true },
      resolve: ({ convertedDealId }, _args, context, info) =>
        convertedDealId === null ? null : byId.deal.load(context, convertedDealId, info),
    }),
    convertedAt: t.expose("convertedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was converted.",
    }),
    lastModificationSource: t.expose("lastModificationSource", {
      type: ModificationSource,
      description: "The system that last wrote it.",
    }),
    version: t.exposeInt("version", { description: "Version: starts at 1, incremented by every change." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    deletedAt: t.expose("deletedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was moved to the trash.",
    }),
    removed: t.boolean({
      description: "Whether it is in the trash, or was purged so that only a stub without data is left.",
      select: { deletedAt: true },
      resolve: ({ deletedAt }) => deletedAt !== null,
    }),
    purgeAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it will be purged from the trash; it can be restored until then.",
      select: { deletedAt: true },
      resolve: purgeAt,
    }),
  }),
});

asNode(Lead, "lead", async (context, id, info) => present(await byId.lead.load(context, id, info)));

/** A purged lead exists only for the records that point to it. */
const present = (lead: LeadRow | null) => (lead?.purgedAt === null ? lead : null);

const LeadConnection = filteredConnectionType("Lead", "leads", "LEAD");

builder.queryFields((t) => ({
  lead: t.field({
    type: "Lead",
    nullable: true,
    description: "A lead by its id, trashed or not; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The lead's id." }) },
    extensions: byIdAsJson("Lead"),
    resolve: async (_root, { id }, context, info) => {
      const uuid = readIdOf("Lead", id, "id");
      return uuid === null ? null : present(await byId.lead.load(context, uuid, info));
    },
  }),
  leads: t.field({
    type: LeadConnection,
    description: "Leads, newest first. filter, query and search are AND-ed.",
    args: {
      ...leadListArgs(),
      ...pageArgs(),
      ...offsetArg(),
    },
    extensions: listAsJson("LEAD", ({ db }) => db.lead),
    resolve: (_root, args, context, info) =>
      filteredConnection(context, "LEAD", context.db.lead, args, { info }),
  }),
}));

const convertedTo = requestCache(({ db }: Context) =>
  batched<string, LeadRow[]>("convertedLeads", async (contactIds) => {
    const rows = await db.lead.findMany({
      where: { convertedContactId: { in: [...contactIds] }, purgedAt: null },
      orderBy: [{ convertedAt: "desc" }, { id: "desc" }],
    });
    return contactIds.map((id) => rows.filter(({ convertedContactId }) => convertedContactId === id));
  }),
);

builder.prismaObjectField("Contact", "convertedLeads", (t) =>
  t.field({
    type: ["Lead"],
    description: "The leads that were converted into this contact, latest first.",
    resolve: ({ id }, _args, context) => convertedTo(context).load(id),
  }),
);
