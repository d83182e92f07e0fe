import type { Bucket, BucketCount } from "../../db/read/sets.ts";
import type { Context } from "../../graphql/context.ts";
import { definitionsOf } from "../../graphql/definitions.ts";
import { quote, RequestError } from "../../lib/errors.ts";
import { type Definition, type Entity, slotKinds } from "../registry/fields.ts";
import { nearest } from "../registry/nearest.ts";
import type { ListedEntity, Question } from "./plan.ts";

/** Facets: counts of a list's rows by value, with one statement for each requested facet. */

export type FacetedEntity = ListedEntity;

const models = { CONTACT: "contact", LEAD: "lead", DEAL: "deal" } as const satisfies Record<
  FacetedEntity,
  string
>;

/** A facet of a built-in field. */
export interface Facet {
  readonly description: string;
  readonly bucket: Bucket;
}

const source: Facet = {
  description: "By source.",
  bucket: { kind: "column", column: "source", by: "sourceKey" },
};
const owner: Facet = {
  description: "By owner.",
  bucket: { kind: "column", column: "ownerId" },
};
const tags: Facet = { description: "By tag.", bucket: { kind: "array", column: "tagIds" } };
const status: Facet = { description: "By status.", bucket: { kind: "column", column: "status" } };

/** The facets of each entity, by the path of the filter field. */
export const facets: Readonly<Record<FacetedEntity, Readonly<Record<string, Facet>>>> = {
  CONTACT: {
    tags,
    source,
    owner,
    company: {
      description: "By company.",
      bucket: { kind: "column", column: "company", by: "companyKey" },
    },
  },
  LEAD: { tags, source, owner, status },
  DEAL: {
    owner,
    status,
    stage: { description: "By stage.", bucket: { kind: "column", column: "stage", by: "stageKey" } },
    currency: {
      description: "By the currency of the value.",
      bucket: { kind: "column", column: "currency" },
    },
  },
};

/** The list whose rows are counted. */
export interface Faceted {
  readonly entity: FacetedEntity;
  readonly question: Question;
}

export interface FacetArgs {
  readonly ignoreOwn?: boolean | null | undefined;
  readonly first?: number | null | undefined;
}

const MAX_VALUES = 100;
const DEFAULT_VALUES = 25;

/**
 * Counts a list's rows by the values of a field.
 *
 * @param path the filter field whose own conditions `ignoreOwn` drops
 */
export function countValues(
  context: Context,
  { entity, question }: Faceted,
  path: string,
  bucket: Bucket,
  { ignoreOwn, first }: FacetArgs,
): Promise<BucketCount[]> {
  const limit = first ?? DEFAULT_VALUES;
  if (limit < 1 || limit > MAX_VALUES) {
    throw new RequestError("BAD_USER_INPUT", `first must be between 1 and ${MAX_VALUES}`, { field: "first" });
  }
  const where = ignoreOwn ? question.without(path) : question.where;
  return context.db.sets.counts({ model: models[entity], where }, bucket, limit);
}

/**
 * The bucket of a custom field.
 *
 * @throws RequestError UNKNOWN_FILTER_FIELD if there is no such field
 */
export async function customBucket(context: Context, entity: Entity, slug: string): Promise<Bucket> {
  const definitions = await definitionsOf(context, entity);
  const definition = definitions.find((candidate) => candidate.slug === slug);
  if (definition) return bucketOf(definition);
  const suggestions = nearest(
    slug,
    definitions.map((candidate) => candidate.slug),
  );
  const hint = suggestions[0] === undefined ? "" : `; did you mean ${quote(suggestions[0])}?`;
  throw new RequestError("UNKNOWN_FILTER_FIELD", `there is no custom field ${quote(slug)}${hint}`, {
    field: "slug",
    suggestions,
  });
}

/** Values that differ only in case are counted as one, if a slot column has them folded. */
const bucketOf = ({ slug, slot, type }: Definition): Bucket => ({
  kind: "custom",
  slug,
  many: type === "MULTI_SELECT",
  ...(slot !== null && slotKinds[type] === "text" && { by: slot }),
});
