import { createServer } from "node:http";
import SchemaBuilder from "@pothos/core";
import PrismaPlugin, { formatPrismaCursor } from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import { PrismaPg } from "@prisma/adapter-pg";
import { createYoga } from "graphql-yoga";
import { type Prisma, PrismaClient } from "./generated/client/client.ts";
import { getDatamodel, type default as PrismaTypes } from "./generated/pothos.ts";

/**
 * The same tables through Yoga, Pothos with its Prisma plugin and Prisma as their documentation shows: connections
 * and relations by the plugin, filters by Prisma's own `where`. It knows neither tenants nor derived columns; the
 * organization is a header.
 */

const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: String(process.env.DATABASE_URL),
    max: Number(process.env.DATABASE_POOL ?? 10),
    options: "-c TimeZone=UTC",
  }),
});

interface Context {
  readonly orgId: string;
}

const builder = new SchemaBuilder<{
  PrismaTypes: PrismaTypes;
  Context: Context;
  Scalars: { JSON: { Input: unknown; Output: unknown }; DateTime: { Input: Date; Output: Date } };
}>({
  plugins: [PrismaPlugin, RelayPlugin],
  prisma: { client: prisma, dmmf: getDatamodel() },
});
builder.scalarType("JSON", { serialize: (value) => value });
builder.scalarType("DateTime", { serialize: (value) => value.toISOString() });

const newest = [{ createdAt: "desc" }, { id: "desc" }] as const;
const cursor = "orgId_id";

builder.prismaObject("Tag", { fields: (t) => ({ name: t.exposeString("name") }) });
builder.prismaObject("ContactTag", { fields: (t) => ({ tag: t.relation("tag") }) });
builder.prismaObject("Deal", {
  fields: (t) => ({
    id: t.exposeID("id"),
    name: t.exposeString("name"),
    value: t.string({ resolve: ({ value }) => value.toString() }),
    currency: t.exposeString("currency"),
    stage: t.exposeString("stage"),
    status: t.exposeString("status"),
  }),
});
builder.prismaObject("Activity", {
  fields: (t) => ({
    id: t.exposeID("id"),
    kind: t.exposeString("kind"),
    occurredAt: t.expose("occurredAt", { type: "DateTime" }),
    subject: t.exposeString("subject", { nullable: true }),
  }),
});
builder.prismaObject("Conversation", {
  fields: (t) => ({
    id: t.exposeID("id"),
    channel: t.exposeString("channel"),
    subject: t.exposeString("subject", { nullable: true }),
    lastMessageAt: t.expose("lastMessageAt", { type: "DateTime" }),
  }),
});
builder.prismaObject("Contact", {
  fields: (t) => ({
    id: t.exposeID("id"),
    name: t.exposeString("name"),
    email: t.exposeString("email", { nullable: true }),
    company: t.exposeString("company", { nullable: true }),
    phoneNumbers: t.exposeStringList("phoneNumbers"),
    title: t.exposeString("title", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    custom: t.expose("custom", { type: "JSON" }),
    tags: t.relation("tags"),
    deals: t.relatedConnection("deals", { cursor, query: { orderBy: [...newest] } }),
    activities: t.relatedConnection("activities", {
      cursor,
      query: { orderBy: [{ occurredAt: "desc" }, { id: "desc" }] },
    }),
    conversations: t.relatedConnection("conversations", {
      cursor,
      query: { orderBy: [{ lastMessageAt: "desc" }, { id: "desc" }] },
    }),
  }),
});

const whereOf = ({ orgId }: Context, where: unknown): Prisma.ContactWhereInput => ({
  orgId,
  deletedAt: null,
  ...(where as Prisma.ContactWhereInput | undefined),
});

builder.queryType({
  fields: (t) => ({
    contacts: t.prismaConnection({
      type: "Contact",
      cursor,
      args: { where: t.arg({ type: "JSON" }) },
      totalCount: (_root, { where }, context) => prisma.contact.count({ where: whereOf(context, where) }),
      resolve: (query, _root, { where }, context) =>
        prisma.contact.findMany({ ...query, where: whereOf(context, where), orderBy: [...newest] }),
    }),
    contact: t.prismaField({
      type: "Contact",
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (query, _root, { id }, { orgId }) =>
        prisma.contact.findUnique({ ...query, where: { orgId_id: { orgId, id: String(id) } } }),
    }),
    contactCursor: t.string({
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { orgId }) => formatPrismaCursor({ orgId, id }, ["orgId", "id"]),
    }),
  }),
});
builder.mutationType({
  fields: (t) => ({
    contactUpdate: t.prismaField({
      type: "Contact",
      args: { id: t.arg.id({ required: true }), title: t.arg.string({ required: true }) },
      resolve: (query, _root, { id, title }, { orgId }) =>
        prisma.contact.update({
          ...query,
          where: { orgId_id: { orgId, id: String(id) } },
          data: { title, version: { increment: 1 } },
        }),
    }),
  }),
});

const yoga = createYoga({
  schema: builder.toSchema(),
  context: ({ request }): Context => ({ orgId: request.headers.get("x-org-id") ?? "" }),
  graphiql: false,
});
createServer(yoga).listen(Number(process.env.PORT), "127.0.0.1");
