import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { decodeId, encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Random data in random orders, walked page by page both ways while rows come and go. */

interface Page {
  readonly nodes: readonly { id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const document = `query ($filter: ContactFilter, $orderBy: [ContactOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  contacts(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

let organization: Organization;

beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "text", type: "TEXT", slot: "text1" });
  await organization.customField({ slug: "number", type: "NUMBER", slot: "number3" });
  await organization.customField({ slug: "day", type: "DATE", slot: "date2" });
  await organization.customField({ slug: "choice", type: "SELECT", options: ["a", "b"], slot: "text2" });
});

const few = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: null, freq: 3 });
const texts = few("a", "A", "b", "%", "é", "e\u0301", "😀", "Straße", "", " ");

/** Few different values, so that most rows tie somewhere. */
const row = fc.record({
  name: fc.constantFrom("a", "A", "b", "Straße", "😀"),
  company: texts,
  source: texts,
  email: fc.boolean(),
  callCount: fc.constantFrom(0, 1, 2_147_483_647),
  lastCallAt: few("0001-01-01T00:00:00Z", "2026-03-29T01:00:00Z", "9999-12-31T23:59:59.999Z"),
  createdAt: fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z"),
  text: few("x", "X", "y%"),
  number: few(-1, 0, 0.1, 0.100001, 999_999_999_999_999),
  day: few("0001-01-01", "2024-02-29", "9999-12-31"),
  choice: few("a", "b"),
});
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

const builtIn = [
  "CREATED_AT",
  "UPDATED_AT",
  "NAME",
  "EMAIL",
  "COMPANY",
  "SOURCE",
  "LAST_CALL_AT",
  "CALL_COUNT",
];
const orderBy = fc.array(
  fc.record({
    key: fc.constantFrom<Record<string, string>[]>(
      ...builtIn.map((field) => ({ field })),
      ...["text", "number", "day", "choice"].map((customField) => ({ customField })),
    ),
    direction: fc.constantFrom("ASC", "DESC"),
    nulls: fc.constantFrom("FIRST", "LAST"),
  }),
  { maxLength: 4 },
);

/** Rows of one walk have a country of their own, so that the organization serves them all. */
async function insert(
  { email, callCount, lastCallAt, createdAt, ...texts }: Row,
  walk: string,
): Promise<string> {
  const { text, number, day, choice, ...plain } = texts;
  const id = newId();
  const custom = Object.entries({ text, number, day, choice }).filter(([, value]) => value !== null);
  await organization.contact({
    ...plain,
    id,
    country: walk,
    email: email ? `${id.slice(-12)}@example.com` : null,
    callCount,
    createdAt: new Date(createdAt),
    ...(lastCallAt !== null && { lastCallAt: new Date(lastCallAt) }),
    custom: Object.fromEntries(custom) as Record<string, string | number>,
  });
  return encodeId("Contact", id);
}

async function remove(contact: string): Promise<void> {
  const { prisma } = await testDatabase();
  const id = decodeId(contact)?.uuid ?? "";
  await prisma.contact.update({
    where: { orgId_id: { orgId: organization.id, id } },
    data: { deletedAt: new Date() },
  });
}

async function page(variables: Record<string, unknown>): Promise<Page> {
  const { data, text } = await sendText(organization.key, document, variables);
  if (!data) throw new Error(`${JSON.stringify(variables)} answered ${text}`);
  return (data as unknown as { contacts: Page }).contacts;
}

/** Walks to the end. `between` is what happens after each page. */
async function walked(
  asked: { filter: object; orderBy: object[] },
  size: number,
  backwards: boolean,
  between: (page: number) => Promise<void> = async () => {},
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 60; pages += 1) {
    const window: Record<string, unknown> = backwards
      ? { last: size, before: cursor }
      : { first: size, after: cursor };
    const { nodes, pageInfo } = await page({ ...asked, ...window });
    const found = nodes.map(({ id }) => id);
    ids.push(...(backwards ? found.reverse() : found));
    if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return ids;
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor;
    await between(pages);
  }
  throw new Error("the walk does not end");
}

let walks = 0;

test("pages hold what is there throughout exactly once, and backwards is forwards reversed", async () => {
  const change = fc.record({ removed: fc.nat(30), inserted: fc.option(row, { nil: null }) });
  const property = fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 16, size: "max" }),
    fc.array(change, { maxLength: 6, size: "max" }),
    orderBy,
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
    async (rows, changes, orders, size, backwards) => {
      walks += 1;
      const walk = `walk ${walks}`;
      const planted: string[] = [];
      for (const each of rows) planted.push(await insert(each, walk));
      const asked = {
        filter: { country: { eq: walk } },
        orderBy: orders.map(({ key, ...how }) => ({ ...key, ...how })),
      };

      const whole = (await page({ ...asked, first: 100 })).nodes.map(({ id }) => id);
      expect([...whole].sort()).toEqual([...planted].sort());
      expect(await walked(asked, size, false)).toEqual(whole);
      expect(await walked(asked, size, true)).toEqual([...whole].reverse());

      const gone = new Set<string>();
      const seen = await walked(asked, size, backwards, async (at) => {
        const { removed = 0, inserted = null } = changes[at] ?? {};
        const id = changes[at] && planted[removed];
        if (id && !gone.has(id)) {
          await remove(id);
          gone.add(id);
        }
        if (inserted) await insert(inserted, walk);
      });
      expect(new Set(seen).size).toBe(seen.length);
      const stayed = whole.filter((id) => !gone.has(id));
      const met = seen.filter((id) => stayed.includes(id));
      expect(met).toEqual(backwards ? stayed.reverse() : stayed);
    },
  );
  await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 100_000 });
}, 200_000);
