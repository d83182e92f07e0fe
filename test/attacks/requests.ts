import fc from "fast-check";
import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { hostileValue } from "./values.ts";

/** Hostile requests. */

/** An attack: a body for /graphql, or bytes on a separate connection. */
export type Attack =
  | { readonly kind: "operation" | "document" | "body"; readonly body: string }
  | { readonly kind: "bytes"; readonly bytes: string };

/** A selection of a type's fields, down to a depth. */
function selection(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return "";
  if (!isObjectType(named) && !isInterfaceType(named)) return "{ __typename }";
  const fields = Object.values(named.getFields()).filter(({ args }) =>
    args.every(
      ({ type: argument, defaultValue }) => defaultValue !== undefined || !String(argument).endsWith("!"),
    ),
  );
  const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type))).map(({ name }) => name);
  const deeper =
    depth === 0
      ? []
      : fields
          .filter((field) => isCompositeType(getNamedType(field.type)))
          .slice(0, 4)
          .map((field) => `${field.name} ${selection(field.type, depth - 1)}`);
  return `{ __typename ${[...leaves.slice(0, 12), ...deeper].join(" ")} }`;
}

/** An operation with one field of the schema, and variables for its arguments. */
const operationOf = (
  kind: "query" | "mutation",
  field: GraphQLField<unknown, unknown>,
): fc.Arbitrary<Attack> =>
  fc
    .record({
      values: fc.record(Object.fromEntries(field.args.map(({ name, type }) => [name, hostileValue(type)]))),
      depth: fc.integer({ min: 0, max: 2 }),
      left: fc.subarray(field.args.map(({ name }) => name)),
    })
    .map(({ values, depth, left }) => {
      const given = field.args.filter(({ name, type }) => String(type).endsWith("!") || !left.includes(name));
      const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(" ");
      const passed = given.map(({ name }) => `${name}: $${name}`).join(" ");
      const head = given.length > 0 ? `(${declared})` : "";
      const query = `${kind} Attack${head} { ${field.name}${passed && `(${passed})`} ${selection(field.type, depth)} }`;
      return { kind: "operation", body: JSON.stringify({ query, variables: values }) };
    });

const repeated = (text: string, most: number) =>
  fc.integer({ min: 1, max: most }).map((times) => text.repeat(times));

/** Documents that are expensive to parse, to validate or to run. */
const documents: fc.Arbitrary<string> = fc.oneof(
  repeated("a: __typename ", 3_000).map((fields) => `{ ${fields} }`),
  fc
    .integer({ min: 1, max: 5_000 })
    .map((many) => `{ ${Array.from({ length: many }, (_, at) => `a${at}: __typename`).join(" ")} }`),
  repeated("@include(if: true) ", 2_000).map((directives) => `{ __typename ${directives} }`),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((depth) => `{ contacts ${"{ nodes ".repeat(depth)} { id } ${"}".repeat(depth)} }`),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((depth) => `{ contacts(filter: ${"[".repeat(depth)}${"]".repeat(depth)}) }`),
  fc.integer({ min: 2, max: 60 }).map((many) => {
    const spread = Array.from(
      { length: many },
      (_, at) => `fragment F${at} on Query { ...F${(at + 1) % many} ...F${(at + 1) % many} }`,
    );
    return `{ ...F0 } ${spread.join(" ")}`;
  }),
  fc.integer({ min: 1, max: 30 }).map((many) => {
    const spread = Array.from(
      { length: many },
      (_, at) => `fragment F${at} on Contact { ...F${at + 1} ...F${at + 1} }`,
    );
    return `{ contacts(first: 1) { nodes { ...F0 } } } ${spread.join(" ")} fragment F${many} on Contact { id }`;
  }),
  fc
    .integer({ min: 1, max: 200 })
    .map(
      (many) =>
        `query (${Array.from({ length: many }, (_, at) => `$v${at}: Int = ${at}`).join(" ")}) { __typename }`,
    ),
  fc
    .integer({ min: 1, max: 100 })
    .map(
      (first) =>
        `{ contacts(first: ${first}) { nodes { deals(first: ${first}) { nodes { activities(first: ${first}) { nodes { contact { deals(first: ${first}) { totalCount } } } } } } } } }`,
    ),
  fc.constantFrom(
    "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
    "query A { __typename } query A { __typename }",
    "subscription { __typename }",
    "{ contacts { ...F } } fragment F on Contact { id }",
    "fragment F on Query { __typename }",
    '{ node(id: """',
    "{ a: contact(id: 1) { id } a: contact(id: 2) { id } }",
    "#".repeat(99_999),
    `{ contacts(search: "${"\\u0000".repeat(2_000)}") { nodes { id } } }`,
  ),
  fc.string({ unit: "binary", maxLength: 300 }),
);

/** Bodies that are not a valid request. */
const bodies: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .integer({ min: 1, max: 100_000 })
    .map((depth) => `{"query":"{ __typename }","variables":${"[".repeat(depth)}${"]".repeat(depth)}}`),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((depth) => `{"query":"{ __typename }","variables":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`),
  fc
    .integer({ min: 1, max: 50_000 })
    .map((many) => `{"query":"{ __typename }","variables":{"v":[${"0,".repeat(many)}0]}}`),
  fc.constantFrom(
    '{"__proto__":{"admin":true},"query":"{ __typename }"}',
    '{"query":"{ __typename }","variables":{"__proto__":{"x":1},"constructor":{"prototype":{}}}}',
    '{"query":"{ __typename }","query":"mutation { __typename }"}',
    '{"query":"{ __typename }","operationName":{"a":1}}',
    '{"query":["{ __typename }"]}',
    '[{"query":"{ __typename }"},{"query":"{ __typename }"}]',
    '{"query":"query ($a: Int) { __typename }","variables":{"a":1e400}}',
    '{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"0"}}}',
  ),
);

/** The bytes of a request, broken at some place. */
const wire: fc.Arbitrary<string> = fc
  .record({
    method: fc.constantFrom(
      "POST",
      "GET",
      "PUT",
      "TRACE",
      "CONNECT",
      "PRI",
      "post",
      "P\u0000ST",
      "OPTIONS",
      "HEAD",
    ),
    target: fc.constantFrom(
      "/graphql",
      "/",
      "*",
      "//",
      "/graphql?variables=%7B",
      "/graphql?query=%E0%A4%A",
      "/graphql/../../etc/passwd",
      "/imports/x/errors.csv",
      "/exports/%00",
      "http://other.example/graphql",
      "/%",
      `/${"a".repeat(9_000)}`,
    ),
    version: fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTP/1.1", ""),
    headers: fc.array(
      fc.constantFrom(
        "host: test",
        "host: a b",
        "host:",
        "content-length: 5",
        "content-length: -1",
        "content-length: 5, 6",
        "transfer-encoding: chunked",
        "transfer-encoding: chunked, gzip",
        "content-type: application/json",
        "content-type: application/json; charset=utf-16",
        "content-type: multipart/form-data",
        "content-type: multipart/form-data; boundary=x",
        "content-encoding: br",
        "expect: 200-ok",
        "upgrade: websocket",
        "authorization: Bearer sk_live_x",
        "authorization: Basic \u0000",
        "authorization: ",
        "x-org-id: organization_",
        "x-graphql-yoga-csrf: 1",
        "accept: text/html;q=\u00ff",
        "cookie: a=b",
        ": empty",
        "no colon",
        " folded: line",
        `x-long: ${"a".repeat(5_000)}`,
      ),
      { maxLength: 6 },
    ),
    many: fc.integer({ min: 0, max: 150 }),
    body: fc.constantFrom(
      "",
      '5\r\n{"que\r\n0\r\n\r\n',
      "{}",
      "--x\r\n\r\n\r\n--x--",
      "zz\r\n",
      "\u0000".repeat(50),
    ),
  })
  .map(({ method, target, version, headers, many, body }) =>
    [
      `${method} ${target} ${version}`.trimEnd(),
      ...headers,
      ...Array.from({ length: Math.max(0, many - 100) * 2 }, (_, at) => `x-${at}: 1`),
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );

/** Random attacks. @param schema all its fields are attacked, each with the same probability */
export function attacks(schema: GraphQLSchema): fc.Arbitrary<Attack> {
  const operations = (["query", "mutation"] as const).flatMap((kind) => {
    const type = kind === "query" ? schema.getQueryType() : schema.getMutationType();
    return Object.values(type?.getFields() ?? {}).map((field) => operationOf(kind, field));
  });
  const asBody = (kind: "document" | "body") => (body: string) => ({ kind, body });
  return fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...operations) },
    { weight: 2, arbitrary: documents.map((query) => JSON.stringify({ query })).map(asBody("document")) },
    { weight: 1, arbitrary: bodies.map(asBody("body")) },
    { weight: 1, arbitrary: wire.map((bytes) => ({ kind: "bytes", bytes }) as const) },
  );
}
