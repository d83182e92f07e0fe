import { beforeAll, describe, expect, test } from "vitest";
import { mutate, post, read, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/**
 * Bad values by the rows of the table of bad inputs: one answer each, written in the document or sent as a variable.
 */

let key: string;
beforeAll(async () => {
  const organization = await Organization.make();
  key = organization.key;
  await organization.contact({ name: "Ann" });
});

const sendRaw = async (query: string, variables: string) =>
  read(
    await post(`{ "query": ${JSON.stringify(query)}, "variables": ${variables} }`, {
      authorization: `Bearer ${key}`,
    }),
  );

describe.each(["first", "last"])("34: %s", (argument) => {
  test.each(["-1", "0", "101", "2147483648", "1e400", "1.5", '"5"', "true"])(
    "%s is refused, as a literal, a variable and a default value alike",
    async (value) => {
      const declared = `query ($n: Int) { contacts(${argument}: $n) { totalCount } }`;
      for (const { errors, text } of [
        await sendText(key, `{ contacts(${argument}: ${value}) { totalCount } }`),
        await sendRaw(declared, `{ "n": ${value} }`),
        await sendText(key, declared.replace("$n: Int", `$n: Int = ${value}`)),
      ]) {
        expect(errors, text).toHaveLength(1);
        expect(errors[0]?.extensions.code, text).toBe("BAD_USER_INPUT");
      }
    },
  );

  test("is bounded inside of other lists, and cannot be given with the other", async () => {
    for (const inner of [`deals(${argument}: 0)`, `activities(${argument}: 101)`]) {
      const { errors, text } = await sendText(key, `{ contacts { nodes { ${inner} { totalCount } } } }`);
      expect(errors, text).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: argument } }]);
    }
    const both = await sendText(key, "{ contacts(first: 1, last: 1) { totalCount } }");
    expect(both.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "last" } }]);
    const neither = await sendText(key, "{ contacts { nodes { name } } }");
    expect(neither.data).toEqual({ contacts: { nodes: [{ name: "Ann" }] } });
  });
});

test("45: the error of a wrong enum value names the variable", async () => {
  const { errors } = await sendText(
    key,
    "query ($order: [ContactOrder!]) { contacts(orderBy: $order) { totalCount } }",
    { order: [{ field: "NAME" }, { field: "NOPE" }] },
  );
  expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "order[1].field" } }]);
});

test("46: keys of every object's prototype are refused, and change nothing", async () => {
  const list = "query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }";
  for (const filter of [
    '{ "__proto__": { "polluted": true } }',
    '{ "constructor": { "prototype": { "polluted": true } } }',
  ]) {
    const { errors, text } = await sendRaw(
      list,
      `{ "filter": ${filter}, "__proto__": { "polluted": true } }`,
    );
    expect(errors, text).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "filter" } }]);
  }
  const value = await sendRaw(
    'query ($value: JSON) { contacts(query: { groups: [{ conditions: [{ field: "createdAt", op: WITHIN, value: $value }] }] }) { totalCount } }',
    '{ "value": { "__proto__": { "last": { "amount": 1, "unit": "DAY" } } } }',
  );
  expect(value.errors).toMatchObject([{ extensions: { code: "INVALID_FILTER_VALUE" } }]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe("75 and 76: money", () => {
  const create = (value: string) =>
    sendText(
      key,
      `mutation { dealCreate(input: { name: "D", stage: "S", value: ${value} }) { deal { value { amount currency } } errors { code path } } }`,
    );

  test.each(['"NaN"', '"Infinity"', '"1,000.00"', '"1e30"', "1e30", `"${"9".repeat(40)}"`, "true", "null"])(
    "an amount of %s is refused",
    async (amount) => {
      const { errors, data, text } = await create(`{ amount: ${amount}, currency: "EUR" }`);
      expect(data ?? null, text).toBeNull();
      expect(errors, text).toHaveLength(1);
      expect(errors[0]?.extensions.code).toMatch(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/);
    },
  );

  test.each(['"0.005"', "0.005", '"-1"', '"99999999999999999.00"', "1e-7"])(
    "an amount of %s is refused, and not rounded",
    async (amount) => {
      const { data, text } = await create(`{ amount: ${amount}, currency: "EUR" }`);
      expect(data, text).toEqual({
        dealCreate: { deal: null, errors: [{ code: "INVALID_VALUE", path: ["input", "value", "amount"] }] },
      });
    },
  );

  test.each([
    ['"9999999999999999.99"', "9999999999999999.99"],
    ["-0", "0.00"],
    ['"0.10"', "0.10"],
  ])("an amount of %s is %s", async (amount, kept) => {
    const { data } = await create(`{ amount: ${amount}, currency: "EUR" }`);
    expect(data).toEqual({ dealCreate: { deal: { value: { amount: kept, currency: "EUR" } }, errors: [] } });
  });

  test.each(['"XYZ"', '"eur"', '"EURO"', '""', "5"])("a currency %s is refused", async (currency) => {
    const { errors, data, text } = await create(`{ amount: "1", currency: ${currency} }`);
    expect(data ?? null).toBeNull();
    expect(errors[0]?.extensions.code, text).toBe(currency === "5" ? "BAD_USER_INPUT" : "INVALID_CURRENCY");
    const lead = await sendText(
      key,
      'mutation ($money: MoneyInput!) { leadCreate(input: { name: "L", dealValue: $money }) { lead { id } } }',
      { money: { amount: "1", currency: JSON.parse(currency) } },
    );
    expect(lead.errors, lead.text).toMatchObject([{ extensions: { field: "money.currency" } }]);
  });
});

describe("77: days and moments", () => {
  const list =
    "query ($on: Date, $gt: DateTime) { contacts(filter: { createdAt: { on: $on, gt: $gt } }) { totalCount } }";
  test.each([
    ...["2026-02-30", "0000-00-00", "0000-01-01", "10000-01-01", "2026-1-1", "1767225600"].map((on) => ({
      on,
    })),
    ...[
      "2026-01-01T24:00:00Z",
      "2026-06-30T23:59:60Z",
      "2026-01-01T00:00:00",
      "2026-02-30T00:00:00Z",
      "10000-01-01T00:00:00Z",
      1767225600,
    ].map((gt) => ({ gt })),
  ])("%j is refused", async (variables) => {
    const { errors, text } = await sendText(key, list, variables);
    const [name, value] = Object.entries(variables)[0] ?? [];
    expect(errors, text).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: name } }]);
    const literal = await sendText(
      key,
      `{ contacts(filter: { createdAt: { ${name}: ${JSON.stringify(value)} } }) { totalCount } }`,
    );
    expect(literal.errors, literal.text).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });
});

test("66: a name of nothing that can be seen is refused", async () => {
  const { errors } = await mutate(
    key,
    'contactCreate(input: { name: "\\u200b \\u2060", email: "x@example.com" })',
    "contact { id }",
  );
  expect(errors).toMatchObject([{ code: "REQUIRED", path: ["input", "name"] }]);
});

test("71: ß and İ in a domain make one address each, however they are written", async () => {
  const create = (email: string) =>
    mutate<{ contact: object | null }>(
      key,
      `contactCreate(input: { name: "N", email: "${email}" })`,
      "contact { id }",
    );
  for (const [first, same, other] of [
    ["a@straße.example", "A@xn--strae-oqa.example", "a@strasse.example"],
    ["b@İstanbul.example", "b@i\u0307stanbul.EXAMPLE", "b@istanbul.example"],
  ] as const) {
    expect((await create(first)).errors).toEqual([]);
    expect((await create(same)).errors).toMatchObject([{ code: "EMAIL_TAKEN" }]);
    expect((await create(other)).errors).toEqual([]);
  }
});
