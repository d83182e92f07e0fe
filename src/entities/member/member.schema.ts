import { builder } from "../../graphql/builder.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";

const MemberRole = builder.enumType("MemberRole", {
  description: "What a member may do.",
  values: {
    OWNER: { description: "Everything, and cannot be removed by others." },
    ADMIN: { description: "Everything." },
    MEMBER: { description: "Reads and writes records." },
    READ_ONLY: { description: "Reads records." },
  } as const,
});

const DataScope = builder.enumType("DataScope", {
  description: "Which records a member sees.",
  values: {
    ALL: { description: "All of the organization's." },
    ASSIGNED: { description: "Only contacts and leads assigned to them, and what hangs from those." },
  } as const,
});

builder.node("Member", {
  description: "A user's place in the organization.",
  id: { resolve: (member) => member.id, description: "Global id, `member_…`." },
  loadManyWithoutCache: (ids, context) => byId.member.loadMany(context, ids),
  fields: (t) => ({
    name: t.exposeString("name", { description: "The user's name." }),
    email: t.expose("email", { type: "EmailAddress", description: "The user's e-mail address." }),
    role: t.expose("role", { type: MemberRole, description: "What they may do." }),
    dataScope: t.expose("dataScope", { type: DataScope, description: "Which records they see." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Since when they are a member." }),
  }),
});

builder.queryField("members", (t) =>
  t.field({
    type: ["Member"],
    extensions: price({ items: 100 }),
    description: "The organization's members, by name.",
    resolve: (_root, _args, { db }) => db.members(null),
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
