import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { type Asked, answersOf, ask } from "../support/again.ts";
import { serverOf } from "../support/client.ts";
import { plantWorld } from "./world.ts";

/** The second answer is the first one: what once made them differ, and what stands near it. */

let world: Awaited<ReturnType<typeof plantWorld>>;
let server: Awaited<ReturnType<typeof serverOf>>;

beforeAll(async () => {
  world = await plantWorld();
  server = await serverOf(1);
});

const bodyOf = (answer: string | undefined) => JSON.parse(answer?.slice(answer.indexOf("\n{") + 1) ?? "null");

/** The one answer that there is to a request, as its status and body. */
async function onlyAnswer(asked: Asked) {
  const answers = await answersOf(server, world.organization.key, asked);
  expect(answers).toHaveLength(1);
  return { status: Number(answers[0]?.slice(0, 3)), ...bodyOf(answers[0]) };
}

describe("introspection", () => {
  test("shows the schema of schema.graphql every time", async () => {
    const { data } = await onlyAnswer({
      query: getIntrospectionQuery({ specifiedByUrl: true, oneOf: true }),
    });
    const shown = printSchema(buildClientSchema(data));
    expect(shown).not.toMatch(/_as_json|ReadyJson/);
    expect(shown).toBe(printSchema(schema));
  });

  test.each([
    `{ __type(name: "Contact") { fields { name } } }`,
    `{ __type(name: "ReadyJson") { name } }`,
    "{ __schema { types { name } } contacts(first: 1) { nodes { id deals { totalCount } } } }",
    `query ($no: Boolean!) { a: __type(name: "Contact") @include(if: $no) { name } tags { name __typename } }`,
    "{ ...F } fragment F on Query { __schema { queryType { fields { name } } } }",
  ])("%s", async (query) => {
    const { data } = await onlyAnswer({ query, ...(query.includes("$no") && { variables: { no: false } }) });
    expect(data).toBeTruthy();
    expect(JSON.stringify(data)).not.toMatch(/_as_json|"ReadyJson"/);
  });
});

describe("what is skipped is not merged into the same field elsewhere", () => {
  test.each<[query: string, expected: object, variables?: object]>([
    ["{ tags { name @skip(if: true) } tags { contactCount } }", { tags: [{ contactCount: 3 }] }],
    [
      "{ contacts(first: 1) { pageInfo @skip(if: true) { hasNextPage } pageInfo { hasPreviousPage } } }",
      { contacts: { pageInfo: { hasPreviousPage: false } } },
    ],
    [
      `{ contacts(first: 1) { facets @include(if: false) { customField(slug: "nope") { value } } facets { source { count } } } }`,
      { contacts: { facets: { source: [{ count: 3 }] } } },
    ],
    [
      "{ contacts(last: 1) { edges @skip(if: true) { node { name } } edges { node { source } } } }",
      { contacts: { edges: [{ node: { source: "Web" } }] } },
    ],
    [
      "{ contacts(last: 1) { edges { node @skip(if: true) { name } } edges { node { source } } } }",
      { contacts: { edges: [{ node: { source: "Web" } }] } },
    ],
    [
      "query ($no: Boolean!) { contacts(last: 1) { nodes { deals { nodes { id } @include(if: $no) } } } }".replace(
        "{ id } @include(if: $no)",
        "@include(if: $no) { id }",
      ),
      { contacts: { nodes: [{ deals: {} }] } },
      { no: false },
    ],
    [
      "{ contacts(last: 1) { nodes { source deals @skip(if: true) { nodes { id } } deals { totalCount } } } }",
      { contacts: { nodes: [{ source: "Web", deals: { totalCount: 1 } }] } },
    ],
    ["{ tags { ...F @skip(if: true) ...F } } fragment F on Tag { name }", { tags: [{ name: "vip" }] }],
    [
      "{ tags { ...F @include(if: false) name } viewer { scopes } } fragment F on Tag { color leadCount }",
      { tags: [{ name: "vip" }], viewer: { scopes: ["READ", "WRITE", "ADMIN"] } },
    ],
    ["{ tags @skip(if: true) { name } }", {}],
    ["query ($maybe: Boolean = false) { tags { name @include(if: $maybe) } }", { tags: [{}] }],
  ])("%s", async (query, expected, variables = {}) => {
    expect(await onlyAnswer({ query, variables })).toEqual({ status: 200, data: expected });
  });

  test("one document with other flags in between", async () => {
    const query = `query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!) { tags {
      name @include(if: $a) ...F @skip(if: $b) } tags { ...F @include(if: $c) __typename @skip(if: $d) } }
      fragment F on Tag { color }`;
    const interpreting = await serverOf(Number.POSITIVE_INFINITY);
    // All sixteen combinations, more than are compiled, there and back.
    const flags = Array.from({ length: 16 }, (_, at) => ({ a: at & 1, b: at & 2, c: at & 4, d: at & 8 }));
    for (const set of [...flags, ...flags.toReversed()]) {
      const variables = Object.fromEntries(Object.entries(set).map(([name, bit]) => [name, bit > 0]));
      const asked = { query, variables };
      expect(await ask(server, world.organization.key, asked)).toBe(
        await ask(interpreting, world.organization.key, asked),
      );
    }
  });
});

describe("a variable that is left out leaves out its field, and is no null", () => {
  test.each([
    "query ($company: String) { contacts(filter: { company: { eq: $company } }) { totalCount } }",
    "query ($source: StringFilter) { contacts(filter: { and: [{ source: $source }] }) { totalCount } }",
    "query ($nulls: NullsOrder) { contacts(orderBy: [{ field: NAME, nulls: $nulls }]) { totalCount } }",
  ])("%s", async (query) => {
    expect(await onlyAnswer({ query })).toEqual({ status: 200, data: { contacts: { totalCount: 3 } } });
  });
});

describe("JSON from the database is well-formed", () => {
  test("where nothing is selected of a row in the end", async () => {
    const query =
      "{ contacts { nodes { deals { nodes { ... on Node { ... on Tag { name } } } edges { cursor } } activities { edges { node { ... on Node { ... on Tag { name } } } } } } } }";
    const { data } = await onlyAnswer({ query });
    expect(data.contacts.nodes[1].activities).toEqual({ edges: [{ node: {} }] });
  });
});

describe("a refusal has one status, one order and one set of errors", () => {
  test.each<[what: string, asked: Asked, status: number]>([
    [
      "a wrong enum in a variable",
      { query: "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }", variables: { t: "NOWHERE" } },
      200,
    ],
    [
      "a wrong enum inside of one",
      {
        query: "query ($o: [ContactOrder!]) { contacts(orderBy: $o) { totalCount } }",
        variables: { o: [{ field: "NOWHERE" }] },
      },
      200,
    ],
    ["a variable that is missing", { query: "query ($id: ID!) { contact(id: $id) { id } }" }, 200],
    [
      "a flag that is null",
      { query: "query ($f: Boolean = true) { tags @skip(if: $f) { name } }", variables: { f: null } },
      200,
    ],
    ["a page that is too large", { query: "{ contacts(first: 101) { nodes { id } } }" }, 200],
    ["the second field of two", { query: "{ tags { name } contacts(first: 101) { totalCount } }" }, 200],
    [
      "children of every row",
      {
        query:
          "{ contacts { nodes { deals(first: 101) { nodes { id } } activities(last: 0) { totalCount } } } }",
      },
      200,
    ],
    [
      "an id that is none, where null is an answer",
      { query: `{ a: contact(id: "x") { id } tags { name } b: lead(id: "y") { id } }` },
      200,
    ],
    ["an unknown field", { query: "{ contacts { nope } }" }, 200],
    ["no syntax", { query: "{ contacts {" }, 200],
    ["an operation that is not there", { query: "query A { tags { name } }", operationName: "B" }, 400],
  ])("%s", async (_what, asked, status) => {
    const answer = await onlyAnswer(asked);
    expect(Object.keys(answer).slice(0, 2)).toEqual(["status", "errors"]);
    expect(answer.status).toBe(status);
  });

  test.each([
    "application/json",
    "application/graphql-response+json",
    "text/event-stream",
    "multipart/mixed",
  ])("whatever is accepted: %s", async (accept) => {
    for (const asked of [
      { query: "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }", variables: { t: "NOWHERE" } },
      { query: "{ contacts(first: 101) { totalCount } }" },
      { query: "{ contacts { nodes { name deals { nodes { name } } } } }" },
    ])
      expect(await answersOf(server, world.organization.key, asked, { accept })).toHaveLength(1);
  });

  test("without data it is 400 to those who read statuses", async () => {
    const asked = {
      query: "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }",
      variables: { t: "NOWHERE" },
    };
    const headers = { accept: "application/graphql-response+json" };
    const [answer, ...others] = await answersOf(server, world.organization.key, asked, headers);
    expect(others).toEqual([]);
    expect(answer).toMatch(/^400/);
  });

  test("of several fields that fail, the first one in the document is reported, whichever fails first", async () => {
    const slow = `contacts(filter: { customFields: [{ slug: "nope", text: { eq: "x" } }] }) { totalCount }`;
    const fast = "contacts(first: 101) { totalCount }";
    const told = async (query: string) =>
      (await onlyAnswer({ query })).errors.map((error: { path: string[] }) => error.path.join("."));
    expect(await told(`{ slow: ${slow} fast: ${fast} }`)).toEqual(["slow"]);
    expect(await told(`{ fast: ${fast} slow: ${slow} }`)).toEqual(["fast"]);
    expect(await told(`{ a: smartList(id: "x") { id } slow: ${slow} fast: ${fast} }`)).toEqual(["a", "slow"]);
  });

  test("where null is an answer, errors come in the order of the document", async () => {
    const { errors, data } = await onlyAnswer({
      query: `{ a: smartList(id: "x") { id } tags { name } b: contact(id: "y") { id } c: node(id: "z") { id } }`,
    });
    expect(errors.map((error: { path: string[] }) => error.path[0])).toEqual(["a", "b", "c"]);
    expect(data).toEqual({ a: null, tags: [{ name: "vip" }], b: null, c: null });
  });
});
