import { builder } from "../../builder.ts";
import { byId } from "../../loaders.ts";

builder.node("Tag", {
  description: "A label for contacts and leads.",
  id: { resolve: (tag) => tag.id, description: "Global id, `tag_…`." },
  loadMany: (ids, context) => byId.tag.loadMany(context, ids),
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "Unique in the organization without regard to case or outer spaces.",
    }),
    color: t.exposeString("color", { nullable: true, description: "`#rrggbb`." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
  }),
});

builder.queryField("tags", (t) =>
  t.field({
    type: ["Tag"],
    description: "The organization's tags, by name.",
    resolve: (_root, _args, { db }) => db.tag.findMany({ orderBy: [{ nameKey: "asc" }] }),
  }),
);

for (const [type, noun] of [
  ["Contact", "contact"],
  ["Lead", "lead"],
] as const) {
  builder.objectField(type, "tags", (t) =>
    t.field({
      type: ["Tag"],
      description: `The tags that the ${noun} carries, by name.`,
      resolve: async ({ tagIds }, _args, context) => {
        if (tagIds.length === 0) return [];
        const tags = await byId.tag.loadMany(context, tagIds);
        return tags.filter((tag) => tag !== null).sort((a, b) => (a.nameKey < b.nameKey ? -1 : 1));
      },
    }),
  );
}
