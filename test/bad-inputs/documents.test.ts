import { getIntrospectionQuery } from "graphql";
import { expect } from "vitest";
import { defaultLimits } from "../../src/server/plugins/use-limits.ts";
import { checkError, Door, row, times } from "./row.ts";

/** Rows 21 to 29 and 40 to 46: GraphQL documents and their variables. */

const door = Door.forFile();
const closed = Door.forFile({ limits: { ...defaultLimits, introspection: false } });
const list = "query ($f: ContactFilter, $n: Int) { contacts(filter: $f, first: $n) { totalCount } }";

row(21, "a syntax error and an unknown field have codes, and a closed schema suggests nothing", async () => {
  checkError(await door.ask("{ contacts("), null, "GRAPHQL_PARSE_FAILED");
  const open = checkError(await door.ask("{ contactz { totalCount } }"), null, "GRAPHQL_VALIDATION_FAILED");
  expect(open.message).toMatch(/did you mean/i);
  for (const query of ["{ contactz { totalCount } }", "{ contacts(trash: EXCLUD) { totalCount } }"])
    expect((await closed.ask(query)).text).not.toMatch(/did you mean/i);
});

row(22, "30 levels of fields are refused with their number and the limit", () => {
  const nested = (levels: number): string =>
    levels === 0 ? "id" : `deals { nodes { contact { ${nested(levels - 1)} } } }`;
  return door.refuses(
    `{ contacts { nodes { ${nested(9)} } } }`,
    "QUERY_TOO_DEEP",
    "30 levels of fields inside each other; the limit is 10",
  );
});

row(23, "101 aliases of a field are refused", () =>
  door.refuses(
    `{ ${times(101, (at) => `a${at}: viewer { __typename }`)} }`,
    "TOO_MANY_ALIASES",
    "101 aliases; the limit is 100",
  ),
);

row(24, "101 aliases of __typename are refused alike", () =>
  door.refuses(`{ ${times(101, (at) => `a${at}: __typename`)} }`, "TOO_MANY_ALIASES", "101 aliases"),
);

row(25, "500 times one field is refused", () =>
  door.refuses(
    `{ contacts { nodes { ${"id ".repeat(500)} } } }`,
    "GRAPHQL_PARSE_FAILED",
    "500 fields of one name",
  ),
);

row(26, "fragments in a circle are refused", () =>
  door.refuses(
    "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "GRAPHQL_VALIDATION_FAILED",
    "Cannot spread fragment",
  ),
);

row(27, "20 fragments, each of which spreads the next twice, cost what they select", () => {
  const bomb = times(
    20,
    (at) => `fragment F${at} on Query { ...F${at + 1} a${at}: __typename ...F${at + 1} }`,
  );
  return door.refuses(
    `{ ...F0 } ${bomb} fragment F20 on Query { contacts(first: 100) { nodes { id } } }`,
    "QUERY_TOO_COMPLEX",
    "the limit is",
  );
});

row(
  28,
  "51 directives are one error, whatever they are",
  async () => {
    for (const directive of ["@include(if: true)", "@nothing"])
      await door.refuses(
        `{ ${times(51, () => `__typename ${directive}`)} }`,
        "TOO_MANY_DIRECTIVES",
        "51 directives",
      );
    const ten = await door.ask(`{ ${times(10, (at) => `__typename @x${at}`)} }`);
    checkError(ten, null, "GRAPHQL_VALIDATION_FAILED");
    expect(ten.errors).toHaveLength(10);
  },
  "50 of @include are within the limit, as clients need them, and each unknown one is named",
);

row(29, "100,000 tokens are refused where the limit is reached", () =>
  door.refuses(`{ ${"a ".repeat(49_000)} }`, "GRAPHQL_PARSE_FAILED", "2000 tokens"),
);

row(
  40,
  "with INTROSPECTION=false the schema is refused with one error, however it is asked for",
  async () => {
    for (const query of [
      getIntrospectionQuery(),
      "{ __schema { types { name } } }",
      '{ a: __type(name: "Contact") { name } b: __type(name: "Deal") { name fields { name } } }',
      '{ ...A } fragment A on Query { viewer { __typename } ... { __type(name: "Contact") { name } } }',
    ]) {
      const answer = await closed.ask(query);
      checkError(answer, 400, "INTROSPECTION_DISABLED");
      expect(answer.errors).toHaveLength(1);
    }
    expect((await closed.ask("{ __typename }")).errors).toEqual([]);
    expect((await door.ask(getIntrospectionQuery())).errors).toEqual([]);
  },
);

row(41, "an operation that is not there, and two without a name, are refused", async () => {
  const query = "query A { __typename } query B { __typename }";
  for (const more of [{}, { operationName: "C" }])
    checkError(
      await door.send({ body: JSON.stringify({ query, ...more }) }),
      null,
      "OPERATION_RESOLUTION_FAILURE",
    );
});

row(42, "a subscription is refused", async () => {
  const answer = await door.ask("subscription { contacts { totalCount } }");
  checkError(answer, null, "GRAPHQL_VALIDATION_FAILED");
});

row(43, "eleven mutations in one document are refused before any of them is done", () =>
  door.refuses(
    `mutation { ${times(50, (at) => `m${at}: tagCreate(input: { name: "Row 43 ${at}" }) { tag { id } }`)} }`,
    "TOO_MANY_MUTATIONS",
    "50 mutations",
  ),
);

row(
  44,
  "no field takes a key, so that aliases guess none: a request has one credential, and each wrong one counts",
  async () => {
    const guessed = await door.ask(
      `{ ${times(50, (at) => `a${at}: viewer { id }`)} }`,
      {},
      { key: "sk_test_x" },
    );
    checkError(guessed, 401, "UNAUTHENTICATED");
    expect(guessed.errors).toHaveLength(1);
  },
  "there is no login by a mutation",
);

row(
  45,
  "a wrong value of an enum is told with its place, and names others only where the schema is open",
  async () => {
    const query = "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }";
    const error = checkError(await door.ask(query, { t: "EXCLUD" }), null, "BAD_USER_INPUT");
    expect(error.extensions.field).toBe("t");
    const hidden = await closed.ask(query, { t: "EXCLUD" });
    checkError(hidden, null, "BAD_USER_INPUT");
    expect(hidden.text).not.toContain("EXCLUDE");
    expect((await door.ask(query, { t: "y".repeat(5000) })).text).not.toContain("y".repeat(61));
  },
);

row(46, "variables named as every object's prototype change nothing", async () => {
  const bad = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  expect(await door.send({ body: `{"query":"{ __typename }","variables":${bad}}` })).toMatchObject({
    status: 200,
  });
  const body = `{"query":${JSON.stringify(list)},"variables":{"f":${bad}}}`;
  checkError(await door.send({ body }), null, "BAD_USER_INPUT");
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
