import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** The list of all deals: filters in both filter forms, orders, pages, and nobody else's. */

let organization: Organization;
let restricted: Awaited<ReturnType<Organization["member"]>>;

beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  restricted = await organization.member({ dataScope: "ASSIGNED" });
  for (const each of [organization, noise]) {
    const vip = await each.contact({ name: "Vera", tags: ["vip"] });
    const gone = await each.contact({ name: "Gone", tags: ["vip"], deletedAt: new Date() });
    const lead = await each.lead({ name: "Lena", source: "Fair" });
    const own = each === organization ? { ownerId: restricted.id } : {};
    await each.deal({ name: "Ärger", stage: "Demo", value: "10.00", contactId: vip.id });
    await each.deal({
      name: "berry",
      stage: "DEMO",
      value: "9.50",
      status: "WON",
      currency: "USD",
      contactId: gone.id,
    });
    await each.deal({
      name: "Cream",
      stage: "Closed",
      value: "100.00",
      leadId: lead.id,
      expectedCloseOn: new Date("2026-05-01"),
    });
    await each.deal({ name: "dust", stage: "Closed", value: "0.00", ...own });
  }
});

async function names(args: string, key = organization.key): Promise<string[]> {
  const { data, text } = await sendText(key, `{ deals(${args}) { totalCount nodes { name } } }`);
  const page = (data as unknown as { deals: { totalCount: number; nodes: { name: string }[] } } | null)
    ?.deals;
  if (!page) throw new Error(text);
  expect(page.totalCount).toBe(page.nodes.length);
  return page.nodes.map(({ name }) => name);
}

describe("deals", () => {
  test.each([
    ['filter: { stage: { eq: "dEMO" } }, orderBy: { field: NAME }', ["Ärger", "berry"]],
    ['filter: { value: { gte: "9.50", lt: "100" } }, orderBy: { field: VALUE }', ["berry", "Ärger"]],
    ['filter: { currency: { ne: "eur" } }', ["berry"]],
    ["filter: { expectedCloseOn: { isEmpty: false } }", ["Cream"]],
    ['filter: { expectedCloseOn: { on: "2026-05-01" } }', ["Cream"]],
    ['filter: { contact: { tags: { hasAny: ["vip"] } } }', ["Ärger"]],
    ['filter: { lead: { source: { contains: "fai" } } }', ["Cream"]],
    [
      'query: { groups: [{ conditions: [{ field: "contact.name", op: STARTS_WITH, value: "V" }] }] }',
      ["Ärger"],
    ],
    [
      'query: { groups: [{ conditions: [{ field: "status", op: EQ, value: "WON" }] }, { conditions: [{ field: "stage", op: EQ, value: "closed" }] }] }, orderBy: [{ field: STAGE }, { field: NAME, direction: DESC }]',
      ["dust", "Cream", "berry"],
    ],
    [
      "orderBy: [{ field: EXPECTED_CLOSE_ON, nulls: LAST }, { field: VALUE, direction: DESC }]",
      ["Cream", "Ärger", "berry", "dust"],
    ],
  ])("%s", async (args, expected) => expect(await names(args)).toEqual(expected));

  test("of a restricted member are those that they may see", async () => {
    expect(await names('filter: { stage: { eq: "closed" } }', restricted.key)).toEqual(["dust"]);
    expect(await names('filter: { contact: { tags: { hasAny: ["vip"] } } }', restricted.key)).toEqual([]);
  });

  test("page by cursors that belong to their filter and order", async () => {
    const walked: string[] = [];
    let after: string | null = null;
    for (;;) {
      const place: string = after === null ? "" : `, after: "${after}"`;
      const { data } = await sendText(
        organization.key,
        `{ deals(first: 1, orderBy: { field: VALUE }${place}) { nodes { name } pageInfo { hasNextPage endCursor } } }`,
      );
      const page = (
        data as unknown as {
          deals: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
        }
      ).deals;
      walked.push(...page.nodes.map(({ name }) => name));
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(walked).toEqual(["dust", "berry", "Ärger", "Cream"]);
    const { errors } = await sendText(
      organization.key,
      `{ deals(first: 1, orderBy: { field: NAME }, after: "${after}") { nodes { id } } }`,
    );
    expect(errors[0]?.extensions.code).toBe("BAD_CURSOR");
  });

  test("take one statement for the rows, and one for their number", async () => {
    const { statements } = await statementsOf(() => names("first: 10"));
    expect(statements.filter((sql) => sql.includes('"public"."deal"'))).toHaveLength(2);
  });
});
