import { beforeAll, describe, expect, test } from "vitest";
import { post, read, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/**
 * Values that a request brings: bounded before they are read, and errors that are no larger than what they are about.
 */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

const list =
  "query ($filter: ContactFilter, $query: SmartListQueryInput) { contacts(filter: $filter, query: $query) { totalCount } }";
const sendBody = async (body: string) =>
  read(await post(body, { authorization: `Bearer ${organization.key}` }));
const condition = (value: string) =>
  `{"groups":[{"conditions":[{"field":"name","op":"EQ","value":${value}}]}]}`;
const deep = (levels: number, open: string, inner: string, close: string) =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

describe.each<[string, string]>([
  ["17 lists 100,000 deep", `{"filter":${deep(100_000, "[", "", "]")}}`],
  ["17 objects 100,000 deep", `{"filter":${deep(100_000, '{"not":', "{}", "}")}}`],
  ["a filter 3,000 deep", `{"filter":${deep(3000, '{"not":', "{}", "}")}}`],
  ["a filter 3,000 deep in lists", `{"filter":${deep(3000, '{"and":[', "{}", "]}")}}`],
  ["a JSON value 3,000 deep", `{"query":${condition(deep(3000, "[", "1", "]"))}}`],
  ["a JSON value 3,000 deep, of objects", `{"query":${condition(deep(3000, '{"a":', "1", "}"))}}`],
  ["a variable that the document does not have", `{"other":${deep(3000, "[", "1", "]")}}`],
])("%s", (_case, variables) => {
  test("is refused with 400 and one error, before any statement but the credential's", async () => {
    const body = `{"query":${JSON.stringify(list)},"variables":${variables}}`;
    const { answer, statements } = await statementsOf(() => sendBody(body));
    expect(answer.status, answer.text.slice(0, 300)).toBe(400);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]?.extensions.code).toBe("QUERY_TOO_DEEP");
    expect(answer.text.length).toBeLessThan(500);
    expect(statements.length).toBeLessThanOrEqual(1);
  });
});

test("extensions of a request are bounded like its variables", async () => {
  const { status, errors } = await sendBody(
    `{"query":"{ __typename }","extensions":{"a":${deep(3000, "[", "1", "]")}}}`,
  );
  expect([status, errors[0]?.extensions.code]).toEqual([400, "QUERY_TOO_DEEP"]);
});

test("a value as deep as filters may be, and deeper, is refused by the filter's own limit", async () => {
  const { errors } = await sendBody(
    `{"query":${JSON.stringify(list)},"variables":{"filter":${deep(100, '{"not":', "{}", "}")}}}`,
  );
  expect(errors[0]?.extensions.code).toBe("FILTER_TOO_LARGE");
});

test.each<[string, object]>([
  ["82: 10,000 conditions", { filter: { or: Array(10_000).fill({ name: { eq: "x" } }) } }],
  ["60,000 empty filters", { filter: { or: Array(60_000).fill({}) } }],
  ["30,000 filters, deeper", { filter: { not: { and: [{ or: Array(30_000).fill({ name: {} }) }] } } }],
])(
  "%s are counted with the fields that were left out, each of which would be looked for",
  async (_case, variables) => {
    const { answer, statements } = await statementsOf(() =>
      sendText(organization.key, list, { ...variables }),
    );
    expect([answer.status, answer.data, answer.errors.length]).toEqual([400, null, 1]);
    expect(answer.errors[0]?.extensions).toMatchObject({
      code: "FILTER_TOO_LARGE",
      field: "variables.filter",
    });
    expect(answer.errors[0]?.message).toMatch(/ has objects with \d+ fields in all.*; the limit is 300000/);
    expect(statements.length).toBeLessThanOrEqual(1);
  },
);

describe("an error is no larger than its cause", () => {
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1]));

  test("95,000 unknown keys are counted before one of them is looked at", async () => {
    const { status, errors, text } = await sendText(organization.key, list, { filter: keys(95_000) });
    expect(status).toBe(400);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      message: "variables.filter has 95000 keys; the limit is 200.",
      extensions: { code: "TOO_MANY_ITEMS", field: "variables.filter" },
    });
    expect(text.length).toBeLessThan(500);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["200 unknown keys", list, { filter: keys(200) }],
    ["a list of 1,000 filters with unknown keys", list, { filter: { or: Array(1000).fill(keys(90)) } }],
    [
      "20,000 wrong ids",
      "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
      { ids: Array(20_000).fill({ a: 1 }) },
    ],
    [
      "conditions without what they need",
      list,
      { query: { groups: [{ conditions: Array(5000).fill({ value: "x".repeat(50) }) }] } },
    ],
    [
      "a megabyte where an enum belongs",
      "query ($t: TrashMode) { contacts(trash: $t) { totalCount } }",
      { t: "x".repeat(900_000) },
    ],
    [
      "a megabyte where a number belongs",
      "query ($n: Int) { contacts(first: $n) { totalCount } }",
      { n: "1".repeat(900_000) },
    ],
  ])("%s", async (_case, query, variables) => {
    const { answer, statements } = await statementsOf(() => sendText(organization.key, query, variables));
    expect(answer.errors.length).toBeGreaterThan(0);
    expect(answer.errors.length).toBeLessThanOrEqual(21);
    expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(["BAD_USER_INPUT"]),
    );
    expect(answer.text.length).toBeLessThan(10_000);
    expect(answer.data).toBeNull();
    expect(statements.length).toBeLessThanOrEqual(1);
  });

  test.each<[string, string]>([
    ["a field", `{ ${"y".repeat(90_000)} }`],
    ["99 fields", `{ ${Array.from({ length: 99 }, (_, at) => `${"y".repeat(900)}${at}`).join(" ")} }`],
    ["an enum", `{ contacts(trash: ${"y".repeat(90_000)}) { totalCount } }`],
    ["a text where an enum belongs", `{ contacts(trash: "${"y".repeat(90_000)}") { totalCount } }`],
    ["a type", `query ($a: ${"y".repeat(90_000)}) { contacts(first: $a) { totalCount } }`],
    ["a text that never ends", `{ contacts(trash: "${'y\\"'.repeat(30_000)}`],
  ])("%s of 90,000 characters in a document", async (_case, query) => {
    const { errors, text } = await sendText(organization.key, query);
    expect(errors.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(8_000);
  });

  test("each error has its path, and repeats at most 60 characters of the value", async () => {
    const { errors } = await sendText(organization.key, list, {
      filter: { createdAt: { gte: "z".repeat(100) }, or: [{ nmae: {} }] },
    });
    expect(errors.map(({ message, extensions }) => [extensions.code, extensions.field, message])).toEqual([
      [
        "BAD_USER_INPUT",
        "filter.createdAt.gte",
        expect.stringContaining(`got invalid value "${"z".repeat(60)}…" at "filter.createdAt.gte"`),
      ],
      [
        "BAD_USER_INPUT",
        "filter.or[0]",
        expect.stringContaining('at "filter.or[0]"; Field "nmae" is not defined'),
      ],
    ]);
  });

  test("the same error comes with the same status, whether the document came before or not", async () => {
    const answers = [];
    for (let time = 0; time < 4; time += 1) {
      const { status, text, errors } = await sendText(
        organization.key,
        "query Again($t: TrashMode) { contacts(trash: $t) { totalCount } }",
        { t: "NEVER" },
      );
      answers.push(`${status} ${text.replaceAll(String(errors[0]?.extensions.requestId), "")}`);
    }
    expect(new Set(answers).size).toBe(1);
  });
});

describe("sizes of pages, however they are sent", () => {
  const message = (first: string, declared = "", variables = {}) =>
    sendText(organization.key, `query${declared} { contacts(${first}) { nodes { id } } }`, variables).then(
      ({ errors, data }) => [data, errors.map(({ message, extensions }) => [extensions.code, message])],
    );

  test("30, 31, 33: 1000000 is refused with the same error as a literal, a variable and a default, for first and last", async () => {
    for (const name of ["first", "last"]) {
      const refused = [null, [["BAD_USER_INPUT", expect.stringContaining(`${name} must be`)]]];
      expect(await message(`${name}: 1000000`)).toEqual(refused);
      expect(await message(`${name}: $n`, "($n: Int)", { n: 1_000_000 })).toEqual(refused);
      expect(await message(`${name}: $n`, "($n: Int = 1000000)")).toEqual(refused);
    }
  });

  test.each([
    ["first: -1", ""],
    ["first: 0", ""],
    ["first: 2147483648", ""],
    ["first: 1e400", ""],
    ["first: 1, last: 1", ""],
  ])("34: %s is refused", async (args) => {
    const [data, errors] = await message(args);
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
  });

  test.each([-1, 0, 2_147_483_648, Number.MAX_VALUE, 1.5, "1", true, {}])(
    "34: %j as a variable is BAD_USER_INPUT",
    async (n) => {
      expect(await message("first: $n", "($n: Int)", { n })).toEqual([
        null,
        [["BAD_USER_INPUT", expect.any(String)]],
      ]);
    },
  );

  test("34: with neither first nor last there are 25", async () => {
    for (let at = 0; at < 26; at += 1) await organization.contact();
    const { data } = await sendText(organization.key, "{ contacts { nodes { id } } }");
    expect((data as unknown as { contacts: { nodes: unknown[] } }).contacts.nodes).toHaveLength(25);
  });

  test("39: 10,000 ids are refused by their number", async () => {
    const ids = Array(10_000).fill(organization.globalId);
    for (const { errors, data } of [
      await sendText(organization.key, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids }),
      await sendText(organization.key, `{ nodes(ids: ${JSON.stringify(ids.slice(0, 500))}) { id } }`),
    ]) {
      expect(data).toBeNull();
      expect(errors[0]?.extensions.code).toBe("TOO_MANY_ITEMS");
    }
  });
});
