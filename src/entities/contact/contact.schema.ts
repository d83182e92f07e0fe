import { encodeId } from "../../db/ids.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import { filteredConnection, listAsJson } from "../../filter/list/list.ts";
import { ContactConnection } from "../../filter/schema/contacts.schema.ts";
import { contactListArgs } from "../../filter/schema/filter.schema.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { offsetArg, pageArgs } from "../../graphql/connection.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode, byIdAsJson } from "../../graphql/node.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { ModificationSource } from "../../records/enums.ts";
import { purgeAt } from "../../records/trash.ts";
import { contactTable } from "./contact.columns.ts";
import { addressNames, type NamesWith } from "./contact.table.ts";

const Address = builder
  .objectRef<Pick<ContactRow, NamesWith<{ readonly within: "address" }>>>("Address")
  .implement({
    description: "A postal address.",
    fields: (t) => shownFieldsOf(t, contactTable, "address"),
  });

const ofAddress = Object.fromEntries(addressNames.map((name) => [name, true])) as Record<
  (typeof addressNames)[number],
  true
>;

const Contact = builder.prismaObject("Contact", {
  ...keyed,
  description: "A contact: a person whom the organization knows.",
  fields: (t) => ({
    organizationId: t.id({
      description: "The organization it belongs to.",
      select: { orgId: true },
      resolve: ({ orgId }) => encodeId("Organization", orgId),
    }),
    ...shownFieldsOf(t, contactTable),
    address: t.field({
      type: Address,
      nullable: true,
      description: "Postal address; null when all of its fields are empty.",
      select: ofAddress,
      resolve: (contact) => (addressNames.some((name) => contact[name] !== null) ? contact : null),
    }),
    callCount: t.exposeInt("callCount", { description: "How many calls were logged." }),
    lastCallAt: t.expose("lastCallAt", {
      type: "DateTime",
      nullable: true,
      description: "When the last call was.",
    }),
    lastModificationSource: t.expose("lastModificationSource", {
      type: ModificationSource,
      description: "The system that last wrote it.",
    }),
    version: t.exposeInt("version", {
      description: "Version: starts at 1, incremented by every change; for `expectedVersion`.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    deletedAt: t.expose("deletedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was moved to the trash.",
    }),
    removed: t.boolean({
      description:
        "Whether it is in the trash, or was purged so that only a stub without data is left. Its deals and conversations are kept.",
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
    mergedInto: t.field({
      type: "Contact",
      nullable: true,
      description: "The contact that it was merged into.",
      select: { mergedIntoId: true },
      resolve: ({ mergedIntoId }, _args, context, info) =>
        mergedIntoId === null ? null : byId.contact.load(context, mergedIntoId, info),
    }),
  }),
});

asNode(Contact, "contact", async (context, id, info) => present(await byId.contact.load(context, id, info)));

/** A purged contact exists only for the records that point to it. */
const present = (contact: ContactRow | null) => (contact?.purgedAt === null ? contact : null);

builder.queryFields((t) => ({
  contact: t.field({
    type: "Contact",
    nullable: true,
    description:
      "A contact by its id, trashed or not; null when there is none that the caller may see. The id of a merged contact returns the contact that it was merged into.",
    args: { id: t.arg.id({ required: true, description: "The contact's id." }) },
    extensions: byIdAsJson("Contact"),
    resolve: async (_root, { id }, context, info) => {
      const uuid = readIdOf("Contact", id, "id");
      return uuid === null ? null : present(await byId.contact.load(context, uuid, info));
    },
  }),
  contacts: t.field({
    type: ContactConnection,
    description: "Contacts, newest first. filter, query and search are AND-ed.",
    args: {
      ...contactListArgs(),
      ...pageArgs(),
      ...offsetArg(),
    },
    extensions: listAsJson("CONTACT", ({ db }) => db.contact),
    resolve: (_root, args, context, info) =>
      filteredConnection(context, "CONTACT", context.db.contact, args, { info }),
  }),
}));
