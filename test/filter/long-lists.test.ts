import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/**
 * Lists of so many values that they are compared in another way than short ones: what they find is the same, and no
 * value is a comparison of its own.
 */

let organization: Awaited<ReturnType<typeof Organization.make>>;
let key: string;

const define = async (entity: string, slug: string, type: string, options?: string[]) => {
  const { data } = await sendText(
    key,
    "mutation ($input: CustomFieldCreateInput!) { customFieldCreate(input: $input) { errors { message } } }",
    { input: { entity, name: slug, slug, type, ...(options && { options }) } },
  );
  expect(data).toEqual({ customFieldCreate: { errors: [] } });
};

/** Options enough for a list of them to be long. */
const options = Array.from({ length: 150 }, (_, at) => `option ${at}`);
const tags = Array.from({ length: 150 }, (_, at) => `tag ${at}`);
const long = "x".repeat(70);

beforeAll(async () => {
  organization = await Organization.make();
  ({ key } = organization);
  for (const entity of ["CONTACT", "LEAD"]) {
    // More texts than there are columns of their own, so that the last one lives by its tokens.
    for (let at = 0; at <= 8; at += 1) await define(entity, `text_${at}`, "TEXT");
    await define(entity, "plan", "SELECT", options);
    await define(entity, "interests", "MULTI_SELECT", options);
  }
  for (const name of tags) await organization.tag(name);
  const person = (at: number) => ({
    tags: at % 3 === 0 ? [] : [`tag ${at}`, "tag 20"],
    customFields: [
      ...(at % 4 === 0 ? [] : [{ slug: "text_8", value: at === 9 ? long : `Text ${at}` }]),
      ...(at % 5 === 0 ? [] : [{ slug: "plan", value: `option ${at}` }]),
      ...(at % 2 === 0 ? [] : [{ slug: "interests", value: [`option ${at}`, "option 30"] }]),
    ],
  });
  for (let at = 0; at < 12; at += 1) {
    const phones = [`+3361234560${at % 10}`, `+3361234570${at % 10}`].slice(0, at % 3);
    const phoneNumbers = phones.length > 0 ? phones : null;
    const email = `${at}@example.com`;
    const address = at % 4 > 0 ? { city: `Town ${at}` } : null;
    await create("contact", "Contact", {
      name: `C ${at}`,
      email,
      phoneNumbers,
      address,
      ...person(at),
    });
    await create("lead", "Lead", { name: `L ${at}`, email, phone: phones[0] ?? null, ...person(at) });
  }
});

const create = async (noun: string, type: string, input: object) => {
  const mutation = `mutation ($input: ${type}CreateInput!) { made: ${noun}Create(input: $input) { errors { message } } }`;
  const { data, text } = await sendText(key, mutation, { input });
  expect(data, text).toEqual({ made: { errors: [] } });
};

/** What a list of these is padded with: values that no record has. */
const strangers = (kind: string) =>
  Array.from({ length: 140 }, (_, at) => (kind === "phone" ? `+4930901${100_000 + at}` : `nowhere ${at}`));

const custom = (slug: string, type: string) => (comparator: object) => ({
  customFields: [{ slug, [type]: comparator }],
});
type Make = (comparator: object) => object;
const kinds: [kind: string, values: string[], positive: string, negative: string, make: Make][] = [
  ["phone", ["+33612345601", "+33612345702"], "in", "notIn", (phone) => ({ phone })],
  ["tags", ["tag 1", "tag 20"], "hasAny", "hasNone", (tags) => ({ tags })],
  ["text", ["text 1", "text 5", long], "in", "notIn", custom("text_8", "text")],
  ["select", ["option 1", "option 8"], "in", "notIn", custom("plan", "select")],
  ["multiSelect", ["option 3", "option 30"], "hasAny", "hasNone", custom("interests", "multiSelect")],
];
/** Values that the field may be asked for and that no record has. */
const padding = (kind: string) =>
  kind === "tags" ? tags.slice(40) : /select/i.test(kind) ? options.slice(40) : strangers(kind);

const names = async (root: string, type: string, filter: object): Promise<string[]> => {
  const query = `query ($filter: ${type}) { list: ${root}(filter: $filter, first: 100) { totalCount nodes { name } } }`;
  const { data, text } = await sendText(key, query, { filter });
  expect(data, text.slice(0, 500)).toBeTruthy();
  const { list } = data as unknown as { list: { totalCount: number; nodes: { name: string }[] } };
  expect(list.totalCount).toBe(list.nodes.length);
  return list.nodes.map(({ name }) => name).sort();
};

describe.each([
  ["contacts", "ContactFilter"],
  ["leads", "LeadFilter"],
])("%s", (root, type) => {
  test.each(kinds)(
    "a long list of %s finds what a short one does",
    async (kind, values, positive, negative, make) => {
      const more = padding(kind);
      const ask = (filter: object) => names(root, type, filter);
      const one = await ask(make({ [positive]: values }));
      const others = await ask(make({ [negative]: values }));
      expect(one.length).toBeGreaterThan(0);
      expect([...one, ...others]).toHaveLength(12);
      expect(await ask(make({ [positive]: [...values, ...more] }))).toEqual(one);
      expect(await ask(make({ [negative]: [...values, ...more] }))).toEqual(others);
      expect(await ask({ not: make({ [positive]: [...values, ...more] }) })).toEqual(others);
      // In several lists, each too short by itself, beside something else.
      const [first = "", ...rest] = values;
      const lists = [
        [first, ...more.slice(0, 70)],
        [...rest, ...more.slice(70)],
      ];
      const nobody = { name: { eq: "nobody" } };
      expect(await ask({ or: [...lists.map((list) => make({ [positive]: list })), nobody] })).toEqual(one);
      expect(
        await ask({ and: [...lists.map((list) => make({ [negative]: list })), { not: nobody }] }),
      ).toEqual(others);
      expect(await ask({ and: lists.map((list) => make({ [positive]: list })) })).toEqual(
        await ask({ and: [make({ [positive]: [first] }), make({ [positive]: rest })] }),
      );
    },
  );
});

test("a long list of towns finds what a short one does", async () => {
  const city = (comparator: object) => names("contacts", "ContactFilter", { city: comparator });
  const values = ["town 1", "town 7"];
  expect(await city({ in: [...values, ...strangers("city")] })).toEqual(["C 1", "C 7"]);
  expect(await city({ notIn: [...values, ...strangers("city")] })).toHaveLength(10);
});

test("of a contact's deals, too", async () => {
  const { id } = await organization.contact({
    name: "Holder",
    email: "holder@example.com",
    phoneNumbers: ["+33612345699"],
  });
  await organization.deal({ name: "Theirs", contactId: id });
  const query = "query ($filter: DealFilter) { deals(filter: $filter) { nodes { name } } }";
  const list = ["+33612345699", ...strangers("phone")];
  const ask = async (filter: object) => (await sendText(key, query, { filter })).data;
  expect(await ask({ contact: { phone: { in: list } } })).toEqual({ deals: { nodes: [{ name: "Theirs" }] } });
  expect(await ask({ contact: { phone: { notIn: list } } })).toEqual({ deals: { nodes: [] } });
});

test("4 000 phone numbers are one comparison", async () => {
  const numbers = Array.from({ length: 4_000 }, (_, at) => `+33612${340_000 + at}`);
  const lists = Array.from({ length: 8 }, (_, at) => numbers.slice(at * 500, at * 500 + 500));
  const { answer, statements } = await statementsOf(() =>
    sendText(key, "query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }", {
      filter: { or: lists.map((list) => ({ phone: { in: list } })) },
    }),
  );
  expect(answer.errors).toEqual([]);
  expect(statements.join("\n").match(/LIKE/g) ?? []).toEqual([]);
});
