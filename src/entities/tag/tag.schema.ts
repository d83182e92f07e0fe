import { getNamedType, isObjectType } from "graphql";
import { ROW_END } from "../../db/read/children.ts";
import type { RowQuestion } from "../../db/read/row-questions.ts";
import type { TagUsage } from "../../db/read/tag-usage.ts";
import { answerOf, askedAhead } from "../../graphql/ahead.ts";
import { batched } from "../../graphql/batch.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import { fromAnswers, type PartOf, rowWriter } from "../../graphql/compiled/row.ts";
import type { Context } from "../../graphql/context.ts";
import { jsonRows } from "../../graphql/json-rows.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { selectOf } from "../../graphql/plan.ts";
import { requestCache } from "../../graphql/request-cache.ts";
import { keyed, type Rows } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { tagTable } from "./tag.columns.ts";

const usageOf = requestCache(({ db }: Context) =>
  batched<string, TagUsage>("tagUsage", (ids) => db.tagUsage(ids)),
);

const Tag = builder.prismaObject("Tag", {
  ...keyed,
  description: "A label for contacts and leads.",
  fields: (t) => ({
    ...shownFieldsOf(t, tagTable),
    contactCount: t.int({
      description: "Number of live contacts with it that the caller may see.",
      resolve: async ({ id }, _args, context) => (await usageOf(context).load(id)).contacts,
    }),
    leadCount: t.int({
      description: "Number of live leads with it that the caller may see.",
      resolve: async ({ id }, _args, context) => (await usageOf(context).load(id)).leads,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
  }),
});

asNode(Tag, "tag", byId.tag.load);

builder.queryFields((t) => ({
  tag: t.field({
    type: "Tag",
    nullable: true,
    description: "A tag by its id; null when there is none.",
    args: { id: t.arg.id({ required: true, description: "The tag's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("Tag", id, "id");
      return uuid === null ? null : byId.tag.load(context, uuid, info);
    },
  }),
  tags: t.field({
    type: ["Tag"],
    extensions: price({ items: 100 }),
    description: "The organization's tags, by name.",
    resolve: (_root, _args, { db }, info) =>
      db.tag.findMany({ orderBy: [{ nameKey: "asc" }], ...selectOf(info, "Tag") }),
  }),
}));

const rowsOfTags = jsonRows<Rows["Tag"]>(
  {
    orgId: "json",
    id: "json",
    name: "json",
    nameKey: "json",
    color: "json",
    createdAt: "moment",
    updatedAt: "moment",
  },
  ["orgId", "id", "name", "nameKey", "color", "createdAt", "updatedAt"],
)(new Set());
const question = { kind: "tags", text: rowsOfTags.text } as const satisfies RowQuestion;

/** The tags of a record as JSON, by name. */
const writtenTags: PartOf = (field, node, fragments) => {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return null;
  const writer = rowWriter(type, node.selectionSet, fragments, ["to_json(child.name_key)::text"]);
  if (!writer || writer.asks) return null;
  const { key, sql, columns } = writer.text;
  const text = { key, sql, columns: [...columns, "nameKey"] };
  const nameOf = (tag: string): string => JSON.parse(writer.beside(tag)[0] ?? '""');
  const byName = (one: string, other: string) => (nameOf(one) < nameOf(other) ? -1 : 1);
  return {
    columns: ["tagIds"],
    begin: () => ({
      questions: [{ kind: "tags", text }],
      write([tags = null]) {
        const rows = tags === null ? [] : tags.split(ROW_END);
        return `[${rows.sort(byName).map(writer.write).join(",")}]`;
      },
    }),
  };
};

for (const [type, noun] of [
  ["Contact", "contact"],
  ["Lead", "lead"],
] as const) {
  builder.prismaObjectField(type, "tags", (t) =>
    t.field({
      type: ["Tag"],
      description: `The ${noun}'s tags, by name.`,
      select: { tagIds: true },
      extensions: { ...askedAhead(() => [question]), ...fromAnswers(writtenTags) },
      resolve: async (row, _args, context) => {
        if (row.tagIds.length === 0) return [];
        const known = answerOf(row, question);
        const tags =
          known === undefined ? await byId.tag.loadMany(context, row.tagIds) : rowsOfTags.read(known);
        return tags.filter((tag) => tag !== null).sort((a, b) => (a.nameKey < b.nameKey ? -1 : 1));
      },
    }),
  );
}
