import { builder } from "../../graphql/builder.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { DataScope, MemberRole } from "./member.inputs.ts";

builder.node("Member", {
  description:
    "A user's place in the organization. One who was removed is still there for what they did, and is no longer listed.",
  id: { resolve: (member) => member.id, description: "Global id, `member_…`." },
  loadManyWithoutCache: (ids, context) => byId.member.loadMany(context, ids),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Their name in this organization." }),
    email: t.expose("email", { type: "EmailAddress", description: "Their e-mail address." }),
    role: t.expose("role", { type: MemberRole, description: "What they may do." }),
    dataScope: t.expose("dataScope", { type: DataScope, description: "Which records they see." }),
    version: t.exposeInt("version", {
      description: "Incremented by every change of their role or data scope; for `expectedVersion`.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When they became a member first." }),
    removedAt: t.expose("removedAt", {
      type: "DateTime",
      nullable: true,
      description: "When they were removed; null while they are a member.",
    }),
  }),
});

builder.queryField("members", (t) =>
  t.field({
    type: ["Member"],
    extensions: price({ items: 100 }),
    description: "The organization's members, by name.",
    args: {
      includeRemoved: t.arg.boolean({
        defaultValue: false,
        description: "Whether those who were removed are among them.",
      }),
    },
    resolve: (_root, { includeRemoved }, { db }) => db.members(null, includeRemoved ?? false),
  }),
);

for (const [type, noun] of [
  ["Contact", "contact"],
  ["Lead", "lead"],
  ["Deal", "deal"],
] as const) {
  builder.prismaObjectField(type, "owner", (t) =>
    t.field({
      type: "Member",
      nullable: true,
      description: `The member to whom the ${noun} is assigned.`,
      select: { ownerId: true },
      resolve: ({ ownerId }, _args, context) =>
        ownerId === null ? null : byId.member.load(context, ownerId),
    }),
  );
}

builder.prismaObjectField("Activity", "author", (t) =>
  t.field({
    type: "Member",
    nullable: true,
    description: "The member who logged it.",
    select: { authorId: true },
    resolve: ({ authorId }, _args, context) =>
      authorId === null ? null : byId.member.load(context, authorId),
  }),
);
