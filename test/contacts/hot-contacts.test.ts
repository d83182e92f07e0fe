import { beforeAll, expect, test } from "vitest";
import { graphql } from "../generated/gql.ts";
import { send } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const HotContacts = graphql(`
  query HotContacts($first: Int) {
    contacts(
      query: {
        groups: [
          {
            conditions: [
              { field: "tags", op: CONTAINS, value: "replied-interested" }
              { field: "custom.industry", op: EQ, value: "Technology" }
            ]
          }
          {
            conditions: [
              { field: "created_at", op: GTE, value: "2026-01-01T00:00:00Z" }
              { field: "company", op: CONTAINS, value: "corp" }
            ]
          }
        ]
      }
      orderBy: [{ field: CREATED_AT, direction: DESC }]
      first: $first
    ) {
      totalCount
      nodes {
        id name email company
        tags { name }
        customFields { slug value }
        deals(first: 5) { totalCount nodes { id name value { amount currency } stage status } }
        activities(first: 5) { nodes { id kind occurredAt subject } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

let organization: Organization;
let busyId: string;

beforeAll(async () => {
  organization = await Organization.make();
  const victim = await Organization.make();
  for (const each of [organization, victim]) {
    await each.customField({
      slug: "industry",
      type: "SELECT",
      options: ["Technology", "Retail"],
      slot: "text1",
    });
    const tech = { industry: "Technology" };
    const tagged = await each.contact({
      name: "Tagged",
      tags: ["replied-interested", "vip"],
      custom: tech,
      createdAt: new Date("2025-03-01"),
    });
    await each.contact({
      name: "Wrong industry",
      tags: ["replied-interested"],
      custom: { industry: "Retail" },
      createdAt: new Date("2025-03-02"),
    });
    await each.contact({ name: "Untagged", custom: tech, createdAt: new Date("2025-03-03") });
    const busy = await each.contact({
      name: "New corp",
      company: "Acme CORPoration",
      createdAt: new Date("2026-02-01"),
    });
    await each.contact({
      name: "Old corp",
      company: "Corp",
      createdAt: new Date("2025-12-31T23:59:59.999Z"),
    });
    for (let at = 0; at < 7; at += 1) {
      await each.deal({
        contactId: tagged.id,
        name: `Deal ${at}`,
        value: `${at}.10`,
        createdAt: new Date(2026, 0, at + 1),
      });
      await each.activity({
        contactId: busy.id,
        subject: `Activity ${at}`,
        occurredAt: new Date(2026, 0, at + 1),
      });
    }
    if (each === organization) busyId = busy.globalId;
  }
});

test("the smart list returns the contacts of either group, newest first", async () => {
  const { contacts } = await send(organization.key, HotContacts, { first: 20 });
  expect(contacts.totalCount).toBe(2);
  expect(contacts.nodes.map((contact) => contact.name)).toEqual(["New corp", "Tagged"]);
  const [busy, tagged] = contacts.nodes;
  expect(busy?.id).toBe(busyId);
  expect(busy?.activities.nodes.map((activity) => activity.subject)).toEqual(
    [6, 5, 4, 3, 2].map((at) => `Activity ${at}`),
  );
  expect(busy?.deals).toEqual({ totalCount: 0, nodes: [] });
  expect(tagged?.tags).toEqual([{ name: "replied-interested" }, { name: "vip" }]);
  expect(tagged?.customFields).toEqual([{ slug: "industry", value: "Technology" }]);
  expect(tagged?.deals.totalCount).toBe(7);
  expect(tagged?.deals.nodes.map((deal) => deal.value)).toEqual(
    [6, 5, 4, 3, 2].map((at) => ({ amount: `${at}.10`, currency: "EUR" })),
  );
  expect(contacts.pageInfo.hasNextPage).toBe(false);
});

test.each([1, 20, 100])(
  "it takes at most eight statements for a page of %i, authentication included",
  async (first) => {
    const { statements } = await statementsOf(() => send(organization.key, HotContacts, { first }));
    expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(8);
  },
);
