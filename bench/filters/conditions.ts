import { type Condition, slotOf } from "./hand.ts";
import type { Org } from "./organization.ts";
import { RENEWAL_START } from "./people.ts";

/** The parts of the questions, as GraphQL and as SQL. */

const day = (after: number): string =>
  new Date(RENEWAL_START + after * 86_400_000).toISOString().slice(0, 10);
/** The score that so large a share of the large organization is above; the same number of rows in the small one. */
export const above = (share: number, org: Org): number => 10_000 * (1 - share * org.scale);
/** Days that so large a share of the large organization renew in. */
const until = (share: number, org: Org): string => day(400 + Math.round(1000 * share * org.scale));
export const custom = (...customFields: object[]) => ({ customFields });
export const tag = (name: string) => ({ tags: { hasAny: [name] } });

export const industry = { slug: "industry", select: { eq: "Technology" } };
export const score = (org: Org) => ({ slug: "score", number: { gt: String(above(0.002, org)) } });
export const renewal = (share: number, org: Org) => ({
  slug: "renewal_on",
  date: { gte: day(400), lt: until(share, org) },
});

export const carries =
  (name: string): Condition =>
  (operand, org) => [`tag_ids @> ARRAY[${operand(org.tags.get(name), "uuid")}]`];
export const facet =
  (token: string): Condition =>
  (operand) => [`facets @> ARRAY[${operand(token, "text")}]`];
export const highScore: Condition = (operand, org) => [
  `${slotOf(org, "score")} > ${operand(above(0.002, org), "numeric")}`,
];
export const renews =
  (share: number): Condition =>
  (operand, org) => {
    const slot = slotOf(org, "renewal_on");
    const [from, to] = [operand(day(400), "timestamptz"), operand(until(share, org), "timestamptz")];
    return [`${slot} >= ${from} AND ${slot} < ${to}`];
  };
export const like =
  (column: string, pattern: string): Condition =>
  (operand) => [`${column} LIKE ${operand(pattern, "text")}`];
export const equals =
  (column: string, value: string): Condition =>
  (operand) => [`${column} = ${operand(value, "text")}`];
export const both =
  (...conditions: Condition[]): Condition =>
  (operand, org) => [conditions.map((condition) => condition(operand, org).join(" OR ")).join(" AND ")];
export const either =
  (...conditions: Condition[]): Condition =>
  (operand, org) =>
    conditions.flatMap((condition) => condition(operand, org));
export const found = (text: string) => ({
  variables: () => ({ search: { text } }),
  // The second spelling keeps the trigram index out, which is read whole for terms that are too short for it.
  sql: ["search_text", "(search_text || '')"].map((column) =>
    both(
      ...text
        .toLowerCase()
        .split(" ")
        .map((word) => like(column, `%${word}%`)),
    ),
  ),
});

export const companyPrefix: Condition = (operand) => [
  `company_key >= ${operand("corp0123", "text")} AND company_key < ${operand("corp0124", "text")}`,
];

/** A chosen option, told without the index of tokens: for groups in which something else finds fewer rows. */
export const option =
  (slug: string, value: string): Condition =>
  (operand) => [`custom ->> '${slug}' = ${operand(value, "text")}`];
