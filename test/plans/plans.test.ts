import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import {
  buffersOf,
  hasPlan,
  nodesOf,
  type PlanNode,
  rowsRead,
  sequentialScans,
} from "../../bench/servers/explain.ts";
import type { Sent } from "../../bench/servers/wire.ts";
import { openPlannedWorld, type PlannedWorld } from "./world.ts";

/**
 * What a request of each of the benchmark's workloads may take at most: statements, its credential's included, and
 * rows that these read from tables, about twice as many as they do. An organization has 5000 contacts here, and what
 * walks through all of them by some index is no better than what reads the whole table.
 */
const most = {
  a: { what: "50 contacts with 5 deals and 5 activities each", statements: 2, rows: 1200 },
  b: { what: "the same where 20 contacts have very many activities", statements: 2, rows: 1200 },
  c: { what: "a smart list with its number", statements: 4, rows: 4000 },
  d: { what: "one contact with all that belongs to it", statements: 2, rows: 300 },
  e: { what: "a page deep in the list", statements: 2, rows: 200 },
  f: { what: "16 shapes of filters", statements: 4, rows: 3000 },
} as const;

const letters = ["a", "b", "c", "d", "e", "f"] as const;

/** Most rows of a page: a hundred, the one after them, and the cursor's own. */
const LONGEST_PAGE = 102;

/** Tables that grow with what an organization keeps. */
const large = ["contact", "deal", "activity", "conversation", "contact_tag"];

const largeScans = (plan: PlanNode): string[] =>
  sequentialScans(plan).filter((table) => large.includes(table));

// The embedded database plans alike, but filling it takes too long.
describe.skipIf(inject("postgresUrl") === null)("over many rows", () => {
  let world: PlannedWorld;
  beforeAll(async () => {
    world = await openPlannedWorld();
  });
  afterAll(() => world?.close());

  /** What becomes of a statement, in each way that it may come to be planned. */
  async function plansOf(sent: Sent): Promise<PlanNode[]> {
    const plans: PlanNode[] = [];
    for (const knowing of world.explainer.waysOf(sent))
      plans.push(await world.explainer.tree(sent, knowing, true));
    return plans;
  }

  for (const letter of letters) {
    const { what, statements, rows } = most[letter];

    test(`${what}: ${statements} statements at most, and no large table is read whole`, async () => {
      for (const sent of await world.record(letter)) {
        const texts = sent.map(({ text }) => text).join("\n");
        expect(sent.length, texts).toBeGreaterThan(0);
        expect(sent.length, texts).toBeLessThanOrEqual(statements);
        let read = 0;
        for (const one of sent.filter(hasPlan)) {
          const plans = await plansOf(one);
          expect(plans.flatMap(largeScans), one.text).toEqual([]);
          // Expecting more rows of a page, PostgreSQL would compile the plan, for longer than it runs.
          for (const page of plans.flatMap(nodesOf).filter((node) => node["CTE Name"] === "page"))
            expect(page["Plan Rows"], one.text).toBeLessThanOrEqual(LONGEST_PAGE);
          read += Math.max(...plans.map(rowsRead));
        }
        expect(read, texts).toBeLessThanOrEqual(rows);
      }
    });
  }

  /** Pages that a query's statements look at, each as often as it does; at worst of the ways to plan them. */
  async function buffersFor(query: string, variables?: object): Promise<number> {
    let buffers = 0;
    for (const sent of (await world.recordQuery(query, variables)).filter(hasPlan))
      buffers += Math.max(...(await plansOf(sent)).map(buffersOf));
    return buffers;
  }

  const listed = `query ($filter: ContactFilter) {
    contacts(filter: $filter, first: 20) { totalCount nodes { id name } } }`;

  // 5000 contacts have 16 000 deals here. Counting those of each contact took three pages for each: 15 000.
  for (const [what, deals] of Object.entries({
    "at least so many": { count: { gte: 4 } },
    "fewer than so many, none as well": { count: { lt: 4 } },
    "one of some numbers": { count: { in: [0, 5] } },
    "so many that nobody has": { count: { gte: 40 } },
    "at least so many, of which one is won": { count: { gte: 4 }, some: { status: { eq: "WON" } } },
  })) {
    test(`deals are counted once for a page and its number, not for each contact: ${what}`, async () => {
      expect(await buffersFor(listed, { filter: { deals } })).toBeLessThan(2000);
    });
  }

  test("a page of contacts with at least so many deals is read in its order, and no further than its end", async () => {
    const page =
      "query ($filter: ContactFilter) { contacts(filter: $filter, first: 20) { nodes { id name } } }";
    expect(await buffersFor(page, { filter: { deals: { count: { gte: 4 } } } })).toBeLessThan(500);
  });

  test.each(["a", "b", "d", "e"] as const)(
    "the plan of workload %s is made once: no value makes another one look cheaper",
    async (letter) => {
      const [sent = []] = await world.record(letter);
      const { client } = world.explainer;
      const named = sent.filter(({ name, text }) => name !== "" && /"contact"/.test(text));
      expect(named).toHaveLength(1);
      for (const [at, { text, values }] of named.entries()) {
        const name = `${letter}${at}`;
        // For the first five, PostgreSQL makes plans for their values, to compare.
        for (let time = 0; time < 8; time += 1) await client.query({ name, text, values: [...values] });
        const { rows } = await client.query(
          "SELECT generic_plans::int AS kept FROM pg_prepared_statements WHERE name = $1",
          [name],
        );
        expect(rows, text).toEqual([{ kept: 3 }]);
      }
    },
  );

  test("deals of the few contacts that have a tag are counted for these alone", async () => {
    const filter = { tags: { hasAny: ["unicorn"] }, deals: { count: { gte: 1_000 } } };
    expect(await buffersFor(listed, { filter })).toBeLessThan(200);
  });

  test("facets of one list read its rows once, however many there are", async () => {
    const facets = (names: string) => `{ contacts(first: 1) { facets { ${names} } } }`;
    const one = await buffersFor(facets("company { count }"));
    const six = `tags { count } source { count } owner { count } company { count }
      industry: customField(slug: "industry") { count } key: customField(slug: "key_account") { count }`;
    expect(one).toBeGreaterThan(300);
    expect(await buffersFor(facets(six))).toBeLessThan(one * 1.5);
  });

  test("contacts of all tags are counted without reading the contacts that have them", async () => {
    expect(await buffersFor("{ tags { name contactCount } }")).toBeLessThan(400);
  });

  test("a thousand phone numbers and addresses of a file are looked up by index, not by reading all contacts", async () => {
    const numbers = Array.from({ length: 1000 }, (_, at) => `+4915${100_000_000 + at}`);
    const sent = await world.readBy(async (db) => {
      await db.phoneHolders(numbers, null);
      await db.addresses(numbers.map((number) => `${number}@file.example`));
    });
    expect(sent.length).toBe(2);
    for (const one of sent) {
      const plans = await plansOf(one);
      expect(plans.flatMap(largeScans), one.text).toEqual([]);
      expect(Math.max(...plans.map(rowsRead)), one.text).toBeLessThanOrEqual(100);
    }
  });

  test("a statement that is prepared once is seen each time, with its text and its values", async () => {
    const text = "SELECT $1::int, $2::text, $3::bytea";
    const rows = [
      [1, null, Buffer.from([0, 1])],
      [2, "é", null],
    ];
    const sent = await world.sentBy(async (client) => {
      for (const values of rows) await client.query({ name: "once", text, values });
    });
    expect(sent).toEqual([
      { name: "once", text, values: ["1", null, Buffer.from([0, 1])] },
      { name: "once", text, values: ["2", "é", null] },
    ]);
    for (const one of sent) expect(await plansOf(one)).toHaveLength(2);
  });

  test("without a table's indexes a scan is found, also in a plan that is made once for all values", async () => {
    const { explainer } = world;
    const [sent = []] = await world.record("a");
    const [children, ...others] = sent.filter(({ text }) => /\bdeal\b/i.test(text));
    if (!children || others.length > 0) throw new Error(sent.map(({ text }) => text).join("\n"));
    const { rows } = await explainer.client.query<{ name: string }>(
      "SELECT indexrelid::regclass AS name FROM pg_index WHERE indrelid = 'deal'::regclass AND NOT indisprimary",
    );
    await explainer.client.query("SAVEPOINT complete");
    await explainer.client.query(`DROP INDEX ${rows.map(({ name }) => name).join(", ")}`);
    const plans = await plansOf({ ...children, name: "children" });
    await explainer.client.query("ROLLBACK TO complete");
    expect(plans.map(largeScans)).toEqual([["deal"], ["deal"]]);
  });
});
