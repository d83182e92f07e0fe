import { getIntrospectionQuery } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { exampleQuery } from "../../src/demo/examples.ts";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** What a document may be made of, whatever it asks for. Numbers are those of the table of bad inputs. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  await organization.contact({ name: "Ann" });
});

const ask = (query: string, variables = {}) => sendText(organization.key, query, variables);
const times = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join(" ");
const nested = (levels: number, inner: string): string =>
  levels === 0 ? inner : `deals { nodes { contact { ${nested(levels - 1, inner)} } } }`;
const not = (depth: number): string => `${"{not:".repeat(depth)}{}${"}".repeat(depth)}`;

describe.each<[string, string, string, string]>([
  [
    "22 of 12 levels",
    `{ contacts { nodes { ${nested(3, "id")} } } }`,
    "QUERY_TOO_DEEP",
    "12 levels of fields inside each other; the limit is 10",
  ],
  [
    "22 of 12 levels in fragments",
    `{ contacts { ...A } } fragment A on ContactConnection { nodes { ...B } } fragment B on Contact { ${nested(3, "id")} }`,
    "QUERY_TOO_DEEP",
    "12 levels",
  ],
  [
    "of 300 fragments inside each other, without a field between them",
    `{ ${"... {".repeat(300)} __typename ${"}".repeat(300)} }`,
    "QUERY_TOO_DEEP",
    "the limit is 100",
  ],
  [
    "with a filter 300 levels deep",
    `{ contacts(filter: ${not(300)}) { totalCount } }`,
    "QUERY_TOO_DEEP",
    "values nested more than 128 levels",
  ],
  [
    "with a default as deep",
    `query ($f: ContactFilter = ${not(300)}) { contacts(filter: $f) { totalCount } }`,
    "QUERY_TOO_DEEP",
    "values nested more than 128 levels",
  ],
  [
    "with a JSON value as deep, in a directive's argument too",
    `{ __typename @skip(if: ${"[".repeat(500)}${"]".repeat(500)}) }`,
    "QUERY_TOO_DEEP",
    "values nested more than 128 levels",
  ],
  [
    "with a list that never ends",
    `{ contacts(filter: ${"[".repeat(1990)}`,
    "QUERY_TOO_DEEP|GRAPHQL_PARSE_FAILED",
    "",
  ],
  [
    "23 of 101 aliases",
    `{ ${times(101, (at) => `a${at}: viewer { __typename }`)} }`,
    "TOO_MANY_ALIASES",
    "101 aliases; the limit is 100",
  ],
  [
    "24 of 101 aliases of __typename",
    `{ ${times(101, (at) => `a${at}: __typename`)} }`,
    "TOO_MANY_ALIASES",
    "101 aliases",
  ],
  [
    "23 of aliases in fragments that are never spread",
    `{ __typename } fragment A on Query { ${times(101, (at) => `a${at}: __typename`)} }`,
    "TOO_MANY_ALIASES",
    "101 aliases",
  ],
  [
    "25 of 500 times one field",
    `{ contacts { nodes { ${"id ".repeat(500)} } } }`,
    "GRAPHQL_PARSE_FAILED",
    "500 fields of one name; the limit is 250",
  ],
  [
    "25 of 300 times one field, in two fragments",
    `{ contacts { nodes { ...A ...B } } } fragment A on Contact { ${"id ".repeat(150)} } fragment B on Contact { ${"id ".repeat(150)} }`,
    "GRAPHQL_PARSE_FAILED",
    "300 fields of one name",
  ],
  ["25 of 2000 times one field", `{ ${"__typename ".repeat(2000)} }`, "GRAPHQL_PARSE_FAILED", "2000 tokens"],
  [
    "26 of fragments in a circle",
    "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "GRAPHQL_VALIDATION_FAILED",
    "",
  ],
  [
    "28 of 10 unknown directives and 50 known ones",
    `{ __typename ${"@nope ".repeat(10)} ${times(50, () => "__typename @include(if: true)")} }`,
    "TOO_MANY_DIRECTIVES",
    "60 directives; the limit is 50",
  ],
  ["29 of 49,000 tokens", `{ ${"a ".repeat(49_000)}`, "GRAPHQL_PARSE_FAILED", "more than 2000 tokens"],
  ["of a megabyte", `{ __typename } #${"x".repeat(900_000)}`, "GRAPHQL_PARSE_FAILED", "900016 characters"],
  ["of 50,000 lines", `{ nope } ${"\n".repeat(50_000)}`, "GRAPHQL_PARSE_FAILED", "50001 lines"],
  [
    "43 of 50 mutations",
    `mutation { ${times(50, (at) => `m${at}: tagCreate(input: { name: "limits ${at}" }) { errors { code } }`)} }`,
    "TOO_MANY_MUTATIONS",
    "50 mutations; the limit is 10",
  ],
  [
    "43 of 11 mutations, in fragments",
    `mutation { ...A ... { ${times(6, (at) => `b${at}: tagDelete(id: "x") { deletedId }`)} } }
     fragment A on Mutation { ${times(5, (at) => `a${at}: tagDelete(id: "x") { deletedId }`)} }`,
    "TOO_MANY_MUTATIONS",
    "11 mutations",
  ],
])("a document %s", (_case, query, code, words) => {
  test("is refused with the same single error each time, before any statement except the credential's", async () => {
    const bodies = new Set<string>();
    for (let time = 0; time < 2; time += 1) {
      const { answer, statements } = await statementsOf(() => ask(query));
      expect(answer.errors, answer.text).toHaveLength(1);
      const [error] = answer.errors;
      expect(error?.extensions.code).toMatch(new RegExp(`^(${code})$`));
      expect(error?.message).toContain(words);
      if (words !== "") expect(error?.message).not.toContain("Syntax Error");
      expect(answer.data).toBeNull();
      expect(statements.length).toBeLessThanOrEqual(1);
      bodies.add(`${answer.status} ${answer.text.replaceAll(String(error?.extensions.requestId), "")}`);
    }
    expect([...bodies]).toHaveLength(1);
  });
});

describe("what clients write in good faith is within the limits", () => {
  test.each<[string, string, object?]>([
    [
      "masked fragments, as Relay, Apollo and codegen write them",
      `query { ...A } fragment A on Query { contacts(first: 1) { edges { node { ...B } } } }
       fragment B on Contact { deals(first: 1) { edges { node { ...C } } } }
       fragment C on Deal { id activities(first: 1) { edges { node { id } } } }`,
    ],
    [
      "a fragment on each level, ten fields deep",
      `{ contacts(first: 1) { ...A } } fragment A on ContactConnection { nodes { ...B } }
       fragment B on Contact { deals(first: 1) { ...C } } fragment C on DealConnection { nodes { ...D } }
       fragment D on Deal { activities(first: 1) { ...E } } fragment E on ActivityConnection { edges { ...F } }
       fragment F on ActivityEdge { node { ...G } } fragment G on Activity { deal { ...H } }
       fragment H on Deal { contact { ... on Contact { id } } }`,
    ],
    ["100 aliases", `{ ${times(100, (at) => `a${at}: __typename`)} }`],
    [
      "50 directives",
      `query ($yes: Boolean!) { ${times(50, (at) => `a${at}: __typename @include(if: $yes)`)} }`,
      { yes: true },
    ],
    ["10 mutations", `mutation { ${times(10, (at) => `m${at}: tagDelete(id: "tag_x") { deletedId }`)} }`],
    [
      "the same mutation's field twice, which runs once",
      `mutation { ${times(20, () => 'tagDelete(id: "tag_x") { deletedId }')} }`,
    ],
  ])("%s", async (_case, query, variables) => {
    const { errors, text } = await ask(query, variables);
    expect(errors, text).toEqual([]);
  });
});

test("the README's query and GraphiQL's introspection are within the limits", async () => {
  const own = await Organization.make();
  await own.customField({ slug: "industry", type: "SELECT", options: ["Technology"], slot: "text1" });
  for (const query of [exampleQuery, getIntrospectionQuery()])
    expect((await sendText(own.key, query)).errors).toEqual([]);
});
