import { beforeAll, expect, test } from "vitest";
import { post, sendText, testServer } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** What reaches the door, and what leaves it. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

const headers = () => ({ authorization: `Bearer ${organization.key}` });

/** An answer that tells a person what to do, a program what it was, and nobody how the house is built. */
function checkError(text: string, code: string) {
  const { errors } = JSON.parse(text) as {
    errors: { message: string; extensions: Record<string, unknown> }[];
  };
  expect(errors[0]?.extensions).toMatchObject({ code, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(text).not.toMatch(/SELECT |prisma|\.ts:|\.js:|node_modules|stack|pg_|invocation/i);
  return errors[0];
}

test.each([
  ["broken JSON", '{"query":', "BAD_REQUEST"],
  ["an empty body", "", "BAD_REQUEST"],
  ["null", "null", "BAD_REQUEST"],
  ["a number", "5", "BAD_REQUEST"],
  ["an empty list", "[]", "BAD_REQUEST"],
  ["a batch", '[{"query":"{__typename}"}]', "BAD_REQUEST"],
  ["an unknown key", '{"query":"{__typename}","quary":1}', "BAD_REQUEST"],
  ["no query", "{}", "BAD_REQUEST"],
  ["variables that are no object", '{"query":"{__typename}","variables":[]}', "BAD_REQUEST"],
])("%s gets 400 in JSON, without the body in it", async (_case, body, code) => {
  const response = await post(body, headers());
  const text = await response.text();
  expect(response.status).toBe(400);
  checkError(text, code);
  expect(text).not.toContain("quary");
});

test("a body that is not UTF-8 gets 400", async () => {
  const bytes = new Uint8Array(Buffer.from('{"query":"{ __typename }","operationName":"\u00ff"}', "latin1"));
  const response = await post(bytes, headers());
  expect(response.status).toBe(400);
  checkError(await response.text(), "BAD_REQUEST");
});

test.each(["text/plain", "application/xml", "application/x-www-form-urlencoded"])(
  "a body of type %s gets 415 in JSON",
  async (type) => {
    const response = await post("query=%7B__typename%7D", { ...headers(), "content-type": type });
    expect(response.status).toBe(415);
    checkError(await response.text(), "UNSUPPORTED_MEDIA_TYPE");
  },
);

test("a compressed body gets 415, so that nothing is ever inflated", async () => {
  const response = await post('{"query":"{__typename}"}', { ...headers(), "content-encoding": "gzip" });
  expect(response.status).toBe(415);
});

test("a body over the limit gets 413", async () => {
  const response = await post(
    JSON.stringify({ query: `{ __typename } #${"x".repeat(1_100_000)}` }),
    headers(),
  );
  expect(response.status).toBe(413);
  checkError(await response.text(), "PAYLOAD_TOO_LARGE");
});

test("a query by GET needs a header that no form can send; a mutation is refused", async () => {
  const yoga = await testServer();
  const get = (query: string, more: Record<string, string> = {}) =>
    yoga.fetch(`http://test/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: "application/json", ...headers(), ...more },
    });
  expect((await get("{ __typename }")).status).toBe(403);
  expect((await get("{ __typename }", { "x-graphql-yoga-csrf": "1" })).status).toBe(200);
  expect((await get("mutation { __typename }", { "x-graphql-yoga-csrf": "1" })).status).toBe(405);
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    const response = await yoga.fetch("http://test/graphql", { method, headers: headers() });
    expect(response.status).toBe(405);
  }
});

test("a foreign origin is not let in, and GraphiQL is served in demo mode only", async () => {
  const yoga = await testServer();
  const preflight = await yoga.fetch("http://test/graphql", {
    method: "OPTIONS",
    headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  const page = await yoga.fetch("http://test/graphql", { headers: { accept: "text/html" } });
  expect(await page.text()).not.toContain("GraphiQL");
});

test.each([-1, 0, 101, 1_000_000])(
  "first: %i says 1 to 100, as a literal and as a variable",
  async (first) => {
    const literal = await sendText(organization.key, `{ contacts(first: ${first}) { totalCount } }`);
    const variable = await sendText(
      organization.key,
      "query ($n: Int) { contacts(first: $n) { totalCount } }",
      { n: first },
    );
    for (const { text } of [literal, variable]) {
      expect(checkError(text, "BAD_USER_INPUT")).toMatchObject({
        message: "first must be 1 to 100",
        extensions: { field: "first" },
      });
    }
  },
);

test.each([
  ["first and last", "first: 1, last: 1"],
  ["a negative offset", "offset: -1"],
  ["an offset with a cursor", 'offset: 1, after: "x"'],
  ["more than 32 bits", "first: 2147483648"],
])("%s is refused", async (_case, args) => {
  const { text } = await sendText(organization.key, `{ contacts(${args}) { totalCount } }`);
  expect(text).toMatch(/"code":"(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)"/);
});

test("nested pages have the same bounds", async () => {
  await organization.contact();
  const { text } = await sendText(
    organization.key,
    "{ contacts { nodes { deals(first: 1000) { totalCount } } } }",
  );
  expect(checkError(text, "BAD_USER_INPUT")?.message).toBe("first must be 1 to 100");
});

test.each([
  "",
  "01913b3a-0000-7000-8000-000000000001",
  "__proto__",
  "contact_",
  "'; DROP TABLE contact; --",
  "contact_01",
  "Contact:",
])("the id %o is no id", async (id) => {
  for (const query of [
    "query ($id: ID!) { contact(id: $id) { id } }",
    "query ($id: ID!) { node(id: $id) { id } }",
  ]) {
    const { text, data } = await sendText(organization.key, query, { id });
    checkError(text, "BAD_ID");
    expect(Object.values(data ?? {})).toEqual([null]);
  }
});

test("a list of more than 100 ids is refused", async () => {
  const ids = Array.from({ length: 101 }, () => organization.globalId);
  const { text } = await sendText(organization.key, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {
    ids,
  });
  checkError(text, "TOO_MANY_ITEMS");
});

test.each([
  ["a syntax error", "{ contacts(", {}, "GRAPHQL_PARSE_FAILED"],
  ["an unknown field", "{ contcats { totalCount } }", {}, "GRAPHQL_VALIDATION_FAILED"],
  [
    "a missing operation",
    "query A { __typename } query B { __typename }",
    {},
    "OPERATION_RESOLUTION_FAILURE",
  ],
  [
    "a wrong enum by variable",
    "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }",
    { t: "ALL" },
    "BAD_USER_INPUT",
  ],
  [
    "NUL in a text",
    "query ($s: String!) { contacts(search: { text: $s }) { totalCount } }",
    { s: "a\0b" },
    "BAD_USER_INPUT",
  ],
  [
    "half a surrogate pair",
    "query ($s: String!) { contacts(search: { text: $s }) { totalCount } }",
    { s: "\ud800" },
    "BAD_USER_INPUT",
  ],
  [
    "NUL deep in a JSON value",
    `query ($v: JSON) { contacts(query: { groups: [{ conditions: [{ field: "name", op: IN, value: $v }] }] }) { totalCount } }`,
    { v: ["a", "\0"] },
    "BAD_USER_INPUT",
  ],
  [
    "a day that does not exist",
    `{ contacts(filter: { createdAt: { gte: "2026-02-30T00:00:00Z" } }) { totalCount } }`,
    {},
    "GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT",
  ],
])(
  "%s gets a code and no more than 60 characters of what was sent",
  async (_case, query, variables, code) => {
    const { text } = await sendText(organization.key, query, variables);
    const { errors } = JSON.parse(text);
    expect(errors[0].extensions.code).toMatch(new RegExp(`^(${code})$`));
    checkError(text, errors[0].extensions.code);
  },
);

const nested = (levels: number): string =>
  levels === 0 ? "id" : `deals { nodes { contact { ${nested(levels - 1)} } } }`;
const repeated = (times: number, make: (at: number) => string) =>
  Array.from({ length: times }, (_, at) => make(at)).join(" ");

test.each([
  ["too deep", `{ contacts { nodes { ${nested(5)} } } }`, "QUERY_TOO_DEEP"],
  ["of too many aliases", `{ ${repeated(101, (at) => `a${at}: __typename`)} }`, "TOO_MANY_ALIASES"],
  [
    "of too many directives",
    `{ ${repeated(51, () => "__typename @include(if: true)")} }`,
    "TOO_MANY_DIRECTIVES",
  ],
  ["of too many words", `{ ${repeated(2500, () => "__typename")} }`, "GRAPHQL_PARSE_FAILED"],
  [
    "of fragments in a circle",
    "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "GRAPHQL_VALIDATION_FAILED",
  ],
])("a document %s is refused", async (_case, query, code) => {
  checkError((await sendText(organization.key, query)).text, code);
});

test("the query of the README and GraphiQL's introspection are within the limits", async () => {
  const { getIntrospectionQuery } = await import("graphql");
  const { exampleQuery } = await import("../../src/demo/examples.ts");
  await organization.customField({
    slug: "industry",
    type: "SELECT",
    options: ["Technology"],
    slot: "text1",
  });
  for (const query of [exampleQuery, getIntrospectionQuery()]) {
    expect((await sendText(organization.key, query)).errors).toEqual([]);
  }
});

test("a long value is not sent back in full", async () => {
  const long = "y".repeat(5000);
  const { text } = await sendText(
    organization.key,
    "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }",
    { t: long },
  );
  expect(text).not.toContain("y".repeat(61));
});

test("variables with dangerous names pollute nothing", async () => {
  const response = await post(
    '{"query":"{ __typename }","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    headers(),
  );
  expect(response.status).toBe(200);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
