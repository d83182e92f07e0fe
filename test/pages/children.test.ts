import { beforeAll, expect, test } from "vitest";
import { childReader, childTable } from "../../src/db/read/children.ts";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
let busyId: string;
let busy: string;
const small = 10;
const large = 10_000;

/** Activities of one contact, many of them at the same moments. */
async function log(orgId: string, contactId: string, count: number) {
  const { pool } = await testDatabase();
  await pool.query(
    `INSERT INTO activity (org_id, id, kind, occurred_at, subject, contact_id, updated_at)
     SELECT $1, gen_random_uuid(), 'NOTE', timestamptz '2026-01-01Z' + (n / 2) * interval '1 second', 'a' || n, $2, now()
     FROM generate_series(1, $3::int) n`,
    [orgId, contactId, count],
  );
}

beforeAll(async () => {
  organization = await Organization.make();
  const victim = await Organization.make();
  for (const each of [organization, victim]) {
    const contact = await each.contact({ name: "busy" });
    await log(each.id, contact.id, large);
    for (let at = 0; at < 5; at += 1) {
      const calm = await each.contact({ name: `calm ${at}` });
      await log(each.id, calm.id, small);
      await each.deal({ contactId: calm.id });
    }
    if (each === organization) [busyId, busy] = [contact.id, contact.globalId];
  }
  const { pool } = await testDatabase();
  await pool.query("ANALYZE");
});

interface Connection {
  readonly totalCount: number;
  readonly nodes: { id: string; subject: string }[];
  readonly pageInfo: {
    startCursor: string;
    endCursor: string;
    hasNextPage: boolean;
    hasPreviousPage: boolean;
  };
}

async function activities(id: string, args: string): Promise<Connection> {
  const selection =
    "totalCount nodes { id subject } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }";
  const { data, text } = await sendText(
    organization.key,
    `{ contact(id: "${id}") { activities(${args}) { ${selection} } } }`,
  );
  if (!data) throw new Error(text);
  return (data as unknown as { contact: { activities: Connection } }).contact.activities;
}

test("a contact with 10 000 activities takes the statements that one with ten takes", async () => {
  const query = (name: string) =>
    `{ contacts(filter: { name: { startsWith: "${name}" } }) { nodes { activities(first: 5) { nodes { id } } deals { totalCount nodes { id } } } } }`;
  const many = await statementsOf(() => sendText(organization.key, query("busy")));
  const few = await statementsOf(() => sendText(organization.key, query("calm")));
  expect(many.statements.length).toBe(few.statements.length);
  expect(few.statements).toHaveLength(3);
});

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly Plans?: readonly Plan[];
}
const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

test("the children's statement walks an index and reads no more rows than it was asked for", async () => {
  const { pool, prisma } = await testDatabase();
  const contacts = await prisma.contact.findMany({ where: { orgId: organization.id }, select: { id: true } });
  const explaining = {
    query: ({ text, values }: { text: string; values: unknown[] }) =>
      pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values),
  };
  let plan: Plan | undefined;
  const spy = async (config: { text: string; values: unknown[] }) => {
    const { rows } = await explaining.query(config);
    plan = rows[0]["QUERY PLAN"][0].Plan;
    return { rows: [] };
  };
  const read = childReader(spy as never, () => undefined, {
    orgId: organization.id,
    memberId: organization.id,
    dataScope: "ALL",
  });
  const table = childTable("Activity", "contact", "occurredAt");
  const text = { key: "subject", sql: "child.subject", columns: ["subject"] };
  await read(
    contacts.map(({ id }) => ({
      kind: "page",
      table,
      parentId: id,
      direction: "newest",
      take: 6,
      from: null,
      text,
    })),
  );
  const scans = flat(plan as Plan).filter(
    (node) => node["Relation Name"] === "activity" || node["Node Type"].includes("Bitmap"),
  );
  expect(scans.map((scan) => scan["Node Type"])).toEqual(["Index Scan"]);
  const [scan] = scans;
  expect((scan?.["Actual Rows"] ?? 0) * (scan?.["Actual Loops"] ?? 0)).toBeLessThanOrEqual(
    6 * contacts.length,
  );
});

test("pages of one parent hold everything once although moments repeat, both ways", async () => {
  const own = await Organization.make();
  const contact = await own.contact();
  await log(own.id, contact.id, 25);
  const ask = async (args: string) => {
    const { data } = await sendText(
      own.key,
      `{ contact(id: "${contact.globalId}") { activities(${args}) { totalCount nodes { id subject } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }`,
    );
    return (data as unknown as { contact: { activities: Connection } }).contact.activities;
  };
  const all = (await ask("first: 100")).nodes.map((node) => node.id);
  expect(new Set(all).size).toBe(25);
  const forwards: string[] = [];
  for (
    let page = await ask("first: 4");
    ;
    page = await ask(`first: 4, after: "${page.pageInfo.endCursor}"`)
  ) {
    forwards.push(...page.nodes.map((node) => node.id));
    expect(page.totalCount).toBe(25);
    if (!page.pageInfo.hasNextPage) break;
  }
  expect(forwards).toEqual(all);
  const backwards: string[] = [];
  for (
    let page = await ask("last: 4");
    ;
    page = await ask(`last: 4, before: "${page.pageInfo.startCursor}"`)
  ) {
    backwards.unshift(...page.nodes.map((node) => node.id));
    if (!page.pageInfo.hasPreviousPage) break;
  }
  expect(backwards).toEqual(all);
});

test("two aliases with sizes of their own share one statement", async () => {
  const query = `{ contacts { nodes { two: activities(first: 2) { nodes { id } } four: activities(first: 4) { nodes { id } } } } }`;
  const { answer, statements } = await statementsOf(() => sendText(organization.key, query));
  expect(statements.filter((sql) => sql.includes("LATERAL"))).toHaveLength(1);
  const { nodes } = (
    answer.data as unknown as {
      contacts: { nodes: { two: { nodes: unknown[] }; four: { nodes: unknown[] } }[] };
    }
  ).contacts;
  expect(nodes.map((node) => [node.two.nodes.length, node.four.nodes.length])).toEqual(
    nodes.map(() => [2, 4]),
  );
});

test("the newest come first, and the count is the parent's own", async () => {
  const { nodes, totalCount, pageInfo } = await activities(busy, "first: 2");
  expect(totalCount).toBe(large);
  expect(nodes[0]?.subject).toBe(`a${large}`);
  expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
});

test("a cursor of another parent is refused", async () => {
  const { pageInfo } = await activities(busy, "first: 1");
  const calm = await organization.contact();
  const { errors } = await sendText(
    organization.key,
    `{ contact(id: "${calm.globalId}") { activities(after: "${pageInfo.endCursor}") { totalCount } } }`,
  );
  expect(errors[0]?.extensions.code).toBe("BAD_CURSOR");
});

test("leads and deals have their children too, and children know their parents", async () => {
  const lead = await organization.lead({ name: "L" });
  const deal = await organization.deal({
    leadId: lead.id,
    name: "D",
    expectedCloseOn: new Date("2026-03-29"),
    value: "0.10",
  });
  await organization.activity({ dealId: deal.id, subject: "on the deal" });
  await organization.activity({ leadId: lead.id, subject: "on the lead" });
  await organization.conversation({ contactId: busyId, subject: "Hello", url: "https://example.com/1" });
  const { data, text } = await sendText(
    organization.key,
    `{
      lead(id: "${lead.globalId}") {
        deals { nodes { name expectedCloseOn value { amount currency } lead { name } contact { id } activities { nodes { subject deal { name } } } } }
        activities { nodes { subject lead { name } } }
      }
      contact(id: "${busy}") { conversations { totalCount nodes { subject channel url contact { name } } } }
      deals { totalCount nodes { name } }
    }`,
  );
  expect(data, text).toEqual({
    lead: {
      deals: {
        nodes: [
          {
            name: "D",
            expectedCloseOn: "2026-03-29",
            value: { amount: "0.10", currency: "EUR" },
            lead: { name: "L" },
            contact: null,
            activities: { nodes: [{ subject: "on the deal", deal: { name: "D" } }] },
          },
        ],
      },
      activities: { nodes: [{ subject: "on the lead", lead: { name: "L" } }] },
    },
    contact: {
      conversations: {
        totalCount: 1,
        nodes: [
          { subject: "Hello", channel: "EMAIL", url: "https://example.com/1", contact: { name: "busy" } },
        ],
      },
    },
    deals: { totalCount: 6, nodes: expect.arrayContaining([{ name: "D" }]) },
  });
});
