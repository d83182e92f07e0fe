import { beforeAll, describe, expect, test } from "vitest";
import { mutate, post, read, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** A value is taken as it was sent or refused with words and its place; nothing is rounded on the way in. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  await organization.customField({ slug: "budget", type: "NUMBER", slot: "number1" });
  await organization.customField({ slug: "unslotted", type: "NUMBER", slot: null });
  const { id } = await organization.contact({ name: "Ann" });
  await organization.deal({ contactId: id, value: "9007199254740993.00" });
  await organization.deal({ contactId: id, value: "99999999999999.99" });
});

const list = `query ($filter: ContactFilter, $query: SmartListQueryInput, $timeZone: TimeZone) {
  contacts(filter: $filter, query: $query, timeZone: $timeZone) { totalCount } }`;

/** Variables as they go over the wire: JavaScript would round such a number before it is sent. */
const sendRaw = async (query: string, variables: string) =>
  read(
    await post(`{ "query": ${JSON.stringify(query)}, "variables": ${variables} }`, {
      authorization: `Bearer ${key}`,
    }),
  );
const condition = (op: string, value: string) =>
  `{ "query": { "groups": [{ "conditions": [{ "field": "deals.value", "op": "${op}", "value": ${value} }] }] } }`;

describe("a JSON number that may have been rounded on the way", () => {
  test.each([
    ["EQ", "9007199254740993", "query.groups[0].conditions[0].value", ""],
    ["GT", "9007199254740993", "query.groups[0].conditions[0].value", ""],
    ["LTE", "99999999999999.99", "query.groups[0].conditions[0].value", ""],
    ["IN", "[1, 9007199254740993]", "query.groups[0].conditions[0].value", "[1]"],
    ["EQ", "100000000000000000000", "query.groups[0].conditions[0].value", ""],
    ["EQ", "1e400", "query.groups[0].conditions[0].value", ""],
  ])("is refused by %s %s, in a variable and in the document", async (op, value, field, inner) => {
    const { errors, text } = await sendRaw(list, condition(op, value));
    expect(errors, text).toHaveLength(1);
    expect(errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", field } });
    expect(errors[0]?.message).toContain(`value${inner} must be sent as text`);
    const literal = await sendText(
      key,
      `{ contacts(query: { groups: [{ conditions: [{ field: "deals.value", op: ${op}, value: ${value} }] }] }) { totalCount } }`,
    );
    expect(literal.errors, literal.text).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    expect(literal.errors[0]?.message).toContain("must be sent as text");
  });

  test("is refused in a document by its own digits, where a double would show fewer", async () => {
    const { errors } = await sendText(
      key,
      '{ contacts(query: { groups: [{ conditions: [{ field: "deals.value", op: GT, value: 5.0000000000000001 }] }] }) { totalCount } }',
    );
    expect(errors[0]?.message).toContain("must be sent as text");
  });

  test.each([
    ["EQ", '"9007199254740993"', 1],
    ["EQ", '"9007199254740992"', 0],
    ["GT", '"9007199254740992.99"', 1],
    ["LTE", '"99999999999999.98"', 0],
    ["LTE", '"99999999999999.99"', 1],
    ["GT", "9007199254740991", 1],
    ["IN", "[0.1, 123456789012345, -7]", 0],
    ["GT", "1e-7", 1],
  ])("and as text, or short enough, it compares exactly: %s %s", async (op, value, expected) => {
    const { data, text } = await sendRaw(list, condition(op, value));
    expect(data, text).toEqual({ contacts: { totalCount: expected } });
  });

  test("is not stored in a list, which keeps exactly what was sent", async () => {
    const create =
      'mutation ($query: SmartListQueryInput!) { smartListCreate(input: { name: "Big", query: $query }) { smartList { query { groups { conditions { value } } } } } }';
    const refused = await sendRaw(create, condition("GT", "9007199254740993"));
    expect(refused.errors[0]?.message).toContain("must be sent as text");
    for (const value of ['"9007199254740993"', "0.1", "[123456789012345, 0.000001]"]) {
      const op = value.startsWith("[") ? "IN" : "GT";
      const { data, text } = await sendRaw(create, condition(op, value));
      expect(data, text).toEqual({
        smartListCreate: {
          smartList: { query: { groups: [{ conditions: [{ value: JSON.parse(value) }] }] } },
        },
      });
    }
  });

  test("is refused as a custom field's value too", async () => {
    const { errors } = await sendRaw(
      'mutation ($value: JSON) { contactCreate(input: { name: "B", email: "b@example.com", customFields: [{ slug: "budget", value: $value }] }) { contact { id } } }',
      '{ "value": 9007199254740993 }',
    );
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "value" } }]);
  });
});

test("a variable inside a JSON literal is its value, and not nothing", async () => {
  const { data, text } = await sendText(
    key,
    'query ($name: JSON) { contacts(query: { groups: [{ conditions: [{ field: "name", op: IN, value: [$name] }] }] }) { totalCount } }',
    { name: "ann" },
  );
  expect(data, text).toEqual({ contacts: { totalCount: 1 } });
});

describe("a custom NUMBER", () => {
  const set = (slug: string, value: unknown) =>
    mutate<{ contact: { id: string; customFields: { value: unknown }[] } | null }>(
      key,
      `contactCreate(input: { name: "N", phoneNumbers: ["+33612345678"], customFields: [{ slug: "${slug}", value: $value }] })`,
      "contact { id customFields { value } }",
      { value },
      "($value: JSON)",
    );

  test.each([
    ["budget", 1_000_000_000],
    ["budget", 999_999_999_999_999],
    ["budget", -123_456_789_012_345],
    ["budget", 123_456_789.012345],
    ["unslotted", 999_999_999_999_999],
    ["budget", "0.000001"],
  ])("of %s keeps %s, and is found by it", async (slug, value) => {
    const { contact, errors } = await set(slug, value);
    expect(errors).toEqual([]);
    expect(contact?.customFields).toEqual([{ value: Number(value) }]);
    const { data } = await sendText(key, list, {
      filter: { id: { eq: contact?.id }, customFields: [{ slug, number: { eq: String(value) } }] },
    });
    expect(data).toEqual({ contacts: { totalCount: 1 } });
  });

  test.each([
    ["1000000000000000", "must not have more than 15 digits before the point"],
    ["1234567890.123456", "must not have more than 15 digits"],
    ["0.0000001", "must not have more than 6 decimals"],
    [1e-7, "must not have more than 6 decimals"],
    ["1e-7", "must be written without an exponent"],
    ["1,000.00", "must be a decimal number"],
    ["NaN", "must be a decimal number"],
    [`1.${"0".repeat(100_000)}x`, "must not be longer than 400 characters"],
  ])("%s is refused by its own fault", async (value, words) => {
    const { contact, errors } = await set("budget", value);
    expect(contact).toBeNull();
    expect(errors).toMatchObject([{ code: "INVALID_CUSTOM_VALUE" }]);
    expect(errors[0]?.message).toContain(words);
  });
});

/** The scalars that callers send, each with something that it cannot keep. */
describe.each([
  ["Int", { filter: { and: [{ callCount: { eq: "5" } }] } }, "filter.and[0].callCount.eq"],
  ["DateTime", { filter: { and: [{ createdAt: { gt: "yesterday" } }] } }, "filter.and[0].createdAt.gt"],
  ["Date", { filter: { not: { createdAt: { on: "2026-02-30" } } } }, "filter.not.createdAt.on"],
  [
    "Decimal",
    { filter: { deals: { some: { value: { in: ["1", "x"] } } } } },
    "filter.deals.some.value.in[1]",
  ],
  ["Duration", { filter: { createdAt: { olderThan: "30 days" } } }, "filter.createdAt.olderThan"],
  ["TimeZone", { timeZone: "Mars/Base" }, "timeZone"],
  ["ID with NUL", { filter: { id: { eq: "contact_\0" } } }, "filter.id.eq"],
  ["String with NUL", { filter: { name: { in: ["a", "b\0"] } } }, "filter.name.in[1]"],
  ["String with half a letter", { filter: { name: { eq: "\ud83d" } } }, "filter.name.eq"],
  [
    "JSON with NUL",
    { query: { groups: [{ conditions: [{ field: "name", op: "IN", value: ["a", "\0"] }] }] } },
    "query.groups[0].conditions[0].value",
  ],
  [
    "JSON with half a letter",
    { query: { groups: [{ conditions: [{ field: "name", op: "EQ", value: "\udc00" }] }] } },
    "query.groups[0].conditions[0].value",
  ],
])("a wrong %s in a variable", (_scalar, variables, field) => {
  test("is told with its place, in the message and for programs", async () => {
    const { errors, data, text } = await sendText(key, list, variables);
    expect(data).toBeNull();
    expect(errors, text).toHaveLength(1);
    expect(errors[0]?.extensions).toMatchObject({ field, requestId: expect.any(String) });
    const [name] = field.split(/[.[]/);
    const place = field === name ? "" : ` at "${field}"`;
    expect(errors[0]?.message).toMatch(new RegExp(`^Variable "\\$${name}" got (an )?invalid value`));
    expect(errors[0]?.message).toContain(`${place}; `);
  });
});

test.each([
  ['{ contacts(filter: { createdAt: { gt: "x" } }) { totalCount } }', 1, 39],
  ['{ contacts(filter: { name: { eq: "\\u0000" } }) { totalCount } }', 1, 34],
  ['{ contacts(timeZone: "Mars/Base") { totalCount } }', 1, 22],
])("a wrong literal is told with its place in the document: %s", async (query, line, column) => {
  const { errors } = await sendText(key, query);
  expect(errors).toMatchObject([{ locations: [{ line, column }] }]);
});

test("a decimal with an exponent is read as what it says, or refused by its digits", async () => {
  const ask = (value: string) =>
    sendText(key, `{ contacts(filter: { deals: { some: { value: { gt: ${value} } } } }) { totalCount } }`);
  expect((await ask("1e-7")).data).toEqual({ contacts: { totalCount: 1 } });
  expect((await ask("1E17")).data).toEqual({ contacts: { totalCount: 0 } });
  expect((await ask("1e-13")).errors[0]?.message).toBe("value must not have more than 12 decimals");
  expect((await ask("1e30")).errors[0]?.message).toContain("digits before the point");
  expect((await ask("1e99999")).errors[0]?.message).toContain("must be written without an exponent");
});
