import { encodeId } from "../../db/ids.ts";
import type { BucketCount } from "../../db/read/value-counts.ts";
import { builder } from "../../graphql/builder.ts";
import { connectionTypes } from "../../graphql/connection.ts";
import { COUNTING, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { countValues, customBucket, type Faceted, type FacetedEntity, facets } from "../list/facets.ts";
import type { FilteredConnection, FilteredEdge } from "../list/list.ts";

/** Connections of filterable lists: with facets, and the groups that each record matches. */

/** A value and its count, with the field that it belongs to. */
interface FacetValue extends BucketCount {
  readonly path: string;
}

const FacetValueType = builder.objectRef<FacetValue>("FacetValue").implement({
  description: "A value, and the number of records of the list that have it.",
  fields: (t) => ({
    value: t.string({
      nullable: true,
      description:
        "The value: text, an option, or the id of a tag or member; null for records without a value.",
      resolve: ({ value, path }) => {
        if (value === null) return null;
        return path === "tags"
          ? encodeId("Tag", value)
          : path === "owner"
            ? encodeId("Member", value)
            : value;
      },
    }),
    count: t.exposeInt("count", { description: "Number of records with this value." }),
    tag: t.field({
      type: "Tag",
      nullable: true,
      description: "The tag; for the facet `tags`.",
      resolve: ({ value, path }, _args, context) =>
        value === null || path !== "tags" ? null : byId.tag.load(context, value),
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member; for the facet `owner`.",
      resolve: ({ value, path }, _args, context) =>
        value === null || path !== "owner" ? null : byId.member.load(context, value),
    }),
  }),
});

const facetArgs = () =>
  builder.args((t) => ({
    ignoreOwn: t.boolean({
      defaultValue: false,
      description: "Whether to ignore the filter's conditions on this field.",
    }),
    first: t.int({ description: "Number of values, most frequent first: 1 to 100, 25 by default." }),
  }));

const facetsType = (type: "Contact" | "Lead" | "Deal", plural: string, entity: FacetedEntity) =>
  builder.objectRef<Faceted>(`${type}Facets`).implement({
    description: `Counts of the ${plural} of a whole list (not only of a page) by the values of their fields.`,
    fields: (t) => ({
      ...Object.fromEntries(
        Object.entries(facets[entity]).map(([path, { description, bucket }]) => [
          path,
          t.field({
            type: [FacetValueType],
            description,
            extensions: price({ cost: COUNTING }),
            args: facetArgs(),
            resolve: async (faceted, args, context) =>
              (await countValues(context, faceted, path, bucket, args)).map((count) => ({ ...count, path })),
          }),
        ]),
      ),
      ...(entity !== "DEAL" && {
        customField: t.field({
          type: [FacetValueType],
          extensions: price({ cost: COUNTING }),
          description: "The values of a custom field.",
          args: {
            slug: t.arg.string({ required: true, description: "The custom field's slug." }),
            ...facetArgs(),
          },
          resolve: async (faceted, { slug, ...args }, context) => {
            const bucket = () => customBucket(context, entity, slug);
            const path = `custom.${slug}`;
            return (await countValues(context, faceted, path, bucket, args)).map((count) => ({
              ...count,
              path,
            }));
          },
        }),
      }),
    }),
  });

/** The connection type of a filterable list. */
export function filteredConnectionType(
  type: "Contact" | "Lead" | "Deal",
  plural: string,
  entity: FacetedEntity,
) {
  const { connection, edge } = connectionTypes(type, plural);
  const FacetsType = facetsType(type, plural, entity);
  builder.objectField(connection, "facets", (t) =>
    t.field({
      type: FacetsType,
      nullable: true,
      description: `Counts of the whole list's ${plural} by value; null for the ${plural} of one record.`,
      resolve: (parent) => {
        const { question } = parent as Partial<FilteredConnection<{ id: string }>>;
        return question ? { entity, question } : null;
      },
    }),
  );
  builder.objectField(edge, "matchedGroups", (t) =>
    t.intList({
      nullable: true,
      description:
        "Indexes, from 0, of the groups of `query` that the record matches, or of the smart list's groups without a `query`; null without either. One SQL statement for the whole page.",
      resolve: (parent) => (parent as Partial<FilteredEdge<{ id: string }>>).matchedGroups?.() ?? null,
    }),
  );
  return connection;
}
