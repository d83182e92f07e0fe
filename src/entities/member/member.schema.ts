import { getNamedType, isObjectType } from "graphql";
import type { RowQuestion } from "../../db/read/row-questions.ts";
import type { MemberProfile } from "../../db/scope/members.ts";
import { answerOf, askedAhead } from "../../graphql/ahead.ts";
import { builder } from "../../graphql/builder.ts";
import { objectWriter } from "../../graphql/compiled/object.ts";
import { fromAnswers, type PartOf } from "../../graphql/compiled/row.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { DataScope, MemberRole } from "./member.inputs.ts";

builder.node("Member", {
  description:
    "A user's membership of the organization. Removed members remain as authors of activities and merges, and are not listed.",
  id: { resolve: (member) => member.id, description: "Global id, `member_…`." },
  loadManyWithoutCache: (ids, context) => byId.member.loadMany(context, ids),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name in this organization." }),
    email: t.expose("email", { type: "EmailAddress", description: "E-mail address." }),
    role: t.expose("role", { type: MemberRole, description: "Role." }),
    dataScope: t.expose("dataScope", { type: DataScope, description: "Which records the member sees." }),
    version: t.exposeInt("version", {
      description: "Incremented by every change of role or data scope; for `expectedVersion`.",
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "When the user first became a member.",
    }),
    removedAt: t.expose("removedAt", {
      type: "DateTime",
      nullable: true,
      description: "When the member was removed; null for current members.",
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
        description: "Whether to include removed members.",
      }),
    },
    resolve: (_root, { includeRemoved }, { db }) => db.members(null, includeRemoved ?? false),
  }),
);

/** A member from the answer to the question. */
function memberOf(answer: string | null): MemberProfile | null {
  if (answer === null) return null;
  const [id, name, email, role, dataScope, version, createdAt, removedAt] = JSON.parse(answer);
  const moment = (text: string | null) => (text === null ? null : new Date(`${text}Z`));
  return {
    ...{ id, name, email, role, dataScope, version },
    createdAt: new Date(`${createdAt}Z`),
    removedAt: moment(removedAt),
  };
}

const question = { kind: "member", column: "ownerId" } as const satisfies RowQuestion;

/** The owner of a record as JSON. */
const writtenOwner: PartOf = (field, node, fragments) => {
  const type = getNamedType(field.type);
  const write = isObjectType(type) && objectWriter<MemberProfile>(type, node.selectionSet, fragments);
  if (!write) return null;
  return {
    columns: ["ownerId"],
    begin: () => ({
      questions: [question],
      write([answer = null]) {
        const member = memberOf(answer);
        return member === null ? "null" : write(member);
      },
    }),
  };
};

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
      extensions: { ...askedAhead(() => [question]), ...fromAnswers(writtenOwner) },
      resolve: (row, _args, context) => {
        if (row.ownerId === null) return null;
        const known = answerOf(row, question);
        return known === undefined ? byId.member.load(context, row.ownerId) : memberOf(known);
      },
    }),
  );
}

builder.prismaObjectField("Activity", "author", (t) =>
  t.field({
    type: "Member",
    nullable: true,
    description: "The member who logged the activity.",
    select: { authorId: true },
    resolve: ({ authorId }, _args, context) =>
      authorId === null ? null : byId.member.load(context, authorId),
  }),
);
