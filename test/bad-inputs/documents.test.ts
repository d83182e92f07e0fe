import { getIntrospectionQuery } from "graphql";
import { expect } from "vitest";
import { defaultLimits } from "../../src/server/plugins/use-limits.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { checkError, Door, row, times } from "./row.ts";

/** Rows 21 to 46: GraphQL documents and their variables. */

const door = Door.forFile();
const closed = Door.forFile({ limits: { ...defaultLimits, introspection: false } });
const list = "query ($f: ContactFilter, $n: Int) { contacts(filter: $f, first: $n) { totalCount } }";

/** Refused with one error, alike each time, before any statement but the credential's. */
async function checkRefused(query: string, code: string, words: string, variables: object = {}) {
  for (let time = 0; time < 2; time += 1) {
    const { answer, statements } = await statementsOf(() => door.ask(query, variables));
    const error = checkError(answer, null, code);
    expect(error.message).toContain(words);
    expect(answer.errors).toHaveLength(1);
    expect(answer.data).toBeNull();
    expect(statements.length).toBeLessThanOrEqual(1);
  }
}

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
  return checkRefused(
    `{ contacts { nodes { ${nested(9)} } } }`,
    "QUERY_TOO_DEEP",
    "30 levels of fields inside each other; the limit is 10",
  );
});

row(23, "101 aliases of a field are refused", () =>
  checkRefused(
    `{ ${times(101, (at) => `a${at}: viewer { __typename }`)} }`,
    "TOO_MANY_ALIASES",
    "101 aliases; the limit is 100",
  ),
);

row(24, "101 aliases of __typename are refused alike", () =>
  checkRefused(`{ ${times(101, (at) => `a${at}: __typename`)} }`, "TOO_MANY_ALIASES", "101 aliases"),
);

row(25, "500 times one field is refused", () =>
  checkRefused(
    `{ contacts { nodes { ${"id ".repeat(500)} } } }`,
    "GRAPHQL_PARSE_FAILED",
    "500 fields of one name",
  ),
);

row(26, "fragments in a circle are refused", () =>
  checkRefused(
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
  return checkRefused(
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
      await checkRefused(
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
  checkRefused(`{ ${"a ".repeat(49_000)} }`, "GRAPHQL_PARSE_FAILED", "2000 tokens"),
);

/** @returns what is said of a page's size */
const page = async (query: string, variables: object = {}) => {
  const answer = await door.ask(query, variables);
  expect(answer.data).toBeNull();
  return checkError(answer, null, "BAD_USER_INPUT").message;
};

row(30, "a page of 1,000,000 as a literal is refused with the bounds", async () => {
  expect(await page("{ contacts(first: 1000000) { totalCount } }")).toMatch(/^first must be .*1 .*100$/);
});

row(31, "a page of 1,000,000 as a variable is refused alike", async () => {
  expect(await page(list, { n: 1_000_000 })).toBe(await page("{ contacts(first: 1000000) { totalCount } }"));
});

row(32, "pages inside pages are multiplied before any SQL", () =>
  checkRefused(
    "query ($n: Int) { contacts(first: $n) { nodes { deals(first: $n) { nodes { activities(first: 5) { nodes { id } } } } } } }",
    "QUERY_TOO_COMPLEX",
    "contacts.nodes.deals.nodes.activities",
    { n: 100 },
  ),
);

row(33, "pages by a default value and under last are counted too", async () => {
  const inner = "{ nodes { deals(first: 100) { nodes { activities(first: 5) { nodes { id } } } } } }";
  await checkRefused(`query ($n: Int = 100) { contacts(first: $n) ${inner} }`, "QUERY_TOO_COMPLEX", "");
  await checkRefused(`{ contacts(last: 100) ${inner} }`, "QUERY_TOO_COMPLEX", "");
});

row(
  34,
  "pages of -1, 0 and what is no whole number, and first beside last, are refused; neither means 25",
  async () => {
    for (const value of ["-1", "0", "2147483648", "1e400", "1.5", '"5"']) {
      for (const answer of [
        await door.ask(`{ contacts(first: ${value}) { totalCount } }`),
        await door.send({ body: `{"query":${JSON.stringify(list)},"variables":{"n":${value}}}` }),
      ])
        checkError(answer, null, "BAD_USER_INPUT");
    }
    checkError(await door.ask("{ contacts(first: 1, last: 1) { totalCount } }"), null, "BAD_USER_INPUT");
    expect((await door.ask("{ contacts { totalCount } }")).errors).toEqual([]);
  },
);

row(
  35,
  "a cursor that is none, of another type, filter or organization, or edited, is refused; one of a deleted row pages on",
  async () => {
    const { organization } = door;
    const other = await Organization.make();
    for (const each of [organization, other]) {
      for (const name of ["A", "B", "C"]) {
        await each.contact({ name, company: "Row 35" });
        await each.lead({ name });
      }
    }
    const after = (cursor: string, filter = '{ company: { eq: "Row 35" } }') =>
      `{ contacts(first: 1, after: "${cursor}", filter: ${filter}) { nodes { id name } pageInfo { endCursor } } }`;
    const first =
      '{ contacts(first: 1, filter: { company: { eq: "Row 35" } }) { nodes { id name } pageInfo { endCursor } } }';
    const pageOf = (data: Record<string, unknown> | null, field = "contacts") =>
      (data as Record<string, { nodes: { id: string; name: string }[]; pageInfo: { endCursor: string } }>)[
        field
      ];
    const mine = pageOf((await door.ask(first)).data);
    const theirs = pageOf((await door.ask(first, {}, { key: other.key })).data);
    const leads = pageOf(
      (await door.ask("{ leads(first: 1) { nodes { id } pageInfo { endCursor } } }")).data,
      "leads",
    );
    const cursor = mine?.pageInfo.endCursor ?? "";
    for (const bad of [
      "nonsense",
      "x".repeat(10_000),
      leads?.pageInfo.endCursor ?? "",
      theirs?.pageInfo.endCursor ?? "",
      `${cursor.slice(0, -2)}${cursor.endsWith("AA") ? "BB" : "AA"}`,
    ])
      checkError(await door.ask(after(bad)), null, "BAD_CURSOR");
    checkError(await door.ask(after(cursor, '{ name: { ne: "Z" } }')), null, "BAD_CURSOR");
    await door.ask(`mutation { contactDelete(id: "${mine?.nodes[0]?.id}") { errors { code } } }`);
    expect(pageOf((await door.ask(after(cursor))).data)?.nodes).toMatchObject([{ name: "B" }]);
  },
);

row(
  36,
  "the id of another organization's record is answered to the byte as one that nobody has",
  async () => {
    const theirs = await (await Organization.make()).contact();
    const nobody = theirs.globalId.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const field of ["node", "contact"]) {
      const query = `query ($id: ID!) { ${field}(id: $id) { id } }`;
      const [one, other] = [
        await door.ask(query, { id: theirs.globalId }),
        await door.ask(query, { id: nobody }),
      ];
      expect(one.text).toBe(other.text);
      expect(one).toMatchObject({ status: 200, data: { [field]: null } });
    }
  },
);

row(
  37,
  "the id of another type is refused where a record is referred to; a query finds nobody by it",
  async () => {
    const { globalId } = door.organization;
    const { globalId: primaryId } = await door.organization.contact();
    const merge =
      "mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { errors { code message path } } }";
    const { data } = await door.ask(merge, { input: { primaryId, duplicateIds: [globalId] } });
    expect(data).toEqual({
      contactMerge: {
        errors: [
          {
            code: "BAD_ID",
            message: expect.stringMatching(/contact/),
            path: ["input", "duplicateIds", "0"],
          },
        ],
      },
    });
    const found = await door.ask("query ($id: ID!) { contact(id: $id) { id } }", { id: globalId });
    expect(found).toMatchObject({ data: { contact: null }, errors: [] });
  },
  "the prefix of an id says its type, so that a query answers null as for any id that is not there",
);

row(38, "what is no id is refused", async () => {
  const bad = [
    "",
    "01913b3a-0000-7000-8000-000000000001",
    "Contact:",
    "contact_",
    "__proto__",
    "'; DROP TABLE contact; --",
  ];
  for (const id of bad) {
    for (const field of ["contact", "node"])
      checkError(await door.ask(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id }), null, "BAD_ID");
  }
  const nul = await door.ask("query ($id: ID!) { node(id: $id) { id } }", { id: "contact_\0" });
  expect(nul.errors[0]?.extensions.code).toMatch(/^(BAD_ID|BAD_USER_INPUT)$/);
});

row(39, "10,000 ids are refused by their number", async () => {
  const ids = Array(10_000).fill(door.organization.globalId);
  checkError(
    await door.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids }),
    null,
    "TOO_MANY_ITEMS",
  );
});

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
  checkRefused(
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
