import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Explainer, hasPlan, sequentialScans } from "../../bench/servers/explain.ts";
import type { Sent } from "../../bench/servers/wire.ts";
import { openPlannedWorld, type PlannedWorld } from "./world.ts";

/** The most statements that a request of each of the benchmark's workloads may take, its credential's included. */
const most = { a: 4, b: 4, c: 6, d: 7, e: 2, f: 6 } as const;

/** Tables that grow with what an organization keeps. */
const large = ["contact", "deal", "activity", "conversation", "contact_tag"];

const letters = ["a", "b", "c", "d", "e", "f"] as const;

const workloads = {
  a: "50 contacts with 5 deals and 5 activities each",
  b: "the same where 20 of the contacts have very many activities",
  c: "a smart list with its number",
  d: "one contact with all that belongs to it",
  e: "a page deep in the list",
  f: "16 shapes of filters",
} as const;

/** The large tables that PostgreSQL would read whole for some statements, however it comes to plan them. */
async function scansOf(explainer: Explainer, statements: readonly Sent[]): Promise<string[]> {
  const found: string[] = [];
  for (const sent of statements.filter(hasPlan)) {
    for (const knowing of explainer.waysOf(sent)) {
      const tables = sequentialScans(await explainer.tree(sent, knowing));
      found.push(...tables.filter((table) => large.includes(table)).map((table) => `${table}: ${sent.text}`));
    }
  }
  return found;
}

// The embedded database plans alike, but loading takes it too long.
describe.skipIf(inject("postgresUrl") === null)("over many rows", () => {
  let world: PlannedWorld;
  beforeAll(async () => {
    world = await openPlannedWorld();
  });
  afterAll(() => world?.close());

  for (const letter of letters) {
    test(`${workloads[letter]}: no large table is read whole, and ${most[letter]} statements are enough`, async () => {
      for (const statements of await world.record(letter)) {
        expect(await scansOf(world.explainer, statements)).toEqual([]);
        const texts = statements.map(({ text }) => text);
        expect(texts, texts.join("\n")).toSatisfy(({ length }) => length > 0 && length <= most[letter]);
      }
    });
  }

  test("without a table's indexes, and where values are not known, the check says so", async () => {
    const { explainer } = world;
    const [statements = []] = await world.record("a");
    const children = statements.filter(({ text }) => /\bdeal\b/i.test(text));
    expect(children).toHaveLength(1);
    await explainer.client.query("SAVEPOINT complete");
    const { rows } = await explainer.client.query<{ name: string }>(
      "SELECT indexrelid::regclass AS name FROM pg_index WHERE indrelid = 'deal'::regclass AND NOT indisprimary",
    );
    await explainer.client.query(`DROP INDEX ${rows.map(({ name }) => name).join(", ")}`);
    const found = await scansOf(explainer, children);
    const named = await scansOf(
      explainer,
      children.map((sent) => ({ ...sent, name: "children" })),
    );
    await explainer.client.query("ROLLBACK TO complete");
    expect([found.length, named.length], children[0]?.text).toEqual([1, 2]);
  });
});
