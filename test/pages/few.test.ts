import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** The page and the number of a list that had few rows are found by one statement; of many rows by two. */

let organization: Organization;

beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "size", type: "NUMBER", slot: "number1" });
  for (let at = 0; at < 9; at += 1) {
    const { id } = await organization.contact({
      name: `Contact ${at % 4}`,
      company: at % 3 === 0 ? null : `Company ${at % 3}`,
      custom: at % 2 === 0 ? { size: at } : {},
      tags: at < 5 ? ["vip"] : ["new"],
      ...(at === 8 && { deletedAt: new Date() }),
    });
    await organization.lead({ name: `Lead ${at}`, status: at < 3 ? "NEW" : "QUALIFIED" });
    await organization.deal({ contactId: id, name: `Deal ${at}`, value: at });
  }
  const other = await Organization.make();
  await other.contact({ name: "Contact 1", tags: ["vip"] });
});

/** The answer of the first, the second and the third time, and the statements of each. */
async function thrice(query: string) {
  const times = [];
  for (let time = 0; time < 3; time += 1) {
    const { answer, statements } = await statementsOf(() => sendText(organization.key, query));
    expect(answer.errors).toEqual([]);
    times.push({ text: answer.text, statements });
  }
  return times;
}

const together = (statements: readonly string[]) => statements.some((sql) => sql.includes("MATERIALIZED"));
const rows = "totalCount edges { cursor node { id name } } pageInfo { hasNextPage endCursor }";

describe("is answered alike the first time and later, with one statement less", () => {
  test.each([
    ["all contacts", `contacts(first: 3) { ${rows} }`],
    [
      "a filter",
      `contacts(first: 3, filter: { or: [{ tags: { hasAny: ["vip"] } }, { name: { eq: "contact 3" } }] }) { ${rows} }`,
    ],
    [
      "an order with nulls first",
      `contacts(first: 4, orderBy: [{ field: COMPANY, nulls: FIRST }, { field: NAME, direction: DESC }]) { ${rows} }`,
    ],
    [
      "an order with nulls last",
      `contacts(first: 4, orderBy: [{ field: COMPANY, direction: DESC, nulls: LAST }]) { ${rows} }`,
    ],
    [
      "an order by a custom field",
      `contacts(first: 4, orderBy: [{ customField: "size", direction: DESC }]) { ${rows} }`,
    ],
    ["a search", `contacts(first: 3, search: { text: "contact 1" }) { ${rows} }`],
    ["the trash", `contacts(first: 3, trash: ONLY) { ${rows} }`],
    ["nothing", `contacts(first: 3, filter: { name: { eq: "nobody" } }) { ${rows} }`],
    ["leads", `leads(first: 2, filter: { status: { eq: "NEW" } }) { ${rows} }`],
    ["deals", `deals(first: 2) { ${rows} }`],
    [
      "groups",
      `contacts(first: 9, filter: { or: [{ tags: { hasAny: ["vip"] } }, { name: { eq: "contact 2" } }] }) { totalCount edges { matchedGroups node { name } } }`,
    ],
  ])("%s", async (_what, query) => {
    const [first, second, third] = await thrice(`{ ${query} }`);
    expect(first && together(first.statements)).toBe(false);
    expect(second?.text).toBe(first?.text);
    expect(third?.text).toBe(first?.text);
    expect(third && together(third.statements)).toBe(true);
    expect(third?.statements).toHaveLength((first?.statements.length ?? 0) - 1);
  });
});

describe("stays two statements or one", () => {
  test.each([
    ["where no number is selected", 'contacts(first: 3, filter: { name: { ne: "a" } }) { nodes { id } }'],
    ["where no rows are selected", 'contacts(first: 3, filter: { name: { ne: "b" } }) { totalCount }'],
    [
      "from a place on",
      'contacts(first: 3, offset: 2, filter: { name: { ne: "c" } }) { totalCount nodes { id } }',
    ],
    ["from the end", 'contacts(last: 3, filter: { name: { ne: "d" } }) { totalCount nodes { id } }'],
  ])("%s", async (_what, query) => {
    const times = await thrice(`{ ${query} }`);
    expect(times.some(({ statements }) => together(statements))).toBe(false);
    expect(new Set(times.map(({ text }) => text)).size).toBe(1);
  });
});

test("a list that has grown past a few rows is found by two statements again, and a restricted member's is their own", async () => {
  const own = await Organization.make();
  const { pool } = await testDatabase();
  const { key: restricted } = await own.member({ dataScope: "ASSIGNED" });
  await own.contact({ name: "Template" });
  const query = `{ contacts(first: 1, filter: { name: { contains: "t" } }) { totalCount nodes { name } } }`;
  const ask = async (key: string) => {
    const { answer, statements } = await statementsOf(() => sendText(key, query));
    return {
      data: answer.data as unknown as { contacts: { totalCount: number; nodes: unknown[] } },
      statements,
    };
  };
  await ask(own.key);
  expect((await ask(own.key)).data.contacts.totalCount).toBe(1);
  expect((await ask(restricted)).data.contacts).toEqual({ totalCount: 0, nodes: [] });
  expect((await ask(restricted)).data.contacts).toEqual({ totalCount: 0, nodes: [] });
  const { rows: columns } = await pool.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'contact'::regclass AND attnum > 0 AND NOT attisdropped
     AND attgenerated = '' AND attname <> 'id'`,
  );
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  await pool.query(
    `INSERT INTO contact (id, ${names}) SELECT gen_random_uuid(), ${names} FROM contact, generate_series(1, 2100)
     WHERE org_id = $1`,
    [own.id],
  );
  const grown = await ask(own.key);
  expect(grown.data.contacts.totalCount).toBe(2101);
  expect(together(grown.statements)).toBe(true);
  const after = await ask(own.key);
  expect(after.data.contacts.totalCount).toBe(2101);
  expect(together(after.statements)).toBe(false);
});
