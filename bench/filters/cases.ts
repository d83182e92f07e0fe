import {
  above,
  both,
  carries,
  companyPrefix,
  custom,
  either,
  equals,
  facet,
  found,
  highScore,
  industry,
  like,
  option,
  renewal,
  renews,
  score,
  tag,
} from "./conditions.ts";
import {
  allBut,
  type Condition,
  countSpellings,
  listSpellings,
  liveCount,
  pageAfter,
  type Spelling,
  slotCount,
  slotOf,
  tagCount,
} from "./hand.ts";
import type { Org } from "./organization.ts";
import { referenceOf } from "./people.ts";

/** The questions: each as a GraphQL filter, and as conditions in SQL. */

/** What decides a case's goal: a selective list finds at most 1 % of the organization. */
export type Kind = "selective list" | "list" | "count" | "deep page";

/** The variables of a request. */
export interface Variables {
  readonly filter?: object;
  readonly query?: object;
  readonly search?: object;
  /** A row after which the page begins; the runner turns it into a cursor. */
  readonly afterRow?: number;
}

export interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly variables: (org: Org) => Variables;
  /**
   * Spellings of the same question in SQL.
   *
   * @param place the row after which the page begins
   */
  readonly spellings: (org: Org, place: Place | null) => readonly Spelling[];
}

/** A place in a list from the newest to the oldest. */
export interface Place {
  readonly createdAt: string;
  readonly id: string;
}

interface Question {
  readonly name: string;
  readonly selective?: boolean;
  readonly variables: (org: Org) => Variables;
  readonly sql: readonly Condition[];
  /** Further ways to count. */
  readonly counts?: readonly Spelling[];
}

const questions: readonly Question[] = [
  {
    name: "text equals, 1 row",
    selective: true,
    variables: () => ({ filter: custom({ slug: "reference", text: { eq: referenceOf(1234) } }) }),
    sql: [
      (operand, org) => [`${slotOf(org, "reference")} = ${operand(referenceOf(1234).toLowerCase(), "text")}`],
    ],
  },
  {
    name: "option equals, 5 %",
    variables: () => ({ filter: custom(industry) }),
    sql: [
      facet("custom.industry:Technology"),
      (operand, org) => [`${slotOf(org, "industry")} = ${operand("technology", "text")}`],
    ],
  },
  {
    name: "number >, 0.2 %",
    selective: true,
    variables: (org) => ({ filter: custom(score(org)) }),
    sql: [highScore],
  },
  {
    name: "date range, 0.3 %",
    selective: true,
    variables: (org) => ({ filter: custom(renewal(0.003, org)) }),
    sql: [renews(0.003)],
  },
  {
    name: "(tag and option) or date range",
    selective: true,
    variables: (org) => ({
      filter: { or: [{ ...tag("focus"), ...custom(industry) }, custom(renewal(0.003, org))] },
    }),
    sql: [
      either(both(carries("focus"), facet("custom.industry:Technology")), renews(0.003)),
      either(both(carries("focus"), option("industry", "Technology")), renews(0.003)),
    ],
  },
  {
    name: "(date range and source) or number",
    selective: true,
    variables: (org) => ({
      filter: { or: [{ source: { eq: "Referral" }, ...custom(renewal(0.03, org)) }, custom(score(org))] },
    }),
    sql: [either(both(renews(0.03), equals("source_key", "referral")), highScore)],
  },
  {
    name: "text contains, 60 rows",
    selective: true,
    variables: () => ({ filter: custom({ slug: "slogan", text: { contains: "quokka" } }) }),
    sql: [(operand, org) => [`${slotOf(org, "slogan")} LIKE ${operand("%quokka%", "text")}`]],
  },
  {
    name: "option not equal, 95 %",
    variables: () => ({ filter: custom({ slug: "industry", select: { ne: "Technology" } }) }),
    sql: [(operand, org) => [`${slotOf(org, "industry")} IS DISTINCT FROM ${operand("technology", "text")}`]],
    counts: [
      allBut(
        (operand, org) =>
          `SELECT count(*) FROM contact WHERE org_id = ${operand(org.id, "uuid")} AND deleted_at IS NULL AND facets @> ARRAY[${operand("custom.industry:Technology", "text")}]`,
      ),
    ],
  },
  {
    name: "flag is true, 10 %",
    variables: () => ({ filter: custom({ slug: "key_account", boolean: { eq: true } }) }),
    sql: [facet("custom.key_account:true"), () => ["custom->'key_account' = 'true'::jsonb"]],
  },
  {
    name: "number is empty, 30 %",
    variables: () => ({ filter: custom({ slug: "revenue", number: { isEmpty: true } }) }),
    sql: [(_, org) => [`${slotOf(org, "revenue")} IS NULL`]],
    counts: [(operand, org) => allBut(slotCount(slotOf(org, "revenue")))(operand, org)],
  },
  ...[
    { name: "1 row", tagName: "unicorn", selective: true },
    { name: "0.1 %", tagName: "focus", selective: true },
    { name: "5 %", tagName: "customer", selective: false },
    { name: "29 %", tagName: "newsletter", selective: false },
    { name: "5 %, the oldest", tagName: "legacy", selective: false },
  ].map(
    ({ name, tagName, selective }): Question => ({
      name: `tag, ${name}`,
      selective,
      variables: () => ({ filter: tag(tagName) }),
      sql: [carries(tagName)],
      counts: [tagCount(tagName), tagCount(tagName, "(tag_ids || '{}')")],
    }),
  ),
  {
    name: "not tag, 71 %",
    variables: () => ({ filter: { tags: { hasNone: ["newsletter"] } } }),
    sql: [(operand, org) => [`NOT tag_ids @> ARRAY[${operand(org.tags.get("newsletter"), "uuid")}]`]],
    counts: [allBut(tagCount("newsletter")), allBut(tagCount("newsletter", "(tag_ids || '{}')"))],
  },
  {
    name: "tag or number",
    selective: true,
    variables: (org) => ({ filter: { or: [tag("focus"), custom(score(org))] } }),
    sql: [either(carries("focus"), highScore)],
  },
  {
    name: "tag of 29 % or number",
    variables: (org) => ({ filter: { or: [tag("newsletter"), custom(score(org))] } }),
    sql: [either(carries("newsletter"), highScore)],
  },
  {
    name: "company or tag",
    selective: true,
    variables: () => ({ filter: { or: [{ company: { startsWith: "Corp0123" } }, tag("focus")] } }),
    sql: [
      either(companyPrefix, carries("focus")),
      either(like("search_text", "%\ncorp0123%"), carries("focus")),
    ],
  },
  {
    name: "three groups",
    selective: true,
    variables: (org) => ({
      query: {
        groups: [
          {
            conditions: [
              { field: "tags", op: "CONTAINS", value: "focus" },
              { field: "source", op: "EQ", value: "Website" },
            ],
          },
          { conditions: [{ field: "custom.score", op: "GT", value: above(0.002, org) }] },
          {
            conditions: [
              { field: "email", op: "CONTAINS", value: "@corp0123." },
              { field: "custom.industry", op: "EQ", value: "Finance" },
            ],
          },
        ],
      },
    }),
    sql: [
      either(
        both(carries("focus"), equals("source_key", "website")),
        highScore,
        both(
          like("search_text", "%@corp0123.%"),
          facet("custom.industry:Finance"),
          like("email_key", "%@corp0123.%"),
        ),
      ),
      either(
        both(carries("focus"), equals("source_key", "website")),
        highScore,
        both(
          like("search_text", "%@corp0123.%"),
          option("industry", "Finance"),
          like("email_key", "%@corp0123.%"),
        ),
      ),
    ],
  },
  { name: "search, two words", selective: true, ...found("Corp0123 Labs") },
  { name: "search, inner match", selective: true, ...found("orp0123") },
  { name: "search, two letters of few rows", selective: true, ...found("xq") },
  { name: "search, two letters of many", ...found("ra") },
  { name: "search, one letter of few rows", selective: true, ...found("q") },
  { name: "search, one letter of many", ...found("n") },
  {
    name: "source equals, 25 %",
    variables: () => ({ filter: { source: { eq: "Referral" } } }),
    sql: [equals("source_key", "referral")],
  },
  { name: "all", variables: () => ({}), sql: [() => ["true"]], counts: [liveCount] },
];

/** A page far down, against the row comparison. */
const deep: readonly Case[] = [
  { name: "all, from row 100 000", carried: null },
  { name: "tag of 29 %, from row 100 000", carried: "newsletter" },
].map(({ name, carried }) => ({
  name,
  kind: "deep page",
  variables: (org) => ({
    ...(carried !== null && { filter: tag(carried) }),
    afterRow: Math.min(100_000, Math.floor(org.size / 5)),
  }),
  spellings: (_, place) => [
    pageAfter((operand, org) => {
      const row = `(${operand(place?.createdAt, "timestamptz")}, ${operand(place?.id, "uuid")})`;
      return [`(created_at, id) < ${row}`, ...(carried === null ? [] : carries(carried)(operand, org))];
    }),
  ],
}));

/** Every question as a list and as a count. */
export const cases: readonly Case[] = [
  ...questions.flatMap(({ name, selective, variables, sql, counts = [] }): Case[] => [
    {
      name,
      kind: selective ? "selective list" : "list",
      variables,
      spellings: (org) => listSpellings(sql, org),
    },
    {
      name: `${name}: count`,
      kind: "count",
      variables,
      spellings: (org) => [...countSpellings(sql, org), ...counts],
    },
  ]),
  ...deep,
];
