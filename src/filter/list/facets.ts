import type { Bucket, BucketCount, ValuesAsked } from "../../db/read/value-counts.ts";
import { batched } from "../../graphql/batch.ts";
import type { Context } from "../../graphql/context.ts";
import { definitionsOf } from "../../graphql/definitions.ts";
import { requestCache } from "../../graphql/request-cache.ts";
import { quote, RequestError } from "../../lib/errors.ts";
import { type Definition, type Entity, slotKinds } from "../registry/fields.ts";
import { nearest } from "../registry/nearest.ts";
import type { ListedEntity, Question } from "./plan.ts";

/** Facets: counts of a list's rows by value. The facets of one list read its rows once. */

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

/** A requested facet. The bucket of a custom field is known once its definition was read. */
interface Asked extends Omit<ValuesAsked, "bucket"> {
  readonly bucket: AskedBucket;
}

type AskedBucket = Bucket | (() => Promise<Bucket>);

/**
 * The facets that are requested at once, together. Later ones of the request wait for them, so that a request has one
 * such statement running: each may read a whole organization.
 */
const loader = requestCache(({ db }: Context) => {
  let last: Promise<unknown> = Promise.resolve();
  const count = async (requests: readonly Asked[], before: Promise<unknown>) => {
    const buckets = await Promise.allSettled(
      requests.map(({ bucket }) => (typeof bucket === "function" ? bucket() : bucket)),
    );
    const known = requests.flatMap(({ set, limit }, at) => {
      const read = buckets[at];
      return read?.status === "fulfilled" ? [{ set, limit, bucket: read.value }] : [];
    });
    await before;
    const counts = (await db.sets.counts(known)).values();
    return buckets.map((read) => (read.status === "fulfilled" ? (counts.next().value ?? []) : refusal(read)));
  };
  return batched<Asked, BucketCount[]>(
    "facets",
    (requests) => {
      const counted = count(requests, last);
      last = counted.catch(() => undefined);
      return counted;
    },
    { cache: false },
  );
});

const refusal = ({ reason }: PromiseRejectedResult): Error =>
  reason instanceof Error ? reason : new Error(String(reason));

/**
 * Counts a list's rows by the values of a field.
 *
 * @param path the filter field whose own conditions `ignoreOwn` drops
 */
export async function countValues(
  context: Context,
  { entity, question }: Faceted,
  path: string,
  bucket: AskedBucket,
  { ignoreOwn, first }: FacetArgs,
): Promise<BucketCount[]> {
  const limit = first ?? DEFAULT_VALUES;
  if (limit < 1 || limit > MAX_VALUES) {
    throw new RequestError("BAD_USER_INPUT", `first must be between 1 and ${MAX_VALUES}`, { field: "first" });
  }
  const where = ignoreOwn ? question.without(path) : question.where;
  return loader(context).load({ set: { model: models[entity], where }, bucket, limit });
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
