import { encodeId } from "../../db/ids.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import { filteredConnection } from "../../filter/list/list.ts";
import { contactListArgs } from "../../filter/schema/filter.schema.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { offsetArg, pageArgs } from "../../graphql/connection.ts";
import { LONG_TEXT, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { keyed } from "../../graphql/rows.ts";
import { purgeAt } from "../../records/trash.ts";
import { ContactConnection } from "./contact.connection.ts";
import { ModificationSource } from "./contact.enums.ts";

const Address = builder
  .objectRef<Pick<ContactRow, "street" | "city" | "state" | "zip" | "country">>("Address")
  .implement({
    description: "A postal address.",
    fields: (t) => ({
      street: t.exposeString("street", { nullable: true, description: "Street and number." }),
      city: t.exposeString("city", { nullable: true, description: "City." }),
      state: t.exposeString("state", { nullable: true, description: "State or province." }),
      zip: t.exposeString("zip", { nullable: true, description: "Postal code." }),
      country: t.exposeString("country", { nullable: true, description: "Country." }),
    }),
  });

const Contact = builder.prismaObject("Contact", {
  ...keyed,
  description: "A person the organization knows.",
  fields: (t) => ({
    organizationId: t.id({
      description: "The organization it belongs to.",
      select: { orgId: true },
      resolve: ({ orgId }) => encodeId("Organization", orgId),
    }),
    name: t.exposeString("name", { description: "Full name." }),
    firstName: t.exposeString("firstName", {
      nullable: true,
      description: "First name, where it is known apart.",
    }),
    lastName: t.exposeString("lastName", {
      nullable: true,
      description: "Last name, where it is known apart.",
    }),
    email: t.expose("email", { type: "EmailAddress", nullable: true, description: "E-mail address." }),
    phoneNumbers: t.expose("phoneNumbers", {
      type: ["PhoneNumber"],
      description: "Phone numbers in E.164, the primary one first.",
    }),
    company: t.exposeString("company", { nullable: true, description: "Company." }),
    title: t.exposeString("title", { nullable: true, description: "Job title." }),
    address: t.field({
      type: Address,
      nullable: true,
      description: "Postal address; null when nothing of it is known.",
      select: { street: true, city: true, state: true, zip: true, country: true },
      resolve: (contact) =>
        [contact.street, contact.city, contact.state, contact.zip, contact.country].some(
          (part) => part !== null,
        )
          ? contact
          : null,
    }),
    url: t.expose("url", { type: "URL", nullable: true, description: "Website." }),
    linkedinUrl: t.expose("linkedinUrl", { type: "URL", nullable: true, description: "LinkedIn profile." }),
    linkedinSalesUrl: t.expose("linkedinSalesUrl", {
      type: "URL",
      nullable: true,
      description: "LinkedIn Sales Navigator profile.",
    }),
    source: t.exposeString("source", { nullable: true, description: "Where the contact came from." }),
    notes: t.exposeString("notes", {
      nullable: true,
      description: "Free notes.",
      extensions: price({ cost: LONG_TEXT }),
    }),
    allowPhoneCalls: t.exposeBoolean("allowPhoneCalls", { description: "Whether they accept phone calls." }),
    doNotContact: t.exposeBoolean("doNotContact", {
      description: "Whether they must not be contacted at all.",
    }),
    callCount: t.exposeInt("callCount", { description: "How many calls were logged." }),
    lastCallAt: t.expose("lastCallAt", {
      type: "DateTime",
      nullable: true,
      description: "When the last call was.",
    }),
    lastModificationSource: t.expose("lastModificationSource", {
      type: ModificationSource,
      description: "Which system wrote it last.",
    }),
    version: t.exposeInt("version", {
      description: "Counts its changes, from 1; give it as `expectedVersion`.",
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
        "Whether it is in the trash, or was purged and is only a stub that says so. Its deals and conversations stay.",
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

/** A purged contact is only there for what points to it. */
const present = (contact: ContactRow | null) => (contact?.purgedAt === null ? contact : null);

builder.queryFields((t) => ({
  contact: t.field({
    type: "Contact",
    nullable: true,
    description:
      "A contact by its id, trashed or not; null when there is none that the caller may see. The id of a contact that was merged leads to the one that it was merged into.",
    args: { id: t.arg.id({ required: true, description: "The contact's id." }) },
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
    resolve: (_root, args, context, info) =>
      filteredConnection(context, "CONTACT", context.db.contact, args, { info }),
  }),
}));
